"""Exact Hamming search over the codes of one generation, in memory.

Owns the faiss index and the photo ids of its positions. Must never read a file or a database.
"""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import finer_distances

# More threads make a single query slower, by up to a factor of 400 on a busy machine.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Photos in the order of their distance to a query.

    ``photo_ids`` (n,) int64 and ``distances`` (n,) int32, nearest first.
    """

    photo_ids: NDArray[np.int64]
    distances: NDArray[np.int32]


class HammingIndex:
    """The codes of one generation. Not thread-safe."""

    def __init__(self, bits: int, photo_ids: NDArray[np.int64], codes: NDArray[np.uint8]) -> None:
        """Build from photo ids (N,) and packed codes (N, bits / 8); ids occur once."""
        self.bits = bits
        self._flat = faiss.IndexBinaryFlat(bits)
        self._flat.use_heap = False
        self._photo_ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.add(photo_ids, codes)

    def __len__(self) -> int:
        return len(self._photo_ids)

    @property
    def photo_ids(self) -> NDArray[np.int64]:
        """Ids of the photos that are in it, in no particular order."""
        return self._photo_ids

    def add(self, photo_ids: NDArray[np.int64], codes: NDArray[np.uint8]) -> None:
        """Add photos, or replace the codes of those that are there already."""
        known = np.isin(photo_ids, self._photo_ids)
        if known.any():
            self.remove(photo_ids[known])
        self._photo_ids = np.concatenate([self._photo_ids, photo_ids])
        self._flat.add(np.ascontiguousarray(codes))

    def remove(self, photo_ids: NDArray[np.int64]) -> None:
        """Remove photos; ids that are not there are ignored."""
        gone = np.flatnonzero(np.isin(self._photo_ids, photo_ids))
        if gone.size:
            self._flat.remove_ids(gone)
            self._photo_ids = np.delete(self._photo_ids, gone)

    def search(
        self,
        code: NDArray[np.uint8],
        logits: NDArray[np.float32],
        *,
        limit: int,
        max_distance: int | None = None,
        among: NDArray[np.int64] | None = None,
    ) -> Ranking:
        """Rank by Hamming distance, then by the finer distance of the logits, then by photo id.

        The finer distance also decides which of the photos tied at the cut get in.

        Args:
            code: Packed query code (bits / 8,) uint8.
            logits: The query's real-valued outputs (bits,) float32.
            limit: Most photos to return.
            max_distance: Leave out what is farther away than this many bits.
            among: Consider these photo ids only.
        """
        radius = self.bits if max_distance is None else min(max_distance, self.bits)
        selection = self._selection(among)
        available = len(self) if among is None else selection.positions.size
        if min(limit, available) <= 0 or radius < 0:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.int32))
        query = np.ascontiguousarray(code).reshape(1, -1)
        if limit < available:
            nearest, _ = self._flat.search(query, limit, params=selection.parameters)
            radius = min(radius, int(nearest[0, -1]))
        _, distances, positions = self._flat.range_search(
            query, radius + 1, params=selection.parameters
        )
        distances = distances.astype(np.int32)
        photo_ids = self._photo_ids[positions]
        finer = finer_distances(logits, self._codes()[positions])
        order = np.lexsort((photo_ids, finer, distances))[:limit]
        return Ranking(photo_ids[order], distances[order])

    def codes_of(self, photo_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The codes of photos.

        Args:
            photo_ids: (n,) in any order.

        Returns:
            Which of ``photo_ids`` are in the index, ascending (m,), and their codes (m, bits / 8).
        """
        found = np.flatnonzero(np.isin(self._photo_ids, photo_ids))
        by_id = found[np.argsort(self._photo_ids[found])]
        there = np.flatnonzero(np.isin(photo_ids, self._photo_ids[found]))
        places = np.searchsorted(self._photo_ids[by_id], photo_ids[there])
        return there, self._codes()[by_id[places]]

    def copied(
        self, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """All photos, or some, with their codes, which later changes of the index leave alone.

        Args:
            among: These photo ids only.

        Returns:
            Photo ids (n,) in no particular order, and their codes (n, bits / 8).
        """
        if among is None:
            # The ids are never changed in place; the codes are.
            return self._photo_ids, self._codes().copy()
        positions = np.flatnonzero(np.isin(self._photo_ids, among))
        return self._photo_ids[positions], self._codes()[positions]

    def spread(self, count: int) -> NDArray[np.uint8]:
        """Codes (n, bits / 8) of at most so many photos, evenly spread over all."""
        positions = np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)
        return self._codes()[positions]

    def counts(
        self, code: NDArray[np.uint8], *, among: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Count the photos at each distance.

        Args:
            code: Packed query code (bits / 8,) uint8.
            among: Count these photo ids only.

        Returns:
            (bits + 1,) int64, from distance 0 on.
        """
        selection = self._selection(among)
        query = np.ascontiguousarray(code).reshape(1, -1)
        _, distances, _ = self._flat.range_search(query, self.bits + 1, params=selection.parameters)
        return np.bincount(distances.astype(np.int64), minlength=self.bits + 1)

    def within(
        self, codes: NDArray[np.uint8], radius: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Find the photos that are at most ``radius`` bits from some codes.

        Args:
            codes: Packed (n, bits / 8).
            radius: In bits.

        Returns:
            Limits (n + 1,), and between two of them, for each code in turn and in no particular
            order, photo ids (m,) and distances (m,).
        """
        if not len(self) or not len(codes):
            limits = np.zeros(len(codes) + 1, np.int64)
            return limits, np.empty(0, np.int64), np.empty(0, np.int32)
        limits, distances, positions = self._flat.range_search(
            np.ascontiguousarray(codes), radius + 1
        )
        return limits.astype(np.int64), self._photo_ids[positions], distances.astype(np.int32)

    def _codes(self) -> NDArray[np.uint8]:
        size = len(self) * self.bits // 8
        if not size:
            return np.empty((0, self.bits // 8), np.uint8)
        view: NDArray[np.uint8] = faiss.rev_swig_ptr(self._flat.xb.data(), size)
        return view.reshape(len(self), self.bits // 8)

    def _selection(self, among: NDArray[np.int64] | None) -> _Selection:
        if among is None:
            return _Selection(np.empty(0, np.int64), None)
        mask = np.isin(self._photo_ids, among)
        bitmap = np.packbits(mask, bitorder="little")
        selector = faiss.IDSelectorBitmap(bitmap)
        return _Selection(np.flatnonzero(mask), faiss.SearchParameters(sel=selector))


@dataclass(frozen=True, slots=True)
class _Selection:
    positions: NDArray[np.int64]
    parameters: object | None
