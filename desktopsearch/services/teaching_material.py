"""Which photos a teaching learns from and what is said of them; the same for plan and deed."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.teaching import Choice, Depth, choose_objective
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, caches
from desktopsearch.storage.albums import Label

MOST_UNLABELLED = 5_000
"""Photos in no album that are used at most, so that teaching takes minutes, not hours. Whether
more of them would teach more has not been measured."""
MOST_UNLABELLED_DEEP = 1_000
"""The same where each of them passes the network again and again."""


class TaughtAlbum(msgspec.Struct, frozen=True):
    """An album as it was when it was taught from."""

    id: int
    name: str
    photos: int
    """That were learnt from."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Photos that lie somewhere and have an embedding: those of which something is said first."""

    albums: list[TaughtAlbum]
    """Those with photos, in the order of their names."""
    said: list[tuple[int, int, bool]]
    """All labels as they are, used or not, as (album id, photo id, rejected)."""
    photo_ids: list[int]
    """N: those in albums, those that are only said not to be in one, and others."""
    labels: NDArray[np.bool_]
    """(N, A)."""
    rejections: NDArray[np.bool_]
    """(N, A) which photos are said not to be in an album."""
    labelled: int
    """Photos in an album; they come first."""
    choice: Choice
    """Of the method, if it is left to the application."""

    @property
    def unlabelled(self) -> int:
        """Photos in no album."""
        return len(self.photo_ids) - self.labelled

    @property
    def rejected(self) -> int:
        """Photos that are said not to be in an album."""
        return int(self.rejections.any(axis=1).sum())


def material(library: Library, depth: Depth = Depth.HEAD) -> Material:
    """Look at the albums as they are.

    Args:
        library: With labels, or without.
        depth: By which it is decided how many photos in no album are used.
    """
    fingerprint = library.snapshot.generation.fingerprint
    there = np.sort(library.snapshot.index.photo_ids)
    with library.database.read() as connection:
        every = albums.every(connection)
        labels = albums.labels(connection)
        named = _there(np.unique([each.photo_id for each in labels]), there)
        known = set(caches.with_embedding(connection, fingerprint, named.tolist()))
        used = {each.album_id for each in labels if not each.rejected and each.photo_id in known}
        told = [each for each in labels if each.album_id in used and each.photo_id in known]
        inside = {each.photo_id for each in told if not each.rejected}
        outside = {each.photo_id for each in told if each.rejected} - inside
        most = MOST_UNLABELLED_DEEP if depth is Depth.DEEP else MOST_UNLABELLED
        free = _some(there, inside | outside, most)
        others = caches.with_embedding(connection, fingerprint, free)
    photo_ids = [*sorted(inside), *sorted(outside), *others]
    taught = [album for album in every if album.id in used]
    columns = {album.id: column for column, album in enumerate(taught)}
    member = _matrix([each for each in told if not each.rejected], photo_ids, columns)
    counts = member.sum(axis=0).tolist()
    return Material(
        albums=[
            TaughtAlbum(album.id, album.name, count)
            for album, count in zip(taught, counts, strict=True)
        ],
        said=[(each.album_id, each.photo_id, each.rejected) for each in labels],
        photo_ids=photo_ids,
        labels=member,
        rejections=_matrix([each for each in told if each.rejected], photo_ids, columns),
        labelled=len(inside),
        choice=choose_objective(member[: len(inside)], len(there)),
    )


def _there(wanted: NDArray[np.int64], there: NDArray[np.int64]) -> NDArray[np.int64]:
    return wanted[np.isin(wanted, there)]


def _some(there: NDArray[np.int64], taken: set[int], most: int) -> list[int]:
    """The photos that are left, ascending; at random if there are too many."""
    free = there[~np.isin(there, list(taken))]
    if len(free) > most:
        free = np.sort(np.random.default_rng(0).choice(free, most, replace=False))
    return [int(each) for each in free]


def _matrix(
    labels: list[Label], photo_ids: list[int], columns: dict[int, int]
) -> NDArray[np.bool_]:
    rows = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    matrix = np.zeros((len(photo_ids), len(columns)), dtype=np.bool_)
    for each in labels:
        matrix[rows[each.photo_id], columns[each.album_id]] = True
    return matrix
