"""Which photos are kept out of training to choose the epoch on: whole groups of near-copies.

Where every photo is learnt from they tell no more than how soon a classifier knows its labels.

Numpy only. What is chosen here is seen by the choice of the epoch; whether a new layer is better
than the old one must be judged on photos that are in neither part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.training.training_set import TrainingSet

FEWEST_CLASSES = 2
FEWEST_GROUPS_OF_CLASS = 5
"""With fewer, none of a class is kept out: it would not be worth what training loses."""
FEWEST_PHOTOS = 20
KEPT_OUT = 0.2
_LEAST_OF_CLASS = 2
LARGEST_KEPT_OUT = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class InnerSplit:
    """Rows of a training set, ascending; no group has rows in both."""

    training: NDArray[np.int64]
    held_out: NDArray[np.int64]


def enough_labels(training: TrainingSet) -> bool:
    """Whether ``split_by_label`` finds enough of them."""
    return len(_large_classes(training)) >= FEWEST_CLASSES


def split_by_label(training: TrainingSet, generator: np.random.Generator) -> InnerSplit:
    """Keep out about a fifth of each class, at least two groups of it.

    Unlabelled photos of the same groups are in neither part.

    Raises:
        DesktopSearchError: TRAINING_TOO_FEW_LABELS.
    """
    large = _large_classes(training)
    if len(large) < FEWEST_CLASSES:
        raise DesktopSearchError(
            ProblemCode.TRAINING_TOO_FEW_LABELS,
            classes=len(large),
            photos=FEWEST_GROUPS_OF_CLASS,
            needed=FEWEST_CLASSES,
        )
    share = min(KEPT_OUT, LARGEST_KEPT_OUT / training.labelled.sum())
    chosen: set[int] = set()
    # Small classes first: what the large ones still need comes on top.
    for groups in sorted(large, key=len):
        wanted = max(_LEAST_OF_CLASS, round(share * len(groups)))
        free = [group for group in generator.permutation(groups).tolist() if group not in chosen]
        chosen.update(free[: max(0, wanted - (len(groups) - len(free)))])
    out = np.isin(training.groups, list(chosen))
    return InnerSplit(np.flatnonzero(~out), np.flatnonzero(out & training.labelled))


def split_blindly(training: TrainingSet, generator: np.random.Generator) -> InnerSplit:
    """Keep out about a fifth of all photos, at most 2,000, whatever their labels.

    Raises:
        DesktopSearchError: TRAINING_TOO_FEW_PHOTOS.
    """
    groups = generator.permutation(np.unique(training.groups))
    if len(groups) < FEWEST_PHOTOS:
        raise DesktopSearchError(
            ProblemCode.TRAINING_TOO_FEW_PHOTOS, photos=len(groups), needed=FEWEST_PHOTOS
        )
    share = min(KEPT_OUT, LARGEST_KEPT_OUT / len(training.groups))
    out = np.isin(training.groups, groups[: round(share * len(groups))])
    return InnerSplit(np.flatnonzero(~out), np.flatnonzero(out))


def _large_classes(training: TrainingSet) -> list[NDArray[np.int64]]:
    """Return the groups of each class that has enough of them."""
    groups_of_class = [np.unique(training.groups[column]) for column in training.labels.T]
    return [groups for groups in groups_of_class if len(groups) >= FEWEST_GROUPS_OF_CLASS]
