"""Whether the bits of a layer still tell photos apart. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_BIT_ENTROPY = 0.2
"""A bit that is set in 3 % of the photos has so much."""
LEAST_DISTINCT = 0.5
"""Of a method without labels; one with labels may give a class a single code."""
LARGEST_LEANING = 0.2
LARGEST_CORRELATION = 0.25
LEAST_DISTINCT_OF_START = 0.75
"""A method that brings like photos together gives more of them one code; whether that costs
neighbours is measured apart."""


@dataclass(frozen=True, slots=True)
class CodeHealth:
    """What can be seen of a collapse."""

    distinct: float
    """Different codes relative to the different embeddings, or, if these are more, to the possible
    codes."""
    bit_entropy: float
    """Mean over bits, from 0 to 1."""
    leaning: float
    """How far the share of photos that have a bit is from one half, for the worst bit."""
    correlation: float
    """Mean size of the correlation of two bits; of a bit that never changes it is 1."""
    collapsed: bool

    def sound_beside(self, start: CodeHealth) -> bool:
        """Tell whether codes are as good to search with as those of the start.

        No bit is set in under 30 % or over 70 % of the photos, bits are correlated by less than
        .25 on average, and three quarters as many codes are different as at the start. Where the
        start itself fails, no worse than it is good enough.
        """
        return (
            not self.collapsed
            and self.leaning <= max(LARGEST_LEANING, start.leaning)
            and self.correlation <= max(LARGEST_CORRELATION, start.correlation)
            and self.distinct >= LEAST_DISTINCT_OF_START * start.distinct
        )


def code_health(bits: NDArray[np.bool_], different: int, classes: int) -> CodeHealth:
    """Look at the codes of many photos.

    Args:
        bits: (N, K).
        different: Number of different embeddings among the photos.
        classes: Number of labels that codes were told to keep apart; 0 if there are none.
    """
    codes = len(np.unique(np.packbits(bits, axis=1), axis=0))
    possible = min(different, 2 ** bits.shape[1])
    distinct = codes / max(1, possible)
    means = bits.mean(axis=0)
    share = np.clip(means, 1e-12, 1 - 1e-12)
    entropies = -(share * np.log2(share) + (1 - share) * np.log2(1 - share))
    bit_entropy = float(entropies.mean())
    too_few = codes < min(classes, different) if classes else distinct < LEAST_DISTINCT
    return CodeHealth(
        distinct,
        bit_entropy,
        float(np.abs(means - 0.5).max()),
        _mean_correlation(bits),
        bool(too_few) or bit_entropy < LEAST_BIT_ENTROPY,
    )


def _mean_correlation(bits: NDArray[np.bool_]) -> float:
    centred = bits - bits.mean(axis=0, dtype=np.float64)
    lengths = np.linalg.norm(centred, axis=0)
    moving = lengths > 0
    unit = centred / np.where(moving, lengths, 1.0)
    sizes = np.abs(unit.T @ unit)
    sizes[~moving] = 1.0
    sizes[:, ~moving] = 1.0
    apart = ~np.eye(len(sizes), dtype=np.bool_)
    return float(sizes[apart].mean())
