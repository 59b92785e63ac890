"""From what a caller has to the two parts of a training: checked, limited, split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import check_bits
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.objectives.base import Labels, Objective
from desktopsearch.hashing.objectives.registry import objective_named
from desktopsearch.hashing.training.belonging import HARDLY, belonging
from desktopsearch.hashing.training.inner_split import split_blindly, split_by_label
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet, limited


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What is trained on and what epochs are chosen on.

    Both hold the same photos only where none are kept back (``TrainingPlan.every_photo``).
    """

    kind: type[Objective]
    training: TrainingSet
    held_out: TrainingSet
    rows: NDArray[np.int64]
    """Of the training part in the whole set."""
    held_out_rows: NDArray[np.int64]
    judged: TrainingSet
    """What is validated on: the held-out photos, or others that are not learnt from; may be empty.
    Without labels to learn by heart, photos that are learnt from do as well."""
    generator: np.random.Generator
    """All further draws of the training are its."""
    belonging: NDArray[np.float32]
    """(N,) of the training part: how likely a photo belongs to any class."""

    @property
    def strangers(self) -> NDArray[np.bool_]:
        """(N,) which photos of the training part hardly belong to any class."""
        return ~self.training.marked & (self.belonging < HARDLY)


def never() -> bool:
    """Do not stop."""
    return False


def prepare(
    everything: TrainingSet, plan: TrainingPlan, judged: TrainingSet | None = None
) -> Preparation:
    """Check what is asked for and part the photos.

    Args:
        everything: The photos.
        plan: What to train.
        judged: What to validate on where every label is learnt from; by default nothing.

    Raises:
        DesktopSearchError: TRAINING_OBJECTIVE_UNKNOWN, TRAINING_TOO_FEW_LABELS,
            TRAINING_TOO_FEW_PHOTOS, TRAINING_NOT_FINITE, BITS_INVALID.
    """
    kind = objective_named(plan.objective)
    check_bits(plan.bits, everything.embeddings.shape[1])
    _check_finite(everything)
    generator = np.random.default_rng(plan.seed)
    by_label = kind.requirements.labels is not Labels.NONE
    kept = limited(everything, generator, keep_labelled=by_label)
    split = (split_by_label if by_label else split_blindly)(everything.subset(kept), generator)
    rows = kept if plan.every_photo else kept[split.training]
    held_out_rows = kept[split.held_out]
    training, held_out = everything.subset(rows), everything.subset(held_out_rows)
    if not (plan.every_photo and by_label):
        judged = held_out
    elif judged is None:
        judged = everything.subset(held_out_rows[:0])
    likely = np.ones(len(rows), dtype=np.float32)
    if by_label and not plan.faithful:
        likely = belonging(training, generator)
    return Preparation(kind, training, held_out, rows, held_out_rows, judged, generator, likely)


def _check_finite(everything: TrainingSet) -> None:
    broken = int((~np.isfinite(everything.embeddings).all(axis=1)).sum())
    if everything.rotations is not None:
        finite = np.isfinite(everything.rotations.embeddings).all(axis=(0, 2))
        broken += int((~finite).sum())
    if broken:
        raise DesktopSearchError(ProblemCode.TRAINING_NOT_FINITE, photos=broken)
