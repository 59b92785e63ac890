"""What the desktop says of long work: once, to somebody who looks elsewhere, if so wished.

There is no tray here; what would be shown in one is caught on its way to the system.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.gui.bridge import RunFinished
from desktopsearch.gui.desktop_notices import LONG_S, DesktopNotices
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services.teaching_material import TaughtAlbum
from tests import made_up_teaching
from tests.gui.conftest import Indexed, Opener


@dataclass
class Desktop:
    """What it was asked to show, and the window that it is about."""

    window: MainWindow
    clicks: list[None] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    alerts: list[object] = field(default_factory=list)

    @property
    def icons(self) -> list[QSystemTrayIcon]:
        return self.window.findChildren(QSystemTrayIcon)

    def finish(self, seconds: float, *, failed: int = 0, cancelled: bool = False) -> None:
        run = RunFinished(1_240, failed, 0, seconds, "CPU", cancelled)
        self.window.bridge.finished.emit(run)


@pytest.fixture
def desktop(
    open_window: Opener, indexed: Indexed, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Desktop:
    """A window in the background of a desktop with a tray."""
    window = open_window(indexed.library)
    qtbot.waitUntil(lambda: "up to date" in window.activity.text)
    made = Desktop(window)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    monkeypatch.setattr(
        QSystemTrayIcon,
        "showMessage",
        lambda _icon, title, text, *_rest: made.messages.append((title, text)),
    )
    monkeypatch.setattr(QApplication, "alert", made.alerts.append)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    DesktopNotices(window, lambda: made.clicks.append(None))
    return made


def test_a_long_run_is_told_once_and_a_click_leads_to_the_window(desktop: Desktop) -> None:
    desktop.finish(LONG_S - 1)
    desktop.finish(LONG_S + 1, cancelled=True)
    assert not desktop.messages
    desktop.finish(LONG_S)
    assert desktop.messages == [("The library is up to date", "1,240 photos were read.")]
    [icon] = desktop.icons
    icon.messageClicked.emit()
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert len(desktop.clicks) == 2
    desktop.finish(LONG_S, failed=1)
    assert desktop.messages[1:] == [
        ("The library is up to date", "1,240 photos were read. 1 file could not be read.")
    ]
    assert not desktop.alerts


def test_the_icon_goes_with_its_message(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopsearch.gui.desktop_notices._SHOWN_MS", 50)
    desktop.finish(LONG_S)
    assert len(desktop.icons) == 1
    qtbot.waitUntil(lambda: not desktop.icons)


def test_the_end_of_a_teaching_is_told_whatever_came_of_it(desktop: Desktop) -> None:
    ended = desktop.window.teach_acts.ended
    ended.emit(Cancelled())
    assert not desktop.messages
    albums = [TaughtAlbum(1, "Ants", 20), TaughtAlbum(2, "Bees", 20)]
    ended.emit(made_up_teaching.outcome(albums, Finding.BETTER))
    ended.emit(DesktopSearchError(ProblemCode.ALBUM_GONE))
    assert [title for title, _ in desktop.messages] == ["Teaching is over", "Teaching has failed"]
    assert all(text for _, text in desktop.messages)


def test_without_a_tray_the_window_asks_for_attention(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    desktop.finish(LONG_S)
    assert desktop.alerts == [desktop.window]
    assert not desktop.icons
    assert not desktop.messages


def test_nothing_is_told_to_who_looks_or_does_not_want_it(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "activeWindow", lambda: desktop.window)
    desktop.finish(LONG_S)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    with qtbot.waitSignal(desktop.window.bridge.preferences_changed):
        desktop.window.bridge.change_preferences(
            lambda old: msgspec.structs.replace(old, notify=False), lambda _: None
        )
    desktop.finish(LONG_S)
    assert (desktop.messages, desktop.alerts) == ([], [])
