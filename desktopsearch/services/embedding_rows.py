"""The embeddings of all photos that are searched, some at a time, kept for another look at them.

Belongs to the thread of the library. May be short of photos whose embedding is missing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.services.library import Library
from desktopsearch.storage import caches

_AT_ONCE = 250
_MOST_KEPT = 200_000
"""Photos; their embeddings take 100 MB."""

Rows = tuple[NDArray[np.int64], NDArray[np.float16]]
"""Photo ids (n,) and embeddings (n, D)."""


class EmbeddingRows:
    """Reads them from the first to the last, again and again."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made_of: tuple[str, NDArray[np.int64]] = ("", np.empty(0, np.int64))
        self._kept: list[Rows] = []
        self._next = 0

    def begin(self) -> None:
        """Begin with the first; what is kept is read anew if the library has changed."""
        snapshot = self._library.snapshot
        fingerprint, photo_ids = self._made_of
        now = np.sort(snapshot.index.photo_ids)
        if fingerprint != snapshot.generation.fingerprint or not np.array_equal(photo_ids, now):
            self._made_of, self._kept = (snapshot.generation.fingerprint, now), []
        self._next = 0

    @property
    def is_over(self) -> bool:
        """Whether the last have been read."""
        return self._next * _AT_ONCE >= len(self._made_of[1])

    def read(self) -> Rows:
        """Return the next photos that have an embedding; there may be none among them."""
        number, self._next = self._next, self._next + 1
        if number < len(self._kept):
            return self._kept[number]
        fingerprint, photo_ids = self._made_of
        some = photo_ids[number * _AT_ONCE : (number + 1) * _AT_ONCE]
        with self._library.database.read() as connection:
            places, vectors = caches.embeddings_of(connection, fingerprint, some.tolist())
        rows = some[places], vectors
        if self._next * _AT_ONCE <= _MOST_KEPT:
            self._kept.append(rows)
        return rows

    def forget(self) -> None:
        """Keep nothing any more."""
        self._made_of, self._kept = ("", np.empty(0, np.int64)), []
