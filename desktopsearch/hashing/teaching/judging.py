"""What every teaching is judged by, whatever of the network it taught. Numpy only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Labels
from desktopsearch.hashing.objectives.registry import objective_named
from desktopsearch.hashing.teaching.folds import Fold, folds_of
from desktopsearch.hashing.training.inner_split import enough_labels
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from desktopsearch.hashing.training.validation import NeighbourPreservation

_SAMPLE = 2_000
"""Photos on which the loss of general likeness is measured."""

CodesOf = Callable[[NDArray[np.int64]], NDArray[np.uint8]]
"""From rows of a set to (R, bytes) codes."""


def folds_for(photos: TrainingSet, plan: TrainingPlan, count: int) -> list[Fold]:
    """None without labels to learn from, or where one would leave too few of them to learn from.

    Args:
        photos: All of the teaching.
        plan: For its objective and its seed.
        count: Number of folds, if there are any.
    """
    if objective_named(plan.objective).requirements.labels is Labels.NONE:
        return []
    folds = folds_of(photos, count, np.random.default_rng(plan.seed))
    return folds if all(enough_labels(photos.subset(fold.seen)) for fold in folds) else []


def neighbours_kept(
    photos: TrainingSet, old: HashLayer, new: CodesOf, seed: int
) -> tuple[float, float]:
    """Return the shares of the nearest by embedding that old and new codes keep near.

    Args:
        photos: With embeddings that nothing was taught.
        old: Layer of such.
        new: Gives the codes of what was taught.
        seed: Of the sample.
    """
    count = len(photos.embeddings)
    rows = np.random.default_rng(seed).permutation(count)[:_SAMPLE]
    sample: NDArray[np.float16] = photos.embeddings[rows]
    measure = NeighbourPreservation(sample)
    return measure(old.codes(sample)) or 0.0, measure(new(rows)) or 0.0
