"""The Qt application: one theme, one window, and a last resort for our own mistakes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktopsearch import __version__
from desktopsearch.config import LibraryPaths, Settings, resources_folder
from desktopsearch.gui.desktop_notices import DesktopNotices
from desktopsearch.gui.garbage import GarbageCollection
from desktopsearch.gui.handover import Reception, Request
from desktopsearch.gui.language import speak
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from desktopsearch.services.preferences import load

_log = logging.getLogger(__name__)

# Python runs its signal handlers only between its own instructions; Qt's loop has none.
_SIGNAL_INTERVAL_MS = 250
_SWITCH_INTERVAL_S = 0.001
# Less than the process that asks waits for an answer.
_HEED_S = 1.0


def run_application(paths: LibraryPaths, settings: Settings, query: Path | None) -> int:
    """Show the window until it is closed; see ``gui.app.run``."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("desktopsearch")
    application.setApplicationDisplayName("Desktopsearch")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("desktopsearch")
    application.setWindowIcon(QIcon(str(resources_folder() / "icons" / "desktopsearch.svg")))
    application.setQuitOnLastWindowClosed(False)
    garbage = GarbageCollection(application)
    window = make_window(application, paths, settings, garbage)
    _report_bugs_to(window)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    signal.signal(signal.SIGTERM, lambda *_: window.close())
    ticking = QTimer(interval=_SIGNAL_INTERVAL_MS)
    ticking.timeout.connect(lambda: None)
    ticking.start()
    window.show()
    window.start(query)
    with _requests_taken(paths, window):
        status = application.exec()
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    end(window, garbage)
    return status


def make_window(
    application: QApplication, paths: LibraryPaths, settings: Settings, garbage: GarbageCollection
) -> MainWindow:
    """The window as a person has set it, in its language and look; not yet shown."""
    # While the services compute, the thread of the window waits so long for its turn, time and
    # again: with Python's 5 ms, painting thirty photos took 24 ms instead of 3.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    preferences = load(paths).preferences
    speak(application, preferences.language)
    theme = Theme(application, preferences.appearance)
    window = MainWindow(paths, settings, theme)
    window.bridge.preferences_changed.connect(lambda now: theme.set_appearance(now.appearance))
    window.bridge.opened.connect(garbage.settle)
    window.ended.connect(application.exit)
    DesktopNotices(window, lambda: _come_forward(window, None))
    return window


def end(window: MainWindow, garbage: GarbageCollection) -> None:
    """Take down what there is of Qt while there is an application: later it would crash."""
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    garbage.stop()


@contextmanager
def _requests_taken(paths: LibraryPaths, window: MainWindow) -> Iterator[None]:
    def heed(request: Request) -> bool:
        if not _come_forward(window, request.activation_token):
            return False
        if request.query is not None:
            window.intake.look_for_file(request.query)
        return True

    def hand_on(request: Request) -> bool:
        answer: Future[bool] = Future()
        window.bridge.deliver(lambda: answer.set_result(heed(request)))
        try:
            return answer.result(_HEED_S)
        except TimeoutError:
            return False

    try:
        reception = Reception(paths, hand_on)
    except OSError as error:
        # The window does without; a second start waits for it and then says so.
        _log.warning("Other starts cannot reach this window: %s", error)
        yield
        return
    try:
        yield
    finally:
        reception.close()


def _come_forward(window: MainWindow, activation_token: str | None) -> bool:
    """Bring the window to the front, also one that has gone aside; False if it was just closed."""
    if window.bridge.closing:
        return False
    if activation_token:
        # Qt's Wayland part looks for it here when a window is to be activated.
        os.environ["XDG_ACTIVATION_TOKEN"] = activation_token
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    return True


def _report_bugs_to(window: MainWindow) -> None:
    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        _log.critical("A bug in the window", exc_info=(kind, error, trace))
        if not isinstance(error, KeyboardInterrupt):
            window.presenter.show_bug("".join(traceback.format_exception(kind, error, trace)))

    def report_from_thread(caught: threading.ExceptHookArgs) -> None:
        error = caught.exc_value or RuntimeError("a thread ended without an error")
        _log.critical("A bug on thread %s", caught.thread, exc_info=error)
        text = "".join(traceback.format_exception(error))
        window.bridge.deliver(lambda: window.presenter.show_bug(text))

    sys.excepthook = report
    threading.excepthook = report_from_thread
