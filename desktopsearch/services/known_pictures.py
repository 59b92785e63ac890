"""Pictures whose embedding is at hand, so that a query with one of them needs no encoder.

Those of the library, and the one that was asked about last: that of one query is often that of the
next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.services.library import Library
from desktopsearch.storage import caches


@dataclass(frozen=True, slots=True, eq=False)
class KnownPicture:
    """A picture with its embedding."""

    digest: bytes
    fingerprint: str
    """Of the model that made the embedding."""
    proxy: bytes
    embedding: NDArray[np.float16]
    """(D,)."""


class KnownPictures:
    """Looks pictures up by the digest of their content."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._last: KnownPicture | None = None

    def find(self, digest: bytes) -> KnownPicture | None:
        """Return the picture with an embedding of the active generation's model, if there is."""
        fingerprint = self._fingerprint
        last = self._last
        if last is not None and (last.digest, last.fingerprint) == (digest, fingerprint):
            return last
        with self._library.database.read() as connection:
            vectors = caches.read_embeddings(connection, fingerprint, [digest])
            proxies = caches.read_proxies(connection, [digest])
        if not (vectors and proxies):
            return None
        return KnownPicture(digest, fingerprint, proxies[digest], vectors[digest])

    def remember(self, digest: bytes, proxy: bytes, embedding: NDArray[np.float16]) -> None:
        """Keep a picture until the next one."""
        self._last = KnownPicture(digest, self._fingerprint, proxy, embedding)

    @property
    def _fingerprint(self) -> str:
        return self._library.snapshot.generation.fingerprint
