from __future__ import annotations

import contextlib
import logging
import multiprocessing.resource_tracker
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui.garbage import GarbageCollection
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from desktopsearch.services.session import WritingSession
from tests.journeys.photographs import put_bytes, put_many

SETTINGS = Settings(decoder_processes=1)


def child_processes() -> set[int]:
    """Processes that this one has started and that still run, the interpreter's own apart."""
    if sys.platform != "linux":
        return {child.pid for child in multiprocessing.active_children() if child.pid}
    children: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        # Native libraries end threads of their own while this looks.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            children.update(map(int, (task / "children").read_text(encoding="ascii").split()))
    tracker = multiprocessing.resource_tracker._resource_tracker._pid  # type: ignore[attr-defined]
    return children - {tracker}


@pytest.fixture(autouse=True)
def nothing_leaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that leaves threads, children, windows, Qt warnings or log warnings behind."""
    threads, children = set(threading.enumerate()), child_processes()
    said: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        # The offscreen platform says this of what only a real screen can do.
        if kind is not QtMsgType.QtDebugMsg and not text.startswith("This plugin does not"):
            said.append(text)

    before = qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(before)
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    warned = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    assert set(threading.enumerate()) <= threads
    assert child_processes() <= children
    assert (said, warned, windows) == ([], [], [])


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

    def open_one(library: Path | None = None, settings: Settings = SETTINGS) -> MainWindow:
        window = MainWindow(LibraryPaths(library or tmp_path / "library"), settings, theme)
        windows.append(window)
        window.show()
        with qtbot.waitSignal(window.bridge.opened, timeout=30_000):
            window.start()
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
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    return Indexed(tmp_path_factory.mktemp("indexed"))
