"""What is asked of a training, and what it tells after each epoch. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktopsearch.hashing.layer import HashLayer


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is to be trained, and how."""

    objective: str
    """Its id in the registry."""
    bits: int
    seed: int = 0
    faithful: bool = False
    """Constants and quirks of the paper's code instead of mended ones."""
    epochs: int | None = None
    """By default as many as the objective wants for a set of this size."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochReport:
    """What an epoch came to; epoch 0 is the start, before any step."""

    epoch: int
    epochs: int
    """Planned."""
    terms: Mapping[str, float]
    """Each term of the loss, averaged over the batches that had it, without its weight."""
    validation: float | None
    """On held-out photos, higher is better: mean average precision by label, or for methods
    without labels the share of neighbours kept. None if they say nothing."""
    distinct: float
    """Different codes among at most 5,000 training photos, relative to their different
    embeddings or, if these are more, to the possible codes."""
    bit_entropy: float
    """Mean entropy of a bit over these photos, 1 if each is set in half of them."""
    collapsed: bool
    """Whether codes have become useless; training ends with such an epoch and never chooses it."""
    seconds: float
    """That the epoch took, validation included."""
    chosen: int | None
    """In the last report only: the epoch whose layer was taken. With labels that of the highest
    validation, of equals the latest; without, the latest sound one that keeps neighbours nearly as
    well as the start."""
    layer: HashLayer | None
    """In the last report only: the layer of that epoch."""
