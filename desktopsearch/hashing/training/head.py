"""Training of the hash layer alone, on embeddings that are stored: seconds on a CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.training.checkpoints import Checkpoint, digest_of
from desktopsearch.hashing.training.features import CachedFeatures
from desktopsearch.hashing.training.loop import Training
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.preparation import never, prepare
from desktopsearch.hashing.training.training_set import TrainingSet


def train_head(
    training: TrainingSet,
    plan: TrainingPlan,
    *,
    judged: TrainingSet | None = None,
    stop: Callable[[], bool] = never,
    checkpoints: Path | None = None,
) -> Iterator[EpochReport]:
    """Train a hash layer on embeddings; yield a report for the start and for each epoch.

    Closing the iterator ends training. What is asked for is checked before anything is yielded.

    Args:
        training: The photos; at most 20,000 without a label are used.
        plan: What to train.
        judged: Photos to validate on that are not among these, where every label is learnt from;
            by default nothing is validated then.
        stop: Asked at each step whether to end.
        checkpoints: Folder to keep the state in after each epoch. A training of the same plan and
            data that is begun again with it gives the reports that it had given once more and goes
            on; it ends with the very layer that it would have had.

    Raises:
        DesktopSearchError: TRAINING_OBJECTIVE_UNKNOWN, TRAINING_TOO_FEW_LABELS,
            TRAINING_TOO_FEW_PHOTOS, TRAINING_NOT_FINITE, BITS_INVALID.
        Cancelled: ``stop`` said so.
    """
    prepared = prepare(training, plan, judged)
    source = CachedFeatures(prepared, choose_device(plan.device))
    checkpoint = Checkpoint(checkpoints, digest_of(plan, *training.arrays()))
    return Training(source, prepared, plan, stop, checkpoint).run()
