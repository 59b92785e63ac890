"""The folders that the user has added, and the patterns of what to leave out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sqlalchemy import (
    Connection,
    LargeBinary,
    Row,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desktopsearch.domain.library import Root
from desktopsearch.storage.schema import exclusion, location, problem, root


def every(connection: Connection) -> list[Root]:
    """All roots, in the order of their paths."""
    return [_root(row) for row in connection.execute(select(root).order_by(root.c.path))]


def add(connection: Connection, path: bytes) -> Root:
    """Add a root; roots that lie below it become parts of it and keep what is known of them."""
    added = connection.execute(insert(root).values(path=path).returning(root)).one()
    for inner in every(connection):
        if inner.id != added.id and covers(path, inner.path):
            prefix = relative(path, inner.path)
            connection.execute(
                update(location)
                .where(location.c.root_id == inner.id, location.c.directory == b"")
                .values(root_id=added.id, directory=prefix)
            )
            connection.execute(
                update(location)
                .where(location.c.root_id == inner.id)
                .values(
                    root_id=added.id,
                    # SQLite's || makes text of blobs; the cast keeps the bytes as they are.
                    directory=cast(
                        literal(prefix + b"/", LargeBinary).op("||")(location.c.directory),
                        LargeBinary,
                    ),
                )
            )
            # Problems of folders go with their root; the next scan meets them again.
            connection.execute(
                update(problem)
                .where(problem.c.root_id == inner.id, problem.c.location_id.is_not(None))
                .values(root_id=added.id)
            )
            connection.execute(delete(root).where(root.c.id == inner.id))
    return _root(added)


def remove(connection: Connection, root_id: int) -> None:
    """Remove a root with its locations; its photos stay until they are forgotten."""
    connection.execute(delete(root).where(root.c.id == root_id))


def note_scan(connection: Connection, root_id: int, device: int, at: int) -> None:
    """Record that a scan of a root has reached its end."""
    connection.execute(
        update(root).where(root.c.id == root_id).values(device=device, offline=0, scanned_at=at)
    )


def note_offline(connection: Connection, root_id: int) -> None:
    """Record that a root cannot be reached; nothing of it is forgotten."""
    connection.execute(update(root).where(root.c.id == root_id).values(offline=1))


def covering(connection: Connection, path: bytes) -> Root | None:
    """The root that is or contains a path."""
    return next((each for each in every(connection) if covers(each.path, path)), None)


def parts_below(connection: Connection, folder: bytes) -> list[tuple[Root, bytes]]:
    """The roots, or the part of a root, that a folder holds, as (root, relative directory)."""
    outer = covering(connection, folder)
    if outer is not None:
        return [(outer, relative(outer.path, folder))]
    return [(each, b"") for each in every(connection) if covers(folder, each.path)]


def covers(outer: bytes, inner: bytes) -> bool:
    """Whether ``inner`` is ``outer`` or lies below it."""
    separator = os.fsencode(os.sep)
    return inner == outer or inner.startswith(outer.rstrip(separator) + separator)


def relative(outer: bytes, inner: bytes) -> bytes:
    """The part of ``inner`` below ``outer``, with ``/`` between its parts."""
    separator = os.fsencode(os.sep)
    return inner[len(outer.rstrip(separator)) :].strip(separator).replace(separator, b"/")


def is_known(connection: Connection, root_id: int) -> bool:
    """Whether a root has neither been removed nor become part of another."""
    return bool(connection.scalar(select(exists().where(root.c.id == root_id))))


def count_locations(connection: Connection) -> dict[int, int]:
    """How many locations each root has, by root id."""
    rows = connection.execute(
        select(location.c.root_id, func.count().label("locations")).group_by(location.c.root_id)
    )
    return {row.root_id: row.locations for row in rows}


def exclusions(connection: Connection) -> list[str]:
    """The patterns of what to leave out."""
    return list(connection.scalars(select(exclusion.c.pattern).order_by(exclusion.c.pattern)))


def exclude(connection: Connection, patterns: Sequence[str]) -> None:
    """Add patterns; those that are there already stay."""
    if patterns:
        connection.execute(
            sqlite_insert(exclusion).on_conflict_do_nothing(),
            [{"pattern": pattern} for pattern in patterns],
        )


def include(connection: Connection, patterns: Sequence[str]) -> None:
    """Take patterns away again."""
    connection.execute(delete(exclusion).where(exclusion.c.pattern.in_(patterns)))


def _root(row: Row[tuple[object, ...]]) -> Root:
    return Root(row.id, row.path, row.device, bool(row.offline), row.scanned_at)
