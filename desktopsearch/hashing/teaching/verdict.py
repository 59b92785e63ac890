"""Whether a gain can be relied on: the gate before a taught layer is used. Numpy only.

Queries of one album are not independent, and neither is the choice of albums: both are drawn anew
for the interval.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

FEWEST_QUERIES = 40
"""With 60 the standard error of mean average precision is about .03, more than ``LEAST_GAIN``; with
still fewer nothing is claimed."""
LEAST_GAIN = 0.02
_ROUNDS = 2_000
_LOWEST, _HIGHEST = 0.025, 0.975


class Finding(StrEnum):
    """What the gate says."""

    BETTER = "better"
    NOT_BETTER = "not better"
    TOO_FEW = "too few"
    """Photos to prove anything on."""


class Verdict(msgspec.Struct, frozen=True):
    """A gain with its interval."""

    finding: Finding
    gain: float
    """Of mean average precision: the mean over albums of the mean over their photos."""
    low: float
    """Lower end of the interval of 95 %."""
    high: float
    queries: int


def verdict_on(
    gains: NDArray[np.float64], albums: NDArray[np.bool_], generator: np.random.Generator
) -> Verdict:
    """Judge the gains of held-out queries.

    A gain counts if it is at least 0.02 and 0 is below its interval.

    Args:
        gains: (Q,) average precision by the new layer less that by the old.
        albums: (Q, A) which albums each query is in; each is in one at least.
        generator: Draws the resamples.
    """
    members = [np.flatnonzero(column) for column in albums.T if column.any()]
    if not members:
        return Verdict(Finding.TOO_FEW, 0.0, 0.0, 0.0, 0)
    gain = float(np.mean([gains[rows].mean() for rows in members]))
    low, high = np.quantile(_resampled(gains, members, generator), (_LOWEST, _HIGHEST))
    if len(gains) < FEWEST_QUERIES:
        finding = Finding.TOO_FEW
    elif gain >= LEAST_GAIN and low > 0:
        finding = Finding.BETTER
    else:
        finding = Finding.NOT_BETTER
    return Verdict(finding, gain, float(low), float(high), len(gains))


def _resampled(
    gains: NDArray[np.float64],
    members: list[NDArray[np.int64]],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """Return the gain of each round, in which albums and then their photos were drawn anew."""
    drawn = generator.integers(len(members), size=(_ROUNDS, len(members)))
    means = np.empty(drawn.shape)
    for album, rows in enumerate(members):
        places = drawn == album
        draws = generator.choice(gains[rows], size=(int(places.sum()), len(rows)))
        means[places] = draws.mean(axis=1)
    averaged: NDArray[np.float64] = means.mean(axis=1)
    return averaged
