from __future__ import annotations

import gc
import logging
import multiprocessing.resource_tracker
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import compress
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QEvent, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui.garbage import GarbageCollection
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from desktopsearch.services.session import WritingSession
from tests import warm_children
from tests.gui.waiting import ANSWER_MS
from tests.journeys import warm
from tests.journeys.photographs import put_bytes, put_many

# The encoder starts for those tests alone that look for a picture from elsewhere.
SETTINGS = Settings(decoder_processes=1, encoder_ahead=False)


def child_processes() -> set[int]:
    """Processes that this one has started and that still run.

    Apart from the interpreter's own, and from those that tests are spared imports with.
    """
    if sys.platform != "linux":
        return {child.pid for child in multiprocessing.active_children() if child.pid}
    tracker = multiprocessing.resource_tracker._resource_tracker._pid  # type: ignore[attr-defined]
    forking = warm_children.process()
    forked = warm_children.numbers_of_children(forking) if forking else set()
    children = warm_children.numbers_of_children(os.getpid()) | forked
    return children - {tracker, forking, *warm.process_numbers()}


def top_level_widgets() -> dict[int, str]:
    """Windows, dialogs, menus and widgets that nobody owns, shown or not, by their addresses."""
    return {
        shiboken6.getCppPointer(widget)[0]: f"{widget!r} {widget.windowTitle()}"
        for widget in QApplication.topLevelWidgets()
    }


def running_timers() -> dict[int, str]:
    """Timers of ours that run, by their addresses."""
    # What the collection has left out for good is not among the objects.
    gc.unfreeze()
    objects = gc.get_objects()
    # There are some hundred thousand, and this is looked for after each test.
    kinds = {kind for kind in set(map(type, objects)) if issubclass(kind, QTimer)}
    timers = compress(objects, map(kinds.__contains__, map(type, objects)))
    return {
        shiboken6.getCppPointer(each)[0]: f"{each!r} every {each.interval()} ms of {each.parent()}"
        for each in timers
        if shiboken6.isValid(each) and each.isActive()
    }


class PatientBot(QtBot):
    """Waits longer for what it was not told how long to wait for: several tests run at once."""

    def waitUntil(  # noqa: N802 - its name
        self, callback: Callable[[], bool | None], *, timeout: int = ANSWER_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """The bot of the tests of the window."""
    assert qapp is QApplication.instance()
    return PatientBot(request)


@pytest.fixture(autouse=True, scope="package")
def nothing_stays_on_the_clipboard(qapp: QApplication) -> Iterator[None]:
    """Take back what a test has put there: Qt's own clipboard outlives Python, and falls over it.

    That of a real platform does not.
    """
    yield
    qapp.clipboard().clear()


@pytest.fixture(scope="package")
def timers_so_far() -> set[int]:
    """The timers that run since before the test that is under way."""
    return set(running_timers())


@pytest.fixture(autouse=True)
def nothing_leaks(caplog: pytest.LogCaptureFixture, timers_so_far: set[int]) -> Iterator[None]:
    """Fail a test that leaves anything running or open behind, or warnings of Qt or the log."""
    threads, children, tops = set(threading.enumerate()), child_processes(), top_level_widgets()
    said: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        # The offscreen platform says this of what only a real screen can do.
        if kind is not QtMsgType.QtDebugMsg and not text.startswith("This plugin does not"):
            said.append(text)

    before = qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(before)
    # What was told to go later goes now.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    warned = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    timers = running_timers()
    timers_left = [timer for at, timer in timers.items() if at not in timers_so_far]
    # What runs now will have run before the next test.
    timers_so_far.clear()
    timers_so_far.update(timers)
    assert set(threading.enumerate()) <= threads
    assert child_processes() <= children
    assert (said, warned) == ([], [])
    assert [top for at, top in top_level_widgets().items() if at not in tops] == []
    assert timers_left == []


@pytest.fixture(scope="package", autouse=True)
def collected_on_this_thread(qapp: QApplication) -> Iterator[None]:
    """Collect cycles as the application does: they hold objects of Qt."""
    collection = GarbageCollection(qapp)
    yield
    collection.stop()
    collection.deleteLater()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    qapp.setQuitOnLastWindowClosed(False)
    return Theme(qapp)


Opener = Callable[..., MainWindow]


@pytest.fixture
def open_window(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Opener]:
    """Opens windows on a library, the real services behind them; closes them in the end."""
    windows: list[MainWindow] = []

    def open_one(
        library: Path | None = None, settings: Settings = SETTINGS, query: Path | None = None
    ) -> MainWindow:
        window = MainWindow(LibraryPaths(library or tmp_path / "library"), settings, theme)
        windows.append(window)
        window.show()
        with qtbot.waitSignal(window.bridge.opened, timeout=30_000):
            window.start(query)
        return window

    yield open_one
    for window in windows:
        if window.bridge.running:
            with qtbot.waitSignal(window.ended, timeout=10_000):
                window.close()
        window.deleteLater()
    qtbot.wait(0)


class Indexed:
    """Twelve photos and one broken file in a folder, and their library; no test changes either."""

    def __init__(self, folder: Path) -> None:
        self.photos = folder / "photos"
        self.library = folder / "library"
        self.files = put_many(self.photos, range(12), folders=2)
        self.broken = put_bytes(self.photos / "broken.jpg", self.files[0].read_bytes()[:400])
        with WritingSession.open(LibraryPaths(self.library), SETTINGS, lambda _: None) as session:
            from desktopsearch.services import folders

            folders.add(session.library, [self.photos])
            session.bring_up_to_date()


@pytest.fixture(scope="session")
def indexed_once(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    return Indexed(tmp_path_factory.mktemp("indexed"))


@pytest.fixture
def indexed(indexed_once: Indexed) -> Indexed:
    """The library that tests share, without what the windows of other tests remember."""
    for name in ("window.ini", "recent-queries.json", "settings.json"):
        (indexed_once.library / name).unlink(missing_ok=True)
    return indexed_once


@pytest.fixture
def library(indexed: Indexed, tmp_path: Path) -> Path:
    """A copy of the indexed library, which a test may change."""
    shutil.copytree(indexed.library, tmp_path / "library")
    return tmp_path / "library"
