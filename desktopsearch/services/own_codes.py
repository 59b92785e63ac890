"""The codes that searches would use without albums, beside those that were taught.

Loaded when they are asked for the first time, some milliseconds at a time, and let go of with the
snapshot that they belong to. Photos that came after a teaching have no such code in the library:
theirs are made from embeddings and kept here alone. A million of them take 40 MB.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.library import Generation
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.storage import caches, codes, generations
from desktopsearch.storage.database import Database

_READ_AT_ONCE = 20_000
_MADE_AT_ONCE = 500


class OwnCodes:
    """Of all photos, for one taught generation."""

    def __init__(self, database: Database, taught: Generation) -> None:
        """Prepare; nothing is read yet.

        Args:
            database: Of the library.
            taught: What searches use; it need not be a taught one, and then there is nothing here.
        """
        self._database = database
        self._taught = taught
        self._read: list[tuple[NDArray[np.int64], NDArray[np.uint8]]] = []
        self._is_read = False
        self._photo_ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._codes: NDArray[np.uint8] = np.empty((0, 0), np.uint8)
        self._lost: NDArray[np.int64] = np.empty(0, np.int64)

    @cached_property
    def generation(self) -> Generation | None:
        """Of the model itself or fitted to the library; None if nothing taught is in use."""
        with self._database.read() as connection:
            return generations.untaught(connection, self._taught)

    @cached_property
    def layer(self) -> HashLayer:
        """Its hash layer."""
        assert self.generation is not None
        return HashLayer.from_bytes(self.generation.hash_layer)

    def prepare(self, photo_ids: NDArray[np.int64]) -> bool:
        """Return whether all codes of some photos are here that can be had; else do a little.

        Args:
            photo_ids: (n,), some ten thousand at most.
        """
        if not self._is_read:
            self._read_some()
            return False
        missing = np.setdiff1d(photo_ids[~self._places(photo_ids)[0]], self._lost)
        if missing.size:
            self._make(missing[:_MADE_AT_ONCE])
        return missing.size == 0

    def of(self, photo_ids: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
        """Which of some photos (n,) have a code here, and these codes in their order."""
        there, places = self._places(photo_ids)
        return there, self._codes[places[there]]

    def _places(self, photo_ids: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        if not self._photo_ids.size:
            return np.zeros(len(photo_ids), np.bool_), np.zeros(len(photo_ids), np.int64)
        places = np.searchsorted(self._photo_ids, photo_ids).clip(max=len(self._photo_ids) - 1)
        return self._photo_ids[places] == photo_ids, places

    def _read_some(self) -> None:
        generation = self.generation
        assert generation is not None
        after = int(self._read[-1][0][-1]) if self._read else 0
        with self._database.read() as connection:
            some = codes.read_after(
                connection, generation.id, generation.bits, after, _READ_AT_ONCE
            )
        self._is_read = len(some[0]) < _READ_AT_ONCE
        self._read.append(some)
        if self._is_read:
            self._photo_ids = np.concatenate([photo_ids for photo_ids, _codes in self._read])
            self._codes = np.concatenate([packed for _photo_ids, packed in self._read])
            self._read = []

    def _make(self, photo_ids: NDArray[np.int64]) -> None:
        with self._database.read() as connection:
            positions, vectors = caches.embeddings_of(
                connection, self._taught.fingerprint, photo_ids.tolist()
            )
        self._lost = np.concatenate([self._lost, np.delete(photo_ids, positions)])
        if positions.size:
            order = np.argsort(positions)
            made = photo_ids[positions[order]]
            at = np.searchsorted(self._photo_ids, made)
            self._codes = np.insert(self._codes, at, self.layer.codes(vectors[order]), axis=0)
            self._photo_ids = np.insert(self._photo_ids, at, made)
