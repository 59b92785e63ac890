"""The service loop: turns, deadlines and calls from other threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from desktopsearch.services.loop import ServiceLoop


class Counter:
    """A part that counts its turns and may wait for a pipe or for a moment."""

    def __init__(self, pipe: Connection | None = None, due_at: float = float("inf")) -> None:
        self.turns = 0
        self.asked = 0
        """How often the loop has asked how long it may wait."""
        self.heard: list[bytes] = []
        self._pipe = pipe
        self.due = due_at

    def waitables(self) -> Iterable[Connection]:
        return [self._pipe] if self._pipe else []

    def due_at(self) -> float:
        self.asked += 1
        return self.due

    def turn(self) -> None:
        self.turns += 1
        if self._pipe and self._pipe.poll():
            self.heard.append(self._pipe.recv_bytes())

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def loop() -> Iterator[ServiceLoop]:
    loop = ServiceLoop()
    yield loop
    loop.close()


def test_runs_until_the_condition_holds_and_not_longer(loop: ServiceLoop) -> None:
    counter = Counter(due_at=0.0)
    loop.attach(counter)
    loop.run(until=lambda: counter.turns == 5)
    assert counter.turns == 5
    loop.run(until=lambda: True)
    assert counter.turns == 5


def test_does_not_wait_once_the_condition_holds(loop: ServiceLoop) -> None:
    counter = Counter()
    loop.attach(counter)
    loop.run(until=lambda: counter.turns == 1)
    assert counter.asked == 0


def test_a_pipe_that_is_ready_ends_the_wait(loop: ServiceLoop) -> None:
    ours, theirs = Pipe()
    counter = Counter(ours)
    loop.attach(counter)
    thread = threading.Timer(0.05, theirs.send_bytes, [b"news"])
    thread.start()
    loop.run(until=lambda: counter.heard == [b"news"])
    thread.join()
    # Nothing was due: without the pipe, only the longest wait would have brought a second turn.
    assert counter.turns <= 3
    ours.close()
    theirs.close()


def test_a_part_that_is_due_gets_its_turn(loop: ServiceLoop) -> None:
    counter = Counter(due_at=time.monotonic() + 0.2)
    loop.attach(counter)
    loop.round()
    assert time.monotonic() >= counter.due
    assert counter.turns == 1


def test_calls_of_other_threads_run_here_in_order(loop: ServiceLoop) -> None:
    done: list[tuple[int, int, int]] = []

    def hand_in(thread: int) -> None:
        for number in range(500):
            loop.call(lambda number=number: done.append((thread, number, threading.get_ident())))  # type: ignore[misc]

    threads = [threading.Thread(target=hand_in, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    loop.run(until=lambda: len(done) == 2_000)
    for thread in threads:
        thread.join()
    assert {ident for _, _, ident in done} == {threading.get_ident()}
    for each in range(4):
        assert [number for thread, number, _ in done if thread == each] == list(range(500))


def test_a_call_may_hand_in_another(loop: ServiceLoop) -> None:
    done: list[str] = []

    def first() -> None:
        done.append("first")
        loop.call(lambda: done.append("second"))

    loop.call(first)
    loop.run(until=lambda: len(done) == 2)
    assert done == ["first", "second"]


def test_many_calls_before_the_loop_runs_do_not_block(loop: ServiceLoop) -> None:
    done: list[int] = []
    for number in range(100_000):
        loop.call(lambda number=number: done.append(number))  # type: ignore[misc]
    loop.run(until=lambda: len(done) == 100_000)
    assert done == sorted(done)


def test_an_error_of_a_part_reaches_the_owner(loop: ServiceLoop) -> None:
    counter = Counter()

    def fail() -> None:
        raise RuntimeError("as asked")

    counter.turn = fail  # type: ignore[method-assign]
    loop.attach(counter)
    with pytest.raises(RuntimeError, match="as asked"):
        loop.round()


def test_closes_the_last_part_first() -> None:
    loop = ServiceLoop()
    order: list[int] = []
    for number in range(3):
        part = Counter()
        part.close = lambda number=number: order.append(number)  # type: ignore[method-assign, misc]
        loop.attach(part)
    loop.close()
    assert order == [2, 1, 0]
