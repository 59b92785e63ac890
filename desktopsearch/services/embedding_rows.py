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
        self._fingerprint = ""
        self._searched: NDArray[np.int64] | None = None
        self._photo_ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._kept: list[Rows] = []
        self._next = 0

    def begin(self) -> None:
        """Begin with the first; what is kept is read anew if the library has changed."""
        snapshot = self._library.snapshot
        fingerprint, searched = snapshot.generation.fingerprint, snapshot.index.photo_ids
        # The index makes a new array of them for each change.
        if fingerprint != self._fingerprint or searched is not self._searched:
            now = np.sort(searched)
            if fingerprint != self._fingerprint or not np.array_equal(now, self._photo_ids):
                self._photo_ids, self._kept = now, []
            self._fingerprint, self._searched = fingerprint, searched
        self._next = 0

    @property
    def photo_ids(self) -> NDArray[np.int64]:
        """Ids (N,) of all photos that were searched at ``begin``, ascending."""
        return self._photo_ids

    @property
    def is_over(self) -> bool:
        """Whether the last have been read."""
        return self._next * _AT_ONCE >= len(self._photo_ids)

    def read(self) -> Rows:
        """Return the next photos that have an embedding; there may be none among them."""
        number, self._next = self._next, self._next + 1
        if number < len(self._kept):
            return self._kept[number]
        some = self._photo_ids[number * _AT_ONCE : (number + 1) * _AT_ONCE]
        with self._library.database.read() as connection:
            places, vectors = caches.embeddings_of(connection, self._fingerprint, some.tolist())
        rows = some[places], vectors
        if self._next * _AT_ONCE <= _MOST_KEPT:
            self._kept.append(rows)
        return rows

    def forget(self) -> None:
        """Keep nothing any more."""
        self._fingerprint, self._searched = "", None
        self._photo_ids, self._kept = np.empty(0, np.int64), []
