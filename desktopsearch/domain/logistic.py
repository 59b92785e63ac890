"""Logistic regression with a penalty, by Newton's method, a short step at a time. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Nearly none: an offset only says how many there are of each.
_OFFSET_PENALTY = 1e-6
_MOST_STEPS = 25
_LEAST_CHANGE = 1e-3
_LARGEST_CHANGE = 4.0


class LogisticRegression:
    """Learns from weighed rows to tell those of one kind from the others."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        targets: NDArray[np.bool_],
        weights: NDArray[np.float32],
        penalty: float,
    ) -> None:
        """Begin to learn.

        Args:
            rows: (N, D).
            targets: (N,), which are of the kind.
            weights: (N,), what each counts.
            penalty: Half of it falls on the squared length of the direction, none on the offset.
        """
        self._rows = np.hstack([rows, np.ones((len(rows), 1), np.float32)])
        self._targets = targets.astype(np.float32)
        self._weights = weights
        self._penalties = np.full(self._rows.shape[1], penalty)
        self._penalties[-1] = _OFFSET_PENALTY
        self._plane = np.zeros(self._rows.shape[1])
        self._steps = 0
        self.is_learnt = False

    def go_on(self) -> None:
        """Learn a step more; of a few thousand rows it takes some milliseconds."""
        # In float32 what is long is done in half the time; the short rest stays exact.
        told = 1.0 / (1.0 + np.exp(-(self._rows @ self._plane.astype(np.float32))))
        slope = self._rows.T @ (self._weights * (told - self._targets))
        slope = slope.astype(np.float64) + self._penalties * self._plane
        bend = self._weights * told * (1.0 - told)
        curvature = (self._rows.T @ (self._rows * bend[:, None])).astype(np.float64)
        curvature[np.diag_indices_from(curvature)] += self._penalties
        step = np.linalg.solve(curvature, slope)
        change = float(np.abs(self._rows @ step.astype(np.float32)).max())
        self._plane -= step * min(1.0, _LARGEST_CHANGE / max(change, _LEAST_CHANGE))
        self._steps += 1
        self.is_learnt = change < _LEAST_CHANGE or self._steps == _MOST_STEPS

    def learnt(self) -> LogisticRegression:
        """Learn to the end."""
        while not self.is_learnt:
            self.go_on()
        return self

    @property
    def direction(self) -> NDArray[np.float32]:
        """(D,)."""
        return self._plane[:-1].astype(np.float32)

    @property
    def offset(self) -> np.float32:
        """What a row of nothing but zeros scores."""
        return np.float32(self._plane[-1])

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (M,) log-odds of (M, D)."""
        scores: NDArray[np.float32] = rows @ self.direction + self.offset
        return scores
