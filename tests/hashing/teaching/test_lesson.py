"""Both trainings of a lesson, and that neither is repeated after an interruption."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from desktopsearch.hashing.teaching.lesson import forget, lesson
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from tests.hashing.training.made_up import photos
from tests.hashing.training.test_checkpoints import check_equal

PHOTOS = photos(300, 4, 160, noise=2.5)
PLAN = TrainingPlan("ssdh_sup", 16, epochs=4, device="cpu")


def _second(reports: list[EpochReport]) -> list[EpochReport]:
    """Those of the second training, which begins after the first result."""
    ends = [place for place, report in enumerate(reports) if report.chosen is not None]
    assert len(ends) == 2
    return reports[ends[0] + 1 :]


def test_the_first_training_is_not_repeated_where_the_second_was_interrupted(
    tmp_path: Path,
) -> None:
    steps = count()
    reports: list[EpochReport] = []
    steps_after: list[int] = []
    for report in lesson(PHOTOS, PLAN, stop=lambda: next(steps) < 0):
        reports.append(report)
        steps_after.append(next(steps))
    first = len(reports) - len(_second(reports))
    # Each look at the counter takes one of its numbers.
    steps_after = [number - place for place, number in enumerate(steps_after)]
    in_second = steps_after[-1] - steps_after[first - 1]
    assert steps_after[first - 1] > 0
    assert in_second > 0
    running = lesson(PHOTOS, PLAN, checkpoints=tmp_path)
    for _ in range(first + 1):
        next(running)
    running.close()  # type: ignore[attr-defined]
    again = count()
    found = list(lesson(PHOTOS, PLAN, stop=lambda: next(again) < 0, checkpoints=tmp_path))
    assert next(again) == in_second
    check_equal(_second(found), _second(reports))
    forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
