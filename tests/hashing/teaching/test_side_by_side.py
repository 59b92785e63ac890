"""Generators on threads: as many at once as wanted; none outlives an error or its owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from desktopsearch.hashing.teaching.side_by_side import Stop, Work, side_by_side

_LONG_S = 10.0


def _wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + _LONG_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.001)


def _lessons() -> int:
    return sum(thread.name.startswith("lesson") for thread in threading.enumerate())


def test_two_at_once_meet_and_a_third_waits() -> None:
    meeting = threading.Barrier(2)
    running = [0]
    most = [0]

    def work(number: int, _stop: Stop) -> Iterator[int]:
        running[0] += 1
        most[0] = max(most[0], running[0])
        if number < 2:
            meeting.wait(_LONG_S)
        yield number
        running[0] -= 1

    works = [partial(work, number) for number in range(3)]
    assert sorted(side_by_side(works, 2)) == [0, 1, 2]
    assert most == [2]
    assert _lessons() == 0


def test_one_at_a_time_they_keep_their_order() -> None:
    def work(number: int, _stop: Stop) -> Iterator[tuple[int, int]]:
        for step in range(3):
            yield number, step

    works = [partial(work, number) for number in range(3)]
    assert list(side_by_side(works, 1)) == [
        (number, step) for number in range(3) for step in range(3)
    ]


def _forever(begun: list[int], stop: Stop) -> Iterator[int]:
    begun.append(1)
    while not stop():
        time.sleep(0.001)
    yield 0


def test_the_error_of_one_is_raised_and_ends_the_others() -> None:
    begun: list[int] = []

    def failing(_stop: Stop) -> Iterator[int]:
        _wait_for(lambda: bool(begun))
        yield 1
        raise OSError("no room")

    told: list[int] = []
    with pytest.raises(OSError, match="no room"):
        told.extend(side_by_side([partial(_forever, begun), failing], 2))
    assert told == [1]
    assert _lessons() == 0


def test_whoever_wants_no_more_ends_all() -> None:
    begun: list[int] = []

    def telling(_stop: Stop) -> Iterator[int]:
        yield 1

    works: list[Work[int]] = [partial(_forever, begun), telling]
    items = side_by_side(works, 2)
    assert next(items) == 1
    _wait_for(lambda: bool(begun))
    items.close()
    assert _lessons() == 0
