"""One lesson: a training that finds the best epoch, and one that learns from every label until it.

The first keeps a fifth of the labels back to choose by, which with few labels is dear; the second
gets them as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.preparation import never
from desktopsearch.hashing.training.training_set import TrainingSet


class Train(Protocol):
    """One training, such as ``train_head``."""

    def __call__(
        self,
        training: TrainingSet,
        plan: TrainingPlan,
        *,
        stop: Callable[[], bool],
        checkpoints: Path | None,
    ) -> Iterator[EpochReport]:
        """Yield a report for the start and for each epoch."""
        ...


_CHOOSING, _ALL_LABELS = "choosing", "all labels"


def lesson(
    training: TrainingSet,
    plan: TrainingPlan,
    *,
    stop: Callable[[], bool] = never,
    checkpoints: Path | None = None,
    train: Train = train_head,
) -> Iterator[EpochReport]:
    """Train twice; yield the reports of the first training, then those of the second.

    The layer is in the last report. If the first chose its start there is no second one. What both
    came to stays in ``checkpoints`` until ``forget``, so that neither is ever repeated.

    Args:
        training: The photos.
        plan: Without an epoch to end with.
        stop: Asked at each step whether to end.
        checkpoints: As ``train_head`` has it; holds both trainings.
        train: Trains once.

    Raises:
        DesktopSearchError, Cancelled: As ``train_head`` does.
    """

    def reports(of: TrainingPlan, name: str) -> Iterator[EpochReport]:
        folder = checkpoints / name if checkpoints else None
        for report in train(training, of, stop=stop, checkpoints=folder):
            yield report
            # Whoever asks for more than the last report lets the training forget what it kept.
            if report.chosen is not None:
                return

    chosen, epochs = 0, 0
    for report in reports(plan, _CHOOSING):
        yield report
        chosen, epochs = report.chosen or 0, report.epochs
    if chosen:
        yield from reports(replace(plan, epochs=epochs, until=chosen), _ALL_LABELS)


def forget(checkpoints: Path) -> None:
    """Remove what both trainings kept, once their layer is kept elsewhere."""
    for name in (_CHOOSING, _ALL_LABELS):
        shutil.rmtree(checkpoints / name, ignore_errors=True)
