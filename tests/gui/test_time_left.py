"""The time left: calm when the speed is not, honest about what cannot be known."""

from __future__ import annotations

import itertools

import pytest

from desktopsearch.gui.time_left import TimeLeft, time_text


def test_nothing_is_said_in_the_first_seconds_and_without_a_speed() -> None:
    time_left = TimeLeft()
    assert time_left.after(1000, 0.0, 0.0) is None
    assert time_left.after(1000, 100.0, 1.0) is None
    assert time_left.after(900, 100.0, 2.0) is None
    assert time_left.after(600, 100.0, 5.0) == pytest.approx(6.0)
    assert time_left.after(0, 100.0, 9.0) is None


def test_a_steady_run_counts_down_to_the_second() -> None:
    time_left = TimeLeft()
    for second in range(90):
        said = time_left.after(1000 - 10 * second, 10.0, float(second))
        if second >= 4:
            assert said == pytest.approx(100 - second)


def test_a_stutter_hardly_moves_it_and_a_lasting_change_does() -> None:
    time_left = TimeLeft()
    left = 100_000.0
    before: float | None = None
    for second in range(20):
        before = time_left.after(round(left), 100.0, float(second))
        left -= 100
    stutter = time_left.after(round(left), 10.0, 20.0)
    assert before is not None
    assert stutter is not None
    assert stutter < 2 * before, "measured alone, it would be ten times as long"
    for second in itertools.count(21):
        said = time_left.after(round(left), 10.0, float(second))
        assert said is not None
        left -= 10
        if said > 0.9 * left / 10:
            break
    assert second < 80, "a change that lasts is taken in within a minute"


def test_after_a_pause_it_begins_anew() -> None:
    time_left = TimeLeft()
    for second in range(10):
        time_left.after(1000, 10.0, float(second))
    time_left.reset()
    assert time_left.after(1000, 10.0, 5_000.0) is None
    assert time_left.after(960, 10.0, 5_004.0) == pytest.approx(96.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "less than a minute left"),
        (59, "less than a minute left"),
        (61, "1 minute left"),
        (150, "2 minutes left"),
        (3_500, "58 minutes left"),
        (3_700, "1 hour left"),
        (40_000, "11 hours left"),
    ],
)
def test_it_is_said_no_finer_than_can_be_known(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
