"""Counts of a run and how fast they grow."""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple

_WINDOW_S = 10.0


class Counts(NamedTuple):
    """What has been done; the difference of two is what was done in between."""

    indexed: int
    failed: int
    removed: int
    encoded: int

    def __sub__(self, earlier: Counts) -> Counts:
        """Subtract counts that were taken earlier."""
        return Counts(*(now - then for now, then in zip(self, earlier, strict=True)))


class Rate:
    """The speed of the last ten seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def of(self, done: int) -> float:
        """Take in how much is done now; returns how many a second were done lately."""
        now = time.monotonic()
        self._samples.append((now, done))
        while now - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        first_at, first = self._samples[0]
        return (done - first) / (now - first_at) if now > first_at else 0.0
