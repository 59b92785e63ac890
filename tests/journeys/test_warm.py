"""Processes that are spared their imports do what those do that start from nothing."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import pytest

from tests.journeys.command import Desktopsearch, until
from tests.journeys.conftest import Indexed
from tests.journeys.processes import needs_proc, started_by
from tests.journeys.warm import Warm

pytestmark = pytest.mark.skipif(not Warm.possible, reason="needs processes that can fork")


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("folders", "list", "--json"),
        ("excludes", "list"),
        ("problems",),
        ("duplicates", "--max-distance", 0),
        ("doctor",),
        ("albums", "list"),
        ("generations", "list"),
        ("model", "list"),
        ("settings",),
        ("train", "--objective", "nonsense"),
        ("evaluate", "nowhere"),
        ("search", "nowhere.jpg"),
        ("nonsense",),
        ("--help",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_from_nothing_says_the_same(
    indexed: Indexed, arguments: tuple[object, ...]
) -> None:
    from_nothing = Desktopsearch(indexed.command.folder, cold=True)
    assert from_nothing.run(*arguments) == indexed.command.run(*arguments)


def test_a_search_from_nothing_finds_the_same(indexed: Indexed) -> None:
    from_nothing = Desktopsearch(indexed.command.folder, cold=True)
    assert from_nothing.hits(indexed.files[7]) == indexed.command.hits(indexed.files[7])


def test_a_command_that_does_not_end_is_killed(indexed: Indexed) -> None:
    line = [b"--data-dir", bytes(indexed.command.folder), b"watch"]
    started = Warm()
    try:
        with pytest.raises(TimeoutError):
            started.run(line, indexed.command.environment, 3.0)
        status, out, _ = started.run([b"--version"], indexed.command.environment, 60.0)
        assert (status, out.split()[0]) == (0, b"desktopsearch")
    finally:
        started.close()
    assert started.ended
    with pytest.raises(OSError, match="closed"):
        started.run(line, indexed.command.environment, 60.0)


class CutShortError(Exception):
    """As a test is by its time limit: raised by a signal, wherever it is just then."""


@needs_proc
def test_a_command_that_is_cut_short_does_not_live_on(indexed: Indexed) -> None:
    command = Desktopsearch(indexed.command.folder)
    line = [b"--data-dir", bytes(command.folder), b"watch"]
    # Its children are found by what they were started with.
    started = Warm(cold_children=True)
    main_thread = threading.get_ident()

    def cut_short(_signal: int, _frame: FrameType | None) -> None:
        raise CutShortError

    def strike() -> None:
        try:
            until(lambda: bool(started_by(command)), "the watch has started its children")
        finally:
            # To that very thread, so that it is woken from its wait.
            signal.pthread_kill(main_thread, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, cut_short)
    striking = threading.Thread(target=strike)
    try:
        striking.start()
        with pytest.raises(CutShortError):
            started.run(line, command.environment, 100.0)
        assert started.ended
        until(lambda: not started_by(command), "the watch and its children have ended")
    finally:
        striking.join()
        signal.signal(signal.SIGUSR1, before)
        started.close()
