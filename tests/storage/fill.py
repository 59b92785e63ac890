"""Puts things into a library the short way."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from desktopsearch.domain.library import FileStamp, NewPhoto, Root
from desktopsearch.storage import locations, photos, reconciling, roots
from desktopsearch.storage.schema import location


def new_photo(number: int) -> NewPhoto:
    """A content that differs from others by its number."""
    return NewPhoto(digest_of(number), 100 + number, 40, 30, "JPEG", None, None, None)


def digest_of(number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(8), digest_size=32).digest()


def stamp(name: str, number: int, *, inode: int | None = None) -> FileStamp:
    """The stamp of a file of this number's content; each has its own inode unless told."""
    return FileStamp(name.encode(), 100 + number, 5_000 + number, inode or 1_000 + number)


def listed(
    connection: Connection, root: Root, directory: bytes, **files: int
) -> reconciling.Reconciled:
    """Reconcile a directory that holds these files, given as name=number."""
    return reconciling.reconcile_directory(
        connection, root.id, directory, [stamp(name, number) for name, number in files.items()]
    )


def read_all_pending(connection: Connection) -> list[bytes]:
    """Settle what is pending as if it had been read; returns the paths."""
    files = locations.next_pending(connection, [], 1_000)
    for file in files:
        number = number_of(connection, file.id)
        photo_id = photos.add(connection, new_photo(number))
        assert locations.settle(connection, file.id, photo_id, 100 + number, 5_000 + number)
    return [file.path for file in files]


def number_of(connection: Connection, location_id: int) -> int:
    """The number of a pending file's content, which its size tells."""
    size = connection.execute(
        select(location.c.size).where(location.c.id == location_id)
    ).scalar_one()
    return int(size) - 100


def add_root(connection: Connection, path: str) -> Root:
    return roots.add(connection, path.encode())
