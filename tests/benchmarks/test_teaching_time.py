"""The clock of a teaching hears lessons that go on side by side."""

from __future__ import annotations

from benchmarks.teaching_time import Clock
from desktopsearch.hashing.teaching.messages import EpochTaught
from desktopsearch.services.events import TeachingProgress


def test_lessons_that_go_on_at_once_are_timed_as_one() -> None:
    clock = Clock()
    for lesson in (1, 0, 2, 1):
        epoch = EpochTaught(lesson, 3, 0, 5, {}, None, 0.0)
        clock.hear(TeachingProgress(epoch, "a processor"))
    assert clock.lessons == 3
    assert list(clock.phases) == ["first"]
