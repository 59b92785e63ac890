"""All photos and those of a folder in the grid: in the real window over the real services."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.gui import searches
from desktopsearch.gui.library_row import LibraryRow
from desktopsearch.gui.main_window import MainWindow
from tests.gui.album_list import shown
from tests.gui.conftest import Indexed, Opener
from tests.gui.dated_library import make_dated_library, names, put_dated
from tests.gui.waiting import ANSWER_MS, look_for
from tests.journeys.photographs import put

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Five photos in two folders, each a day younger than the one before."""
    return put_dated(
        [tmp_path / ("photos" if number < 3 else "scans") / f"{number}.jpg" for number in range(5)]
    )


@pytest.fixture
def window(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, files: list[Path], tmp_path: Path
) -> MainWindow:
    """A window with an album Ants of the first and the last photo."""
    make_dated_library(tmp_path / "library", indexed, files, {"Ants": [files[0], files[4]]})
    opened = open_window()
    qtbot.waitUntil(lambda: [*shown(opened)] == ["Ants"] and len(opened.panel.rows) == 2)
    qtbot.waitUntil(opened.panel.all_photos.isVisible)
    return opened


def marked(window: MainWindow) -> list[str]:
    return [row.name for row in (window.panel.all_photos, *window.panel.rows) if row.is_marked]


def click(qtbot: QtBot, window: MainWindow, row: LibraryRow) -> None:
    """Click a line of the panel, on its name, and wait for its photos."""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.mouseClick(row, CLICK, pos=row.rect().center())


def press(qtbot: QtBot, window: MainWindow, target: QWidget, key: str) -> None:
    """Press a key and wait for an answer."""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(target, QKeySequence(key))


def test_a_click_shows_all_photos_or_those_of_a_folder_the_latest_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel, pane = window.panel, window.query_pane
    assert (panel.all_photos.name, panel.all_photos.detail) == ("All photos", "5 photos")
    assert marked(window) == []
    click(qtbot, window, panel.all_photos)
    assert names(window) == ["4.jpg", "3.jpg", "2.jpg", "1.jpg", "0.jpg"]
    assert (pane.title, pane.summary) == ("All photos", "5 photos, the latest first")
    assert marked(window) == ["All photos"]
    assert not pane.radius.isVisible()
    assert not pane.suggestions.isVisible()
    click(qtbot, window, panel.rows[0])
    assert names(window) == ["2.jpg", "1.jpg", "0.jpg"]
    assert (pane.title, pane.summary) == ("photos", "3 photos, the latest first")
    assert marked(window) == ["photos"]
    assert window.recent.entries == ()
    QTest.keySequence(window, QKeySequence("Esc"))
    assert marked(window) == []


def test_enter_and_space_show_a_folder_and_the_way_leads_back_and_forward(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    look_for(qtbot, window, files[4])
    press(qtbot, window, window.panel.rows[1], "Return")
    assert (window.query_pane.title, names(window)) == ("scans", ["4.jpg", "3.jpg"])
    press(qtbot, window, window.panel.all_photos, "Space")
    assert window.query_pane.title == "All photos"
    press(qtbot, window, window, "Alt+Left")
    assert (window.query_pane.title, marked(window)) == ("scans", ["scans"])
    press(qtbot, window, window, "Alt+Left")
    assert (window.query_pane.title, marked(window)) == ("4.jpg", [])
    assert window.query_pane.radius.isVisible()
    press(qtbot, window, window, "Alt+Right")
    assert (window.query_pane.title, names(window)) == ("scans", ["4.jpg", "3.jpg"])


def test_a_screen_reader_is_told_of_buttons(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    qtbot.waitUntil(lambda: not any("looking" in row.detail for row in window.panel.rows))
    spoken = []
    for row in (window.panel.all_photos, *window.panel.rows):
        interface = QAccessible.queryAccessibleInterface(row)
        assert interface.role() == QAccessible.Role.Button
        spoken.append(interface.text(QAccessible.Text.Name))
    assert spoken == [
        "All photos, 5 photos",
        f"{files[0].parent}, 3 files",
        f"{files[4].parent}, 2 files",
    ]


def test_the_photos_in_no_album_are_sorted_with_a_key_and_leave(
    window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, window, window.panel.all_photos)
    popup = window.query_pane.filters.popup
    [album] = [
        each for each in popup.findChildren(QComboBox) if each.accessibleName() == "In which album"
    ]
    album.setCurrentText("In no album")
    qtbot.waitUntil(lambda: names(window) == ["3.jpg", "2.jpg", "1.jpg"])
    window.results.setCurrentIndex(window.model.index(1))
    QTest.keyClick(window.results, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: names(window) == ["3.jpg", "1.jpg"])
    assert shown(window)["Ants"].photos == 3
    QTest.keySequence(window, QKeySequence("Ctrl+Z"))
    qtbot.waitUntil(lambda: names(window) == ["3.jpg", "2.jpg", "1.jpg"])


def test_a_listed_photo_becomes_the_query(window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, window, window.panel.rows[0])
    window.results.setCurrentIndex(window.model.index(1))
    press(qtbot, window, window.results, "Ctrl+Return")
    assert window.query_pane.title == "1.jpg"
    assert names(window)[0] == "1.jpg"
    assert window.query_pane.radius.isVisible()


def test_photos_that_come_and_go_are_followed(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    click(qtbot, window, window.panel.rows[0])
    put(files[0].with_name("5.jpg"), 5)
    qtbot.waitUntil(lambda: names(window) == ["5.jpg", "2.jpg", "1.jpg", "0.jpg"])
    files[1].unlink()
    qtbot.waitUntil(lambda: names(window) == ["5.jpg", "2.jpg", "0.jpg"])
    qtbot.waitUntil(lambda: window.panel.all_photos.detail == "5 photos")


def test_a_folder_that_leaves_the_library_cannot_be_shown(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    click(qtbot, window, window.panel.rows[1])
    window.bridge.remove_folder(files[4].parent, window.presenter.on_library_changed)
    qtbot.waitUntil(lambda: window.pages.title == "These photos cannot be shown")
    assert str(files[4].parent) in window.pages.text


def test_without_photos_there_is_no_entry_for_them(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    window = open_window()
    qtbot.waitUntil(lambda: "showing one" in window.pages.title)
    window.intake.add_folders([tmp_path / "empty"])
    qtbot.waitUntil(lambda: len(window.panel.rows) == 1)
    assert not window.panel.all_photos.isVisible()
    click(qtbot, window, window.panel.rows[0])
    assert window.pages.title == "There are no photos here yet"


def test_a_listing_that_is_cut_says_so(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "MOST_LISTED", 2)
    click(qtbot, window, window.panel.all_photos)
    assert names(window) == ["4.jpg", "3.jpg"]
    assert window.query_pane.summary == "The latest 2 of 5 photos; filters lead to the others"


@pytest.mark.parametrize("folder", [True, False])
def test_a_listing_comes_back_with_the_next_window(
    window: MainWindow, open_window: Opener, qtbot: QtBot, files: list[Path], folder: bool
) -> None:
    look_for(qtbot, window, files[4])
    click(qtbot, window, window.panel.rows[0] if folder else window.panel.all_photos)
    window.results.setCurrentIndex(window.model.index(2))
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    second = open_window()
    qtbot.waitUntil(lambda: len(names(second)) == (3 if folder else 5))
    assert second.query_pane.title == ("photos" if folder else "All photos")
    assert second.results.currentIndex().row() == 2
    qtbot.waitUntil(lambda: marked(second) == [second.query_pane.title])
    assert not second.searches.can_go_back
