"""The page of a folder that cannot be reached: in the real window over the real services."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktopsearch.domain.library import shown
from desktopsearch.gui.bridge import Phase, RunProgress
from desktopsearch.gui.folder_row import FolderRow
from desktopsearch.gui.main_window import MainWindow
from tests.gui.conftest import Indexed, Opener
from tests.gui.dated_library import make_dated_library, names, put_dated
from tests.gui.waiting import ANSWER_MS


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two photos on a card and one elsewhere."""
    return put_dated(
        [tmp_path / ("card" if number < 2 else "photos") / f"{number}.jpg" for number in range(3)]
    )


@pytest.fixture
def window(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, files: list[Path], tmp_path: Path
) -> MainWindow:
    make_dated_library(tmp_path / "library", indexed, files, {})
    opened = open_window()
    qtbot.waitUntil(lambda: len(opened.panel.rows) == 2)
    qtbot.waitUntil(lambda: "up to date" in opened.activity.text, timeout=ANSWER_MS)
    return opened


def card(window: MainWindow) -> FolderRow:
    [row] = [each for each in window.panel.rows if each.name == "card"]
    return row


def look_again(qtbot: QtBot, window: MainWindow, *, offline: bool) -> None:
    """Have the card looked for, until it is known whether it is there."""
    path = card(window).folder
    assert path is not None
    window.panel.rescan_wanted.emit(Path(shown(path)))
    qtbot.waitUntil(lambda: ("offline" in card(window).detail) == offline, timeout=ANSWER_MS)


def open_card(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(card(window), Qt.Key.Key_Return)


def buttons(window: MainWindow) -> dict[str, QPushButton]:
    return {
        each.text(): each for each in window.pages.findChildren(QPushButton) if each.isVisible()
    }


def test_an_offline_folder_has_a_page_and_its_photos_are_one_step_away(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "card").rename(tmp_path / "away")
    look_again(qtbot, window, offline=True)
    open_card(qtbot, window)
    assert window.pages.title == "“card” is offline"
    assert "last looked through on" in window.pages.text
    assert "still found" in window.pages.text
    assert window.query_pane.summary == "2 photos, the latest first"
    buttons(window)["Show its photos"].click()
    assert window.pages.title == ""
    assert names(window) == ["1.jpg", "0.jpg"]
    assert all(hit.offline for hit in window.model.hits)
    # What else is told of the library does not bring the page back; another visit does.
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.refresh()
    assert window.pages.title == ""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.panel.all_photos.click()
    assert window.pages.title == ""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(card(window), Qt.Key.Key_Return)
        # What is told before the answer has all photos on the screen still.
        window.bridge.progressed.emit(
            RunProgress(Phase.SCANNING, 0, 0, 0, 0, 0.0, "", paused=False, on_battery=False)
        )
    assert window.pages.title == "“card” is offline"
    (tmp_path / "away").rename(tmp_path / "card")
    buttons(window)["Look for it again"].click()
    qtbot.waitUntil(lambda: window.pages.title == "", timeout=ANSWER_MS)
    assert names(window) == ["1.jpg", "0.jpg"]


def test_a_folder_that_goes_away_takes_no_photos_away_that_are_looked_at(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    open_card(qtbot, window)
    assert names(window) == ["1.jpg", "0.jpg"]
    (tmp_path / "card").rename(tmp_path / "away")
    look_again(qtbot, window, offline=True)
    assert window.pages.title == ""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.refresh()
    assert window.pages.title == ""
    assert all(hit.offline for hit in window.model.hits)


def test_an_offline_folder_without_photos_offers_only_to_look_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, files: list[Path]
) -> None:
    for file in files[:2]:
        file.unlink()
    qtbot.waitUntil(lambda: card(window).detail == "0 files", timeout=ANSWER_MS)
    (tmp_path / "card").rmdir()
    look_again(qtbot, window, offline=True)
    open_card(qtbot, window)
    assert window.pages.title == "“card” is offline"
    assert "as soon as it can be reached" in window.pages.text
    assert [*buttons(window)] == ["Look for it again"]
