"""Albums in the real window over the real services: the list, its acts, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QMessageBox,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from desktopsearch.domain.albums import PALETTE
from desktopsearch.gui.main_window import MainWindow
from tests.gui.album_list import button, choose, click, dialog_of, give, make, mark, shown
from tests.gui.conftest import Opener
from tests.journeys.command import Desktopsearch

CLICK = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, library: Path) -> MainWindow:
    opened = open_window(library)
    qtbot.waitUntil(lambda: button(opened.albums_panel, "New album…").isVisible())
    return opened


def menu_of(window: MainWindow, name: str) -> QMenu:
    """The menu that a right click on an album opens."""
    view = window.albums_panel.view
    row = window.albums_panel.model.row_of(shown(window)[name].id)
    assert row is not None
    place = view.visualRect(window.albums_panel.model.index(row)).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def press(window: MainWindow, text: str) -> None:
    """Press a button of the question that is open."""
    [box] = [each for each in window.findChildren(QMessageBox) if each.isVisible()]
    click(box, text)


def test_without_albums_a_sentence_and_a_button_make_the_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert not window.albums_panel.view.isVisible()
    assert not window.albums_panel.undo.isEnabled()
    click(window.albums_panel, "New album…")
    dialog = dialog_of(window)
    assert not dialog.give.isEnabled(), "a name is needed"
    give(qtbot, window, " Dogs & <cats> ")
    qtbot.waitUntil(lambda: [*shown(window)] == ["Dogs & <cats>"])
    assert window.albums_panel.view.isVisible()
    assert not button(window.albums_panel, "New album…").isVisible()
    assert window.notices.text == "Album “Dogs & <cats>” created."
    make(qtbot, window, "Ants")
    assert [*shown(window)] == ["Ants", "Dogs & <cats>"]


def test_the_command_line_finds_what_the_window_has_made(
    window: MainWindow, qtbot: QtBot, library: Path
) -> None:
    make(qtbot, window, "Dogs")
    listed = Desktopsearch(library, cold=True).json("albums", "list")
    assert [album["name"] for album in listed["albums"]] == ["Dogs"]


def test_a_name_that_cannot_be_had_keeps_the_dialog_open_and_says_why(
    window: MainWindow, qtbot: QtBot
) -> None:
    make(qtbot, window, "Dogs")
    window.albums.ask_to_create()
    dialog = dialog_of(window)
    dialog.name.setText("dogs")
    QTest.mouseClick(dialog.give, CLICK)
    qtbot.waitUntil(lambda: dialog.problem == "There is an album Dogs already.")
    assert dialog.name.text() == "dogs"
    give(qtbot, window, "Cats")
    qtbot.waitUntil(lambda: [*shown(window)] == ["Cats", "Dogs"])


def test_a_key_renames_and_the_menu_too(window: MainWindow, qtbot: QtBot) -> None:
    make(qtbot, window, "Dogs", "Cats")
    mark(window, "Dogs")
    QTest.keyClick(window.albums_panel.view, Qt.Key.Key_F2)
    assert dialog_of(window).name.selectedText() == "Dogs"
    give(qtbot, window, "Birds")
    qtbot.waitUntil(lambda: [*shown(window)] == ["Birds", "Cats"])
    current = window.albums_panel.view.current_album
    assert current is not None
    assert current.name == "Birds", "the same album is still the current one"
    choose(menu_of(window, "Cats"), "Rename…")
    give(qtbot, window, "cats")
    qtbot.waitUntil(lambda: [*shown(window)] == ["Birds", "cats"])


def test_a_colour_is_chosen_in_the_menu_and_drawn(window: MainWindow, qtbot: QtBot) -> None:
    make(qtbot, window, "Dogs")
    assert shown(window)["Dogs"].colour == PALETTE["red"]
    menu = menu_of(window, "Dogs")
    choose(menu, "Colour", "blue")
    qtbot.waitUntil(lambda: shown(window)["Dogs"].colour == PALETTE["blue"])
    view = window.albums_panel.view
    drawn = view.viewport().grab(view.visualRect(view.model().index(0, 0))).toImage()
    pixels = {
        drawn.pixelColor(x, y).name()
        for x in range(drawn.width() // 4)
        for y in range(drawn.height())
    }
    assert QColor(PALETTE["blue"]).name() in pixels
    assert QColor(PALETTE["red"]).name() not in pixels


def test_deleting_asks_once_and_can_be_undone_also_after_a_restart(
    window: MainWindow, qtbot: QtBot, open_window: Opener, library: Path
) -> None:
    make(qtbot, window, "Dogs", "Cats")
    mark(window, "Dogs")
    QTest.keyClick(window.albums_panel.view, Qt.Key.Key_Delete)
    [box] = [each for each in window.findChildren(QMessageBox) if each.isVisible()]
    assert box.text() == "Delete the album “Dogs”?"
    assert "stay where they are" in box.informativeText()
    press(window, "Keep")
    choose(menu_of(window, "Dogs"), "Delete the album…")
    press(window, "Delete")
    qtbot.waitUntil(lambda: [*shown(window)] == ["Cats"])
    qtbot.waitUntil(lambda: window.notices.text == "Album “Dogs” deleted.")
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()

    again = open_window(library)
    panel = again.albums_panel
    qtbot.waitUntil(lambda: panel.undo.isEnabled())
    assert panel.undo.accessibleName() == "Undo: Album “Dogs” deleted"
    assert "Ctrl+Z" in panel.undo.toolTip()
    assert panel.redo.accessibleName() == "Nothing to redo"
    QTest.keyClick(again, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: [*shown(again)] == ["Cats", "Dogs"])
    qtbot.waitUntil(lambda: again.notices.text == "Undone: Album “Dogs” deleted.")
    assert panel.redo.accessibleName() == "Redo: Album “Dogs” deleted"
    QTest.keyClick(again, Qt.Key.Key_Z, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: [*shown(again)] == ["Cats"])
    qtbot.waitUntil(lambda: again.notices.text == "Done again: Album “Dogs” deleted.")
    click(again.notices, "Undo")
    qtbot.waitUntil(lambda: [*shown(again)] == ["Cats", "Dogs"])
    QTest.mouseClick(panel.undo, CLICK)
    qtbot.waitUntil(lambda: [*shown(again)] == ["Dogs"])
    QTest.mouseClick(panel.undo, CLICK)
    qtbot.waitUntil(lambda: button(panel, "New album…").isVisible())
    QTest.keyClick(again, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: again.notices.text == "There is nothing to undo.")


def test_every_line_says_its_album_and_every_button_what_it_does(
    window: MainWindow, qtbot: QtBot
) -> None:
    make(qtbot, window, "Dogs", "Cats")
    interface = QAccessible.queryAccessibleInterface(window.albums_panel.view)
    lines = [interface.child(row) for row in range(interface.childCount())]
    assert [line.text(QAccessible.Text.Name) for line in lines] == [
        "Cats, 0 photos, orange, key 1",
        "Dogs, 0 photos, red, key 2",
    ]
    assert window.albums_panel.view.accessibleName() == "Albums"
    names = [each.accessibleName() for each in window.albums_panel.findChildren(QToolButton)]
    assert names == ["Undo: Album “Cats” created", "Nothing to redo", "New album"]
    tip = window.albums_panel.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "<p>Cats<br>0 photos</p>"


def test_what_is_below_the_mouse_only_counts_if_it_is_an_album(
    window: MainWindow, qtbot: QtBot
) -> None:
    make(qtbot, window, "Dogs")
    view = window.albums_panel.view
    outside = QPoint(5, view.viewport().height() + 5)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, outside, view.viewport().mapToGlobal(outside)
    )
    QApplication.sendEvent(view.viewport(), event)
    assert QApplication.activePopupWidget() is None
