"""How far all photos are from several pictures, or in two generations, found in short steps.

For one picture in one generation the index is faster, and orders photos alike. Codes are compared
within their own generation only: what is mixed are distances, each as a share of its bits. Belongs
to the thread of the library.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import finer_distances, hamming_distances, pack
from desktopsearch.domain.combining import combined, shown_distances
from desktopsearch.index import HammingIndex, Ranking
from desktopsearch.services.own_codes import OwnCodes

_STEP_S = 0.02
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """What photos are compared with."""

    logits: NDArray[np.float32]
    """(P, K) by the layer of the generation that is searched."""
    alike: NDArray[np.bool_]
    """(P,) which of them are meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """The part that the model's own codes have in a distance."""

    own: OwnCodes
    logits: NDArray[np.float32]
    """(P, L) of the same pictures, by their layer."""
    share: float
    """From 0 for none of it to 1 for nothing else."""


class Nearness:
    """The distances of photos to the pictures of one query."""

    def __init__(
        self,
        index: HammingIndex,
        pictures: Pictures,
        blend: Blend | None,
        among: NDArray[np.int64] | None,
    ) -> None:
        """Take the photos as they are now; photos that come later are not seen.

        Args:
            index: That is searched.
            pictures: Of the query.
            blend: None for the codes of the index alone.
            among: Consider these photo ids only.
        """
        self._pictures = pictures
        self._blend = blend
        self._photo_ids, self._codes = index.copied(among)
        self._bits = index.bits
        self._distances = np.empty(len(self._photo_ids), dtype=np.float64)
        self._measured = 0

    @property
    def is_done(self) -> bool:
        """Whether all photos have been measured."""
        return self._measured == len(self._photo_ids)

    def go_on(self) -> None:
        """Measure photos for a little while."""
        until = time.perf_counter() + _STEP_S
        while not self.is_done and time.perf_counter() < until:
            rows = np.arange(
                self._measured, min(self._measured + _ROWS_AT_ONCE, len(self._photo_ids))
            )
            if self._blend is None or self._blend.own.prepare(self._photo_ids[rows]):
                self._distances[rows] = self._measure(rows, _hamming)
                self._measured += len(rows)

    def ranking(self, limit: int, max_distance: int | None) -> Ranking:
        """Rank by distance, then by the finer distances put together alike, then by photo id.

        Args:
            limit: Most photos to return.
            max_distance: Leave out what is farther away than this many bits.

        Returns:
            The photos with their distances as they are shown.
        """
        shown = shown_distances(self._distances, self._bits)
        radius = self._bits if max_distance is None else max_distance
        near = np.flatnonzero(shown <= radius)
        if limit < near.size:
            cut = np.partition(self._distances[near], limit - 1)[limit - 1]
            near = near[self._distances[near] <= cut]
        photo_ids = self._photo_ids[near]
        finer = self._measure(near, finer_distances)
        order = np.lexsort((photo_ids, finer, self._distances[near]))[:limit]
        return Ranking(photo_ids[order], shown[near[order]])

    def counts(self) -> NDArray[np.int64]:
        """Count the photos at each distance as it is shown: (bits + 1,), from 0 on."""
        shown = shown_distances(self._distances, self._bits)
        return np.bincount(shown, minlength=self._bits + 1)

    def _measure(self, rows: NDArray[np.int64], measure: _Measure) -> NDArray[np.floating]:
        alike = self._pictures.alike
        taught = _to_pictures(self._pictures.logits, alike, self._codes[rows], measure)
        if self._blend is None:
            return taught
        # A photo of which there is no second code has its first distance alone.
        there, codes = self._blend.own.of(self._photo_ids[rows])
        own = _to_pictures(self._blend.logits, alike, codes, measure)
        own *= self._bits / self._blend.logits.shape[1]
        mixed = taught.copy()
        mixed[there] += self._blend.share * (own - taught[there])
        return mixed


_Measure = Callable[[NDArray[np.float32], NDArray[np.uint8]], NDArray[np.number]]


def _hamming(logits: NDArray[np.float32], codes: NDArray[np.uint8]) -> NDArray[np.number]:
    return hamming_distances(pack(logits), codes)


def _to_pictures(
    logits: NDArray[np.float32],
    alike: NDArray[np.bool_],
    codes: NDArray[np.uint8],
    measure: _Measure,
) -> NDArray[np.floating]:
    return combined(np.stack([measure(each, codes) for each in logits]), alike)
