"""A lesson of a network: a training that finds the best epoch, and one of every label until it.

The first keeps a fifth of the labels back to choose by, which with few labels is dear; the second
gets them as well. A hash layer alone needs no first one: its last epoch is as good.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan

P = TypeVar("P", bound=TrainingPlan, contravariant=True)


class Train(Protocol[P]):
    """One training."""

    def __call__(self, plan: P, checkpoints: Path) -> Iterator[EpochReport]:
        """Yield a report for the start and for each epoch."""
        ...


TRAININGS = 2
_CHOOSING, _ALL_LABELS = "choosing", "all labels"


def deep_lesson(plan: P, train: Train[P], checkpoints: Path) -> Iterator[tuple[int, EpochReport]]:
    """Train twice; yield the number of the training, 0 or 1, with each of its reports.

    The layer is in the last report. If the first chose its start there is no second one. What both
    came to stays in ``checkpoints`` until ``forget``, so that neither is ever repeated.

    Args:
        plan: Without an epoch to end with.
        train: Trains once.
        checkpoints: As ``train_head`` has it; holds both trainings.

    Raises:
        DesktopSearchError, Cancelled: As ``train`` does.
    """

    def reports(of: P, name: str) -> Iterator[EpochReport]:
        for report in train(of, checkpoints / name):
            yield report
            # Whoever asks for more than the last report lets the training forget what it kept.
            if report.chosen is not None:
                return

    chosen, epochs = 0, 0
    for report in reports(plan, _CHOOSING):
        yield 0, report
        chosen, epochs = report.chosen or 0, report.epochs
    if chosen:
        second = replace(plan, epochs=epochs, every_photo=True, until=chosen)
        for report in reports(second, _ALL_LABELS):
            yield 1, report


def forget(checkpoints: Path) -> None:
    """Remove what both trainings kept, once their layer is kept elsewhere."""
    for name in (_CHOOSING, _ALL_LABELS):
        shutil.rmtree(checkpoints / name, ignore_errors=True)
