"""Pictures whose embedding is at hand, so that a query with one of them needs no encoder.

Those of the library, and the one that was asked about last: that of one query is often that of the
next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.framing import Framing
from desktopsearch.services.library import Library
from desktopsearch.storage import caches, photos


@dataclass(frozen=True, slots=True, eq=False)
class KnownPicture:
    """A picture, or what a framing left of it, with its embedding."""

    digest: bytes
    framing: Framing | None
    fingerprint: str
    """Of the model that made the embedding."""
    whole: bytes
    """The picture's proxy."""
    proxy: bytes
    """What the embedding is of; the same without a framing."""
    embedding: NDArray[np.float16]
    """(D,)."""


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo as the library knows it, for when its file cannot be had as it was."""

    digest: bytes
    proxy: bytes
    paths: tuple[bytes, ...]
    """Where it lies, without folders that are offline."""


class KnownPictures:
    """Looks pictures up by the digest of their content."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._last: KnownPicture | None = None

    def find(self, digest: bytes, framing: Framing | None) -> KnownPicture | None:
        """Return the picture with an embedding of the active generation's model, if there is."""
        fingerprint = self._fingerprint
        last = self._last
        wanted = (digest, framing, fingerprint)
        if last is not None and (last.digest, last.framing, last.fingerprint) == wanted:
            return last
        if framing is not None:
            return None
        with self._library.database.read() as connection:
            vectors = caches.read_embeddings(connection, fingerprint, [digest])
            proxies = caches.read_proxies(connection, [digest])
        if not (vectors and proxies):
            return None
        proxy = proxies[digest]
        return KnownPicture(digest, None, fingerprint, proxy, proxy, vectors[digest])

    def stored(self, photo_id: int) -> StoredPhoto | None:
        """Return a photo of the library, if it is there and has a proxy."""
        with self._library.database.read() as connection:
            digest = photos.digests_of(connection, [photo_id]).get(photo_id, b"")
            proxy = caches.read_proxies(connection, [digest]).get(digest)
            places = photos.places(connection, [photo_id]).get(photo_id, [])
        if proxy is None:
            return None
        reachable = tuple(place.path for place in places if not place.offline)
        return StoredPhoto(digest, proxy, reachable)

    def remember(
        self,
        digest: bytes,
        framing: Framing | None,
        whole: bytes,
        proxy: bytes,
        embedding: NDArray[np.float16],
    ) -> None:
        """Keep a picture until the next one."""
        self._last = KnownPicture(digest, framing, self._fingerprint, whole, proxy, embedding)

    @property
    def _fingerprint(self) -> str:
        return self._library.generation.fingerprint
