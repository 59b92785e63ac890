"""How far all photos are from several pictures, found in short steps.

For one picture the index is faster and orders photos alike. Belongs to the thread of the library.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import finer_distances, hamming_distances, pack
from desktopsearch.domain.examples import combined, shown_distances
from desktopsearch.index import Ranking
from desktopsearch.services.library import SearchSnapshot

_STEP_S = 0.02
_ROWS_AT_ONCE = 16_384


class Nearness:
    """The distances of photos to the pictures of one query, within one generation."""

    def __init__(
        self,
        snapshot: SearchSnapshot,
        logits: NDArray[np.float32],
        alike: NDArray[np.bool_],
        among: NDArray[np.int64] | None,
    ) -> None:
        """Take the photos as they are now; photos that come later are not seen.

        Args:
            snapshot: That is searched.
            logits: (P, K) of the pictures, by the layer of the snapshot.
            alike: (P,) which of them are meant.
            among: Consider these photo ids only.
        """
        self._logits = logits
        self._alike = alike
        self._photo_ids, self._codes = snapshot.index.copied(among)
        self._bits = snapshot.index.bits
        self._distances = np.empty(len(self._photo_ids), dtype=np.float64)
        self._measured = 0

    @property
    def is_done(self) -> bool:
        """Whether all photos have been measured."""
        return self._measured == len(self._photo_ids)

    def go_on(self) -> None:
        """Measure photos for a little while."""
        until = time.perf_counter() + _STEP_S
        queries = pack(self._logits)
        while not self.is_done and time.perf_counter() < until:
            rows = slice(self._measured, self._measured + _ROWS_AT_ONCE)
            each = np.stack([hamming_distances(code, self._codes[rows]) for code in queries])
            self._distances[rows] = combined(each, self._alike)
            self._measured = min(rows.stop, len(self._photo_ids))

    def ranking(self, limit: int, max_distance: int | None) -> Ranking:
        """Rank by combined distance, then by the finer distances combined, then by photo id.

        Args:
            limit: Most photos to return.
            max_distance: Leave out what is farther away than this many bits.

        Returns:
            The photos with their distances as they are shown.
        """
        shown = self._shown()
        radius = self._bits if max_distance is None else max_distance
        near = np.flatnonzero(shown <= radius)
        if limit < near.size:
            cut = np.partition(self._distances[near], limit - 1)[limit - 1]
            near = near[self._distances[near] <= cut]
        finer = np.stack([finer_distances(each, self._codes[near]) for each in self._logits])
        photo_ids = self._photo_ids[near]
        order = np.lexsort((photo_ids, combined(finer, self._alike), self._distances[near]))[:limit]
        return Ranking(photo_ids[order], shown[near[order]])

    def counts(self) -> NDArray[np.int64]:
        """Count the photos at each distance as it is shown: (bits + 1,), from 0 on."""
        return np.bincount(self._shown(), minlength=self._bits + 1)

    def _shown(self) -> NDArray[np.int32]:
        return shown_distances(self._distances, self._bits)
