"""Brings the locations in line with what a scan found: what is new, what has moved, what is gone.

Must never open a user's file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, column, delete, insert, select, update, values

from desktopsearch.domain.library import FileStamp
from desktopsearch.storage import photos
from desktopsearch.storage.locations import PENDING, SETTLED
from desktopsearch.storage.schema import location, root

# SQLite takes at most 32,766 variables in a statement.
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many files are to be read or were recognised without reading, and what is gone."""

    to_read: int
    recognised: int
    gone: list[int]
    """Locations whose file is not there; a file that has moved is still known by them."""


def reconcile_directory(
    connection: Connection, root_id: int, directory: bytes, found: Iterable[FileStamp]
) -> Reconciled:
    """Bring the locations of one directory in line with its listing.

    A new path whose size, time and inode are those of a known file (a rename, a hard link), or
    whose relative path, size and time are those of a file on an offline root (a drive mounted
    elsewhere), takes over its photo without being read. What is gone is to be deleted with
    ``drop`` when the scan is over, so that a move is recognised wherever the file turns up.
    """
    known = {
        row.name: row
        for row in connection.execute(
            select(location).where(location.c.root_id == root_id, location.c.directory == directory)
        )
    }
    names = {(row.size, row.mtime_ns, row.inode): row.name for row in known.values()}
    new: list[FileStamp] = []
    to_read = 0
    for stamp in found:
        row = known.pop(stamp.name, None)
        if row is None:
            new.append(stamp)
        elif (row.size, row.mtime_ns) != (stamp.size, stamp.mtime_ns):
            to_read += 1
            _restamp(connection, row.id, stamp, state=PENDING)
        elif row.inode != stamp.inode:
            # Files of equal size and time may have swapped their names.
            swapped = names.get(stamp[1:], stamp.name) != stamp.name
            to_read += swapped
            _restamp(connection, row.id, stamp, state=PENDING if swapped else row.state)
    recognised = _photos_of_same_files(connection, directory, new)
    if new:
        connection.execute(
            insert(location),
            [
                {
                    "root_id": root_id,
                    "directory": directory,
                    **stamp._asdict(),
                    "photo_id": recognised.get(stamp),
                    "state": SETTLED if stamp in recognised else PENDING,
                }
                for stamp in new
            ],
        )
        photos.unorphan(connection, list(recognised.values()))
        to_read += len(new) - len(recognised)
    return Reconciled(to_read, len(recognised), [row.id for row in known.values()])


def unvisited(
    connection: Connection,
    root_id: int,
    start: bytes,
    visited: Collection[bytes],
    unreadable: Collection[bytes],
) -> list[int]:
    """The locations in directories that a finished scan did not come across.

    Args:
        connection: Inside a transaction.
        root_id: The root that was scanned.
        start: Relative directory at which the scan began.
        visited: Relative directories that were listed.
        unreadable: Those that could not be listed; what lies below them is left as it is.
    """
    directories = connection.scalars(
        select(location.c.directory).where(location.c.root_id == root_id).distinct()
    ).all()
    return [
        location_id
        for directory in directories
        if directory not in visited
        and _is_below(directory, start)
        and not any(_is_below(directory, each) for each in unreadable)
        for location_id in connection.scalars(
            select(location.c.id).where(
                location.c.root_id == root_id, location.c.directory == directory
            )
        )
    ]


def drop(connection: Connection, location_ids: Sequence[int]) -> int:
    """Delete locations; photos that lie nowhere any more are orphaned.

    Returns:
        Number of locations deleted.
    """
    dropped = 0
    for start in range(0, len(location_ids), _CHUNK):
        photo_ids = connection.scalars(
            delete(location)
            .where(location.c.id.in_(location_ids[start : start + _CHUNK]))
            .returning(location.c.photo_id)
        ).all()
        photos.orphan_unplaced(connection, [each for each in photo_ids if each is not None])
        dropped += len(photo_ids)
    return dropped


def _photos_of_same_files(
    connection: Connection, directory: bytes, stamps: Sequence[FileStamp]
) -> dict[FileStamp, int]:
    recognised: dict[FileStamp, int] = {}
    for start in range(0, len(stamps), _CHUNK):
        wanted = defaultdict(list)
        for stamp in stamps[start : start + _CHUNK]:
            wanted[stamp.size, stamp.mtime_ns].append(stamp)
        # SQLite scans the whole table for pairs in a list, but not for pairs in a table.
        pairs = values(column("size", Integer), column("mtime_ns", Integer), name="pairs")
        pair = pairs.data(list(wanted)).cte().c
        rows = connection.execute(
            select(location, root.c.offline)
            .join(root)
            .where(
                location.c.size == pair.size,
                location.c.mtime_ns == pair.mtime_ns,
                location.c.state == SETTLED,
            )
        )
        for row in rows:
            for stamp in wanted[row.size, row.mtime_ns]:
                is_same_inode = row.inode == stamp.inode != 0
                is_mounted_elsewhere = row.offline and (row.directory, row.name) == (
                    directory,
                    stamp.name,
                )
                if is_same_inode or is_mounted_elsewhere:
                    recognised[stamp] = row.photo_id
    return recognised


def _restamp(connection: Connection, location_id: int, stamp: FileStamp, *, state: str) -> None:
    connection.execute(
        update(location)
        .where(location.c.id == location_id)
        .values(size=stamp.size, mtime_ns=stamp.mtime_ns, inode=stamp.inode, state=state)
    )


def _is_below(directory: bytes, ancestor: bytes) -> bool:
    return not ancestor or directory == ancestor or directory.startswith(ancestor + b"/")
