"""How good codes are on held-out photos, as one number. Numpy only."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.metrics import average_precision, precision_at
from desktopsearch.domain.rankings import blocks, rank_codes, shared_labels, unit_rows

NEAR = 20
WINDOW = 100
_LARGEST_NEAR_SHARE = 20
"""Of few photos no more than one in so many are near."""


class Validation(Protocol):
    """Judges the (H, W) packed codes of held-out photos: higher is better.

    None if the photos say nothing.
    """

    def __call__(self, codes: NDArray[np.uint8]) -> float | None:
        """Return the figure."""


class LabelRanking:
    """Mean average precision of codes of labelled photos; those that share a label belong.

    Photos without a label belong to none, and do not ask. Ties are counted exactly. Near-copies of
    the query are left out of its ranking.
    """

    def __init__(self, labels: NDArray[np.bool_], groups: NDArray[np.int64]) -> None:
        self._labels = labels
        self._groups = groups
        self._asking = np.flatnonzero(labels.any(axis=1))

    def __call__(self, codes: NDArray[np.uint8]) -> float | None:
        """Return the mean over all photos to which another belongs."""
        found: list[NDArray[np.float64]] = []
        for block in blocks(len(self._asking), len(codes)):
            asking = self._asking[block]
            levels = shared_labels(self._labels[asking], self._labels)
            copies = self._groups[asking, None] == self._groups[None]
            rankings = rank_codes(codes[asking], codes, levels, copies)
            found.append(average_precision(rankings))
        precisions = np.concatenate(found) if found else np.empty(0)
        counted = precisions[~np.isnan(precisions)]
        return float(counted.mean()) if len(counted) else None


class NeighbourPreservation:
    """Share of the nearest twenty by cosine that are among the nearest hundred codes.

    Of fewer than 400 photos one in twenty are near, and the window is five times as many. Ties at
    the end of the window count by what of them it holds.
    """

    def __init__(self, embeddings: NDArray[np.float16]) -> None:
        vectors = unit_rows(embeddings)
        self._near_count = min(NEAR, len(embeddings) // _LARGEST_NEAR_SHARE) or 1
        self._near = np.empty((len(vectors), self._near_count), dtype=np.int64)
        for block in blocks(len(vectors), len(vectors)):
            scores = vectors[block] @ vectors.T
            rows = np.arange(len(scores))
            scores[rows, rows + block.start] = -np.inf
            self._near[block] = np.argsort(-scores, axis=1)[:, : self._near_count]

    def __call__(self, codes: NDArray[np.uint8]) -> float | None:
        """Return the mean over all photos; of a single one nothing can be said."""
        count = len(codes)
        if count <= self._near_count:
            return None
        window = self._near_count * WINDOW // NEAR
        total = 0.0
        for block in blocks(count, count):
            rows = np.arange(block.stop - block.start)
            levels = np.zeros((len(rows), count), dtype=np.int64)
            levels[rows[:, None], self._near[block]] = 1
            itself = np.zeros(levels.shape, dtype=np.bool_)
            itself[rows, rows + block.start] = True
            rankings = rank_codes(codes[block], codes, levels, itself)
            total += float(precision_at(rankings, window).sum())
        return total * window / self._near_count / count
