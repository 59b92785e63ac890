"""Whether the bits of a layer still tell photos apart. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_BIT_ENTROPY = 0.2
"""A bit that is set in 3 % of the photos has so much."""
LEAST_DISTINCT = 0.5
"""Of a method without labels; one with labels may give a class a single code."""


@dataclass(frozen=True, slots=True)
class CodeHealth:
    """What can be seen of a collapse."""

    distinct: float
    """Different codes relative to the different embeddings, or, if these are more, to the possible
    codes."""
    bit_entropy: float
    """Mean over bits, from 0 to 1."""
    collapsed: bool


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
    share = np.clip(bits.mean(axis=0), 1e-12, 1 - 1e-12)
    entropies = -(share * np.log2(share) + (1 - share) * np.log2(1 - share))
    bit_entropy = float(entropies.mean())
    too_few = codes < min(classes, different) if classes else distinct < LEAST_DISTINCT
    return CodeHealth(distinct, bit_entropy, bool(too_few) or bit_entropy < LEAST_BIT_ENTROPY)
