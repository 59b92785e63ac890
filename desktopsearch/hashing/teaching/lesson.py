"""One lesson: a training that finds the best epoch, and one that learns from every label until it.

The first keeps a fifth of the labels back to choose by, which with few labels is dear; the second
gets them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.preparation import never
from desktopsearch.hashing.training.training_set import TrainingSet


def lesson(
    training: TrainingSet,
    plan: TrainingPlan,
    *,
    stop: Callable[[], bool] = never,
    checkpoints: Path | None = None,
) -> Iterator[EpochReport]:
    """Train twice; yield the reports of the first training, then those of the second.

    The layer is in the last report. If the first chose its start there is no second one.

    Args:
        training: The photos.
        plan: Without an epoch to end with.
        stop: Asked at each step whether to end.
        checkpoints: As ``train_head`` has it; holds both.

    Raises:
        DesktopSearchError, Cancelled: As ``train_head`` does.
    """

    def kept(name: str) -> Path | None:
        return checkpoints / name if checkpoints else None

    chosen, epochs = 0, 0
    for report in train_head(training, plan, stop=stop, checkpoints=kept("choosing")):
        yield report
        chosen, epochs = report.chosen or 0, report.epochs
    if chosen:
        second = replace(plan, epochs=epochs, until=chosen)
        yield from train_head(training, second, stop=stop, checkpoints=kept("all labels"))
