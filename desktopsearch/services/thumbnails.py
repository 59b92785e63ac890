"""Reads proxies for the screen, on a connection and a thread of the caller's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from desktopsearch.config import LibraryPaths
from desktopsearch.storage import caches, photos
from desktopsearch.storage.database import Database


class ThumbnailReader:
    """A reading connection for proxies; use it on the thread that opened it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, paths: LibraryPaths) -> Self:
        """Open beside the session that changes the library.

        Raises:
            DesktopSearchError: As ``Database.open_reader``.
        """
        return cls(Database.open_reader(paths))

    def read(self, photo_ids: Sequence[int]) -> dict[int, bytes]:
        """The proxies of photos as JPEG bytes; those without one are left out."""
        with self._database.read() as connection:
            digests = photos.digests_of(connection, photo_ids)
            stored = caches.read_proxies(connection, list(digests.values()))
        return {
            photo_id: stored[digest] for photo_id, digest in digests.items() if digest in stored
        }

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
