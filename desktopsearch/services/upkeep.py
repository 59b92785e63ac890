"""Looks whether a library is sound, and makes anew all that is derived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from desktopsearch.services.library import Library
from desktopsearch.services.snapshots import SearchSnapshot
from desktopsearch.storage import caches, checks, codes, photos, saved_searches

_BLOCK = 4_096


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


def examine(library: Library) -> list[Check]:
    """Check the files of a library and what they say about each other. Changes nothing."""
    # Read before there is a transaction: it takes one of its own.
    snapshot = library.snapshot
    with library.database.read() as connection:
        found = [
            _check(f"{name} file", checks.damage(connection, schema))
            for name, schema in (
                ("library", "main"),
                ("embeddings", "embeddings"),
                ("proxies", "proxies"),
            )
        ]
        found.append(_check("references", checks.broken_references(connection)))
        found.append(
            _check(
                "saved searches",
                _counted(saved_searches.count_unreadable(connection), "saved searches"),
            )
        )
        found.append(_check("code lengths", _counted(codes.count_misfits(connection), "codes")))
        found.append(
            _check(
                "photos without a place",
                _counted(checks.count_unnoted_orphans(connection), "photos"),
            )
        )
        found.append(
            _check("codes and embeddings", _counted(_count_stale(snapshot, connection), "codes"))
        )
        if library.database.is_writer:
            # A reader's codes in memory may well be older than what another process writes.
            found.append(_check("codes in memory", _index_damage(snapshot, connection)))
    return found


def forget_derived(library: Library) -> None:
    """Drop codes, embeddings and the proxies of reachable photos; a run makes them again."""
    with library.database.write() as connection:
        codes.delete_all(connection, library.generation.id)
        caches.delete_embeddings(connection)
        caches.delete_replaceable_proxies(connection)
    library.resync_index()


def _check(name: str, damage: str) -> Check:
    return Check(name, not damage, damage or "ok")


def _counted(number: int, things: str) -> str:
    return f"{number} {things} are wrong" if number else ""


def _count_stale(snapshot: SearchSnapshot, connection: Connection) -> int:
    """Count codes that the hash layer would not make from the stored embeddings today."""
    photo_ids, packed = codes.read_all(connection, snapshot.generation.id, snapshot.generation.bits)
    stale = 0
    for start in range(0, len(photo_ids), _BLOCK):
        block = photo_ids[start : start + _BLOCK].tolist()
        digests = photos.digests_of(connection, block)
        vectors = caches.read_embeddings(
            connection, snapshot.generation.fingerprint, list(digests.values())
        )
        rows = [row for row, each in enumerate(block) if digests[each] in vectors]
        if rows:
            fresh = snapshot.layer.codes(np.stack([vectors[digests[block[row]]] for row in rows]))
            stale += int(np.any(fresh != packed[start : start + _BLOCK][rows], axis=1).sum())
    return stale


def _index_damage(snapshot: SearchSnapshot, connection: Connection) -> str:
    generation = snapshot.generation
    photo_ids, _ = codes.read_all(connection, generation.id, generation.bits)
    if np.array_equal(np.sort(snapshot.index.photo_ids), photo_ids):
        return ""
    return "they are not those of the library"
