"""Pictures whose embedding is at hand, so that a query with one of them needs no encoder.

Those of the library, and those that were asked about last: those of one query are often those of
the next.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.examples import MOST_PICTURES
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
        self._last: deque[KnownPicture] = deque(maxlen=MOST_PICTURES)

    def find(self, digest: bytes, framing: Framing | None) -> KnownPicture | None:
        """Return the picture with an embedding of the active generation's model, if there is."""
        fingerprint = self._fingerprint
        wanted = (digest, framing, fingerprint)
        for last in self._last:
            if (last.digest, last.framing, last.fingerprint) == wanted:
                # The crops of one picture must not drive the others out.
                self._last.remove(last)
                self._last.append(last)
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
        """Keep a picture until there have been as many others as a query may have."""
        self._last.append(KnownPicture(digest, framing, self._fingerprint, whole, proxy, embedding))

    @property
    def _fingerprint(self) -> str:
        return self._library.generation.fingerprint
