"""Both trainings of a lesson, and that neither is repeated after an interruption."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from desktopsearch.hashing.teaching.deep_lesson import deep_lesson, forget
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from tests.hashing.training.made_up import photos
from tests.hashing.training.test_checkpoints import check_equal

PHOTOS = photos(300, 4, 160, noise=2.5)
PLAN = TrainingPlan("ssdh_sup", 16, epochs=4, device="cpu")


class Training:
    """Of a layer, which knows the same trainings; counts its steps."""

    def __init__(self) -> None:
        self._looks = count()

    def __call__(self, plan: TrainingPlan, checkpoints: Path) -> Iterator[EpochReport]:
        return train_head(PHOTOS, plan, stop=lambda: next(self._looks) < 0, checkpoints=checkpoints)

    @property
    def steps(self) -> int:
        """By now; each look at the counter takes one of its numbers."""
        self._looks = count(taken := next(self._looks))
        return taken


def test_the_first_training_is_not_repeated_where_the_second_was_interrupted(
    tmp_path: Path,
) -> None:
    training = Training()
    whole = [
        (number, report, training.steps)
        for number, report in deep_lesson(PLAN, training, tmp_path / "whole")
    ]
    second = [report for number, report, _ in whole if number]
    before = max(steps for number, _, steps in whole if not number)
    assert second
    assert whole[-1][2] > before > 0
    running = deep_lesson(PLAN, Training(), tmp_path / "cut")
    for _ in range(len(whole) - len(second) + 1):
        next(running)
    running.close()  # type: ignore[attr-defined]
    again = Training()
    found = [report for number, report in deep_lesson(PLAN, again, tmp_path / "cut") if number]
    assert again.steps == whole[-1][2] - before
    check_equal(found, second)
    forget(tmp_path / "cut")
    assert list((tmp_path / "cut").iterdir()) == []
