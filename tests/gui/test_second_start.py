"""A second start of the same library is a word to the first one: real processes, real sockets."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client
from pathlib import Path

import msgspec
import pytest

from desktopsearch.config import LibraryPaths, runtime_folder
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.gui import handover
from desktopsearch.gui.handover import Place, Reception, Request, hand_over, take_place
from tests.gui.conftest import Indexed
from tests.journeys.command import Desktopsearch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder of this test's own, for its children too; its path is short."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


class Window:
    """The application in a process of its own."""

    def __init__(self, library: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.told_window", str(library)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, *wanted: str) -> None:
        """Read on until all of these lines have come, in whatever order."""
        left = set(wanted)
        assert self.process.stdout is not None
        while left:
            line = self.process.stdout.readline()
            assert line, f"it ended without saying {left}"
            left.discard(line.strip())

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def open_process(indexed: Indexed) -> Iterator[Callable[[], Window]]:
    windows: list[Window] = []

    def open_one() -> Window:
        windows.append(Window(indexed.library))
        windows[-1].wait_for("opened", "minimized")
        return windows[-1]

    yield open_one
    for window in windows:
        if window.process.poll() is None:
            window.end(signal.SIGKILL)


@pytest.mark.usefixtures("runtime")
def test_a_second_start_hands_its_picture_to_the_open_window_and_ends(
    open_process: Callable[[], Window], indexed: Indexed
) -> None:
    window = open_process()
    second = Desktopsearch(indexed.library, cold=True)
    outcome = second.run("open", indexed.files[5])
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    window.wait_for("restored", "answered 0005.jpg")
    assert second.run().status == 0, "without a file the window only comes to the front"

    window.end(signal.SIGKILL)
    third = open_process()
    assert second.run("open", indexed.files[7]).status == 0
    third.wait_for("restored", "answered 0007.jpg")
    assert third.end(signal.SIGTERM) == 0
    assert not list(runtime_folder().iterdir()), "nothing is left behind"


@pytest.fixture
def taken() -> list[Request]:
    return []


@pytest.fixture
def reception(runtime: Path, paths: LibraryPaths, taken: list[Request]) -> Iterator[Reception]:
    assert runtime.is_dir()

    def take(request: Request) -> bool:
        taken.append(request)
        return True

    reception = Reception(paths, take)
    yield reception
    reception.close()


@pytest.mark.usefixtures("reception")
def test_any_path_arrives_as_it_is(paths: LibraryPaths, taken: list[Request]) -> None:
    requests = [Request(query=b"/photos/\xff \n.jpg", activation_token="x"), Request()]
    assert all(hand_over(paths, request) for request in requests)
    assert taken == requests


@pytest.mark.usefixtures("reception")
@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"[1]",
        b'{"query": 7}',
        b'{"query": "not base64!"}',
        b'{"command": "delete"}',
        msgspec.json.encode(Request(query=b"relative.jpg")),
        msgspec.json.encode(Request(query=b"/" + b"x" * 5_000)),
        b" " * (handover.MOST_BYTES + 1),
        b"\x80\x04K\x01.",
    ],
)
def test_what_is_no_request_is_refused_and_the_next_one_is_taken(
    paths: LibraryPaths,
    taken: list[Request],
    message: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Client(handover._address(paths)) as connection:
        with contextlib.suppress(BrokenPipeError):  # it may hang up in the middle
            connection.send_bytes(message)
        with pytest.raises((EOFError, ConnectionError)):
            connection.recv_bytes()
    assert hand_over(paths, Request())
    assert taken == [Request()]
    assert "was refused" in caplog.text
    caplog.clear()


def test_only_this_user_reaches_the_socket(reception: Reception) -> None:
    folder = Path(reception._address).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_uid == os.geteuid()


def test_a_folder_that_others_have_prepared_is_not_used(
    runtime: Path, paths: LibraryPaths, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    (runtime / "desktopsearch").symlink_to(tmp_path / "theirs")
    with pytest.raises(PermissionError):
        Reception(paths, lambda _request: True)


@pytest.mark.usefixtures("runtime")
def test_a_window_that_does_not_answer_is_said(
    paths: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "PATIENCE_S", 0.3)
    place = Place(paths)
    assert place.claim()
    with pytest.raises(DesktopSearchError) as refused:
        take_place(paths, Request())
    assert refused.value.code is ProblemCode.WINDOW_UNANSWERED
    place.release()


@pytest.mark.usefixtures("runtime")
def test_a_second_start_takes_the_place_of_a_window_that_is_closing(
    paths: LibraryPaths,
) -> None:
    place = Place(paths)
    assert place.claim()

    # It has been closed and refuses, and goes a moment later.
    def refuse(_request: Request) -> bool:
        place.release()
        return False

    reception = Reception(paths, refuse)
    started_at = time.monotonic()
    other = take_place(paths, Request())
    assert other is not None
    assert time.monotonic() - started_at < handover.PATIENCE_S
    reception.close()
    other.release()
