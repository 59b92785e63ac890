"""Commands side by side, and commands whose processes are killed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch, until
from tests.journeys.photographs import put_many
from tests.journeys.processes import children_of, needs_proc, started_by

FILES = 60

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    put_many(folder, range(200, 200 + FILES))
    return folder


def finish(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60.0)
    return process.returncode, out.decode(), err.decode()


def check_whole(command: Desktopsearch, files: int, example: Path) -> None:
    """Index once more; nothing may be lost and nothing doubled."""
    run = command.json("index")
    assert (run["photos"], run["locations"], run["failed"]) == (files, files, 0)
    assert command.json("doctor")["ok"]
    assert len(command.hits(example, "-k", 2 * files)) == files


@needs_proc
def test_a_second_writer_is_refused_and_a_reader_is_not(command: Desktopsearch, many: Path) -> None:
    command.json("folders", "add", many)
    first = command.start("watch")
    try:
        until(lambda: bool(children_of(first.pid)), "the watch has started its children")
        for arguments in (("index",), ("folders", "remove", many), ("doctor", "--rebuild")):
            sentence = command.run(*arguments).sentence
            assert sentence == (
                f"Another Desktopsearch (process {first.pid}) is changing this library"
                f" ({command.folder}). Close it, or wait until it has finished."
            )
        assert len(command.json("folders", "list")["folders"]) == 1

        def all_indexed() -> bool:
            status = command.json("status")
            return (status["photos"], status["unencoded"]) == (FILES, 0)

        until(all_indexed, "everything is indexed")
        assert len(command.json("search", many / "folder 0" / "0200.jpg")["hits"]) == 20
    finally:
        first.send_signal(signal.SIGINT)
        assert finish(first)[0] == 0
    assert command.json("index")["photos"] == FILES


def test_two_writers_that_start_at_once(command: Desktopsearch, many: Path) -> None:
    outcomes = sorted(
        finish(process) for process in [command.start("index", many, "--json") for _ in range(3)]
    )
    assert [status for status, _, _ in outcomes] == [0, 1, 1]
    for _, out, err in outcomes[1:]:
        assert out == ""
        assert "Another Desktopsearch" in err
    check_whole(command, FILES, many / "folder 0" / "0200.jpg")


@needs_proc
@pytest.mark.parametrize(
    ("name", "number", "status"),
    [("index", signal.SIGINT, 1), ("index", signal.SIGTERM, 1), ("watch", signal.SIGTERM, 0)],
)
def test_an_interrupt_ends_it_soon(
    command: Desktopsearch, many: Path, number: signal.Signals, name: str, status: int
) -> None:
    command.json("folders", "add", many)
    process = command.start(name)
    until(lambda: bool(children_of(process.pid)), "the command has started its children")
    process.send_signal(number)
    sent_at = time.monotonic()
    ended, out, err = finish(process)
    assert time.monotonic() - sent_at < 20.0
    assert (ended, out) == (status, "")
    assert "Traceback" not in err
    if name == "index":
        assert err.endswith("desktopsearch: stopped; what was done is kept.\n")
    until(lambda: not started_by(command), "all processes have ended")
    assert command.json("index")["photos"] == FILES


@needs_proc
@pytest.mark.parametrize("seed", range(3))
def test_an_interrupt_at_any_moment_leaves_no_traceback(
    command: Desktopsearch, many: Path, seed: int
) -> None:
    process = command.start("index", many)
    # Before the entry point has run, only Python itself could answer an interrupt.
    until(lambda: (command.folder / "writer.pid").exists(), "the library is open")
    time.sleep(random.Random(seed).uniform(0.0, 1.0))
    process.send_signal(signal.SIGINT)
    status, out, err = finish(process)
    assert (status, out) == (1, ""), err
    assert "Traceback" not in err
    until(lambda: not started_by(command), "all processes have ended")


@needs_proc
def test_whoever_is_killed_nothing_is_lost(tmp_path: Path) -> None:
    """Six rounds with new photos each: the owner or some of its children die at any moment."""
    chance = random.Random(17)
    command = Desktopsearch(tmp_path / "library")
    photos = tmp_path / "photos"
    struck = 0
    for number in range(6):
        put_many(photos, range(number * 20, number * 20 + 20))
        process = command.start("index", photos, "--json")
        until(lambda: (command.folder / "writer.pid").exists(), "the library is open")
        time.sleep(chance.uniform(0.1, 2.5))
        running = process.poll() is None
        struck += running
        victims = sorted(children_of(process.pid)) if running else []
        if not victims or number % 2:
            process.kill()
        else:
            for child in chance.sample(victims, chance.randint(1, len(victims))):
                _kill(child)
        status, out, err = finish(process)
        # A child whose owner dies while it is being started has nobody but the terminal to tell.
        assert status == -signal.SIGKILL or "Traceback" not in err, err
        assert status == -signal.SIGKILL or (status == 0 and out), (status, out, err)
        until(lambda: not started_by(command), "no process is left behind")
    assert struck >= 3, "most rounds were over before anybody was killed"
    check_whole(command, 120, photos / "folder 0" / "0000.jpg")


@needs_proc
def test_each_child_is_replaced_when_it_is_killed(tmp_path: Path, many: Path) -> None:
    command = Desktopsearch(tmp_path / "library")
    process = command.start("index", many, "--json")
    killed: set[int] = set()
    try:
        for wanted in (1, 2):
            until(
                lambda wanted=wanted: (
                    process.poll() is not None  # type: ignore[misc]
                    or len(set(children_of(process.pid)) - killed) >= wanted
                ),
                "children are at work",
            )
            for child in set(children_of(process.pid)) - killed:
                _kill(child)
                killed.add(child)
    finally:
        status, out, err = finish(process)
    assert status == 0, err
    assert killed
    assert out.count('"photos": 60') == 1, out
    # The processor cannot be given up for itself.
    assert "goes on with the CPU" not in err
    check_whole(command, FILES, many / "folder 0" / "0200.jpg")


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
