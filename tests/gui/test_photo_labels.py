"""Photos of the grid are put into albums: by dragging, by the menu, by keys; and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch.domain.albums import Album
from desktopsearch.gui.dragged_photos import PHOTOS_MIME
from desktopsearch.gui.main_window import MainWindow
from tests.gui.album_list import choose, click, give, make, shown
from tests.gui.conftest import Indexed, Opener
from tests.gui.dragging import drop, urls
from tests.gui.waiting import look_for
from tests.journeys.command import Desktopsearch


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, library: Path, indexed: Indexed) -> MainWindow:
    """A window with photos and with two albums: Ants has the first key, Bees the second."""
    opened = open_window(library)
    make(qtbot, opened, "Ants", "Bees")
    look_for(qtbot, opened, indexed.files[3])
    opened.results.setFocus()
    return opened


def select(window: MainWindow, first: int, last: int) -> None:
    """Select photos of the grid, and nothing else."""
    model = window.model
    flags = QItemSelectionModel.SelectionFlag
    window.results.selectionModel().select(
        QItemSelection(model.index(first), model.index(last)), flags.ClearAndSelect
    )


def has(qtbot: QtBot, window: MainWindow, name: str, photos: int, rejected: int = 0) -> Album:
    """Wait until the list shows an album with so many photos."""

    def fits() -> bool:
        album = shown(window)[name]
        return (album.photos, album.rejected) == (photos, rejected)

    qtbot.waitUntil(fits)
    return shown(window)[name]


def menu(qtbot: QtBot, window: MainWindow) -> QMenu:
    """The menu of the selected photos, once it knows in which albums they are."""
    made = window.photo_menus.menu_for(window.results.selected_hits())
    qtbot.waitUntil(lambda: below(made, "Remove from album").isEnabled())
    return made


def below(offered: QMenu, text: str) -> QMenu:
    """The menu of an entry."""
    [found] = [each.menu() for each in offered.actions() if each.text() == text]
    assert isinstance(found, QMenu)
    return found


def texts(listed: QMenu) -> list[str]:
    return [each.text() for each in listed.actions()]


def test_keys_put_the_selected_photos_into_the_albums_in_their_order(
    window: MainWindow, qtbot: QtBot
) -> None:
    select(window, 0, 2)
    QTest.keyClick(window.results, Qt.Key.Key_2)
    has(qtbot, window, "Bees", 3)
    qtbot.waitUntil(lambda: window.notices.text == "3 photos put into “Bees”.")
    select(window, 2, 3)
    QTest.keyClick(window.results, Qt.Key.Key_2, Qt.KeyboardModifier.KeypadModifier)
    has(qtbot, window, "Bees", 4)
    qtbot.waitUntil(lambda: window.notices.text == "1 photo put into “Bees”.")
    QTest.keyClick(window.results, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: "nothing has changed" in window.notices.text)
    QTest.keyClick(window.results, Qt.Key.Key_3)
    assert window.notices.text == "There is no album with the key 3."
    window.results.clearSelection()
    QTest.keyClick(window.results, Qt.Key.Key_1)
    has(qtbot, window, "Ants", 0)


def test_dropped_photos_join_the_album_that_they_are_dropped_on(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    make(qtbot, window, "Cicadas")
    dragged = window.model.mimeData([window.model.index(row) for row in (1, 4, 5)])
    view = window.albums_panel.view
    qtbot.waitUntil(lambda: view.viewport().height() == view.sizeHint().height())
    assert drop(dragged, view.viewport()) is Qt.DropAction.CopyAction
    has(qtbot, window, "Bees", 3)
    assert [album.photos for album in shown(window).values()] == [0, 3, 0]
    drop(urls(indexed.files[:1]), view.viewport())
    qtbot.waitUntil(lambda: "Only folders join" in window.notices.text)
    strange = QMimeData()
    strange.setData(PHOTOS_MIME, b"0123456789abcdef 1 2")
    assert drop(strange, view.viewport()) is Qt.DropAction.IgnoreAction, "of another window"
    assert [album.photos for album in shown(window).values()] == [0, 3, 0]


def test_photos_dropped_beside_the_list_make_a_new_album(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    panel = window.albums_panel
    [new] = [each for each in panel.findChildren(QToolButton) if "New" in each.accessibleName()]
    dragged = window.model.mimeData([window.model.index(row) for row in (1, 4)])
    enter = QDragEnterEvent(
        panel.rect().topLeft(),
        Qt.DropAction.CopyAction,
        dragged,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panel, enter)
    assert new.isDown()
    QApplication.sendEvent(panel, QDragLeaveEvent())
    assert not new.isDown()
    assert drop(dragged, panel) is Qt.DropAction.CopyAction
    assert not new.isDown()
    give(qtbot, window, "Cicadas")
    qtbot.waitUntil(lambda: "Cicadas" in shown(window))
    has(qtbot, window, "Cicadas", 2)
    drop(urls(indexed.files[:1]), panel)
    qtbot.waitUntil(lambda: "Only folders join" in window.notices.text)


def test_the_menu_adds_takes_out_and_notes_what_does_not_belong(
    window: MainWindow, qtbot: QtBot
) -> None:
    select(window, 0, 3)
    choose(menu(qtbot, window), "Add to album", "Ants\t1")
    has(qtbot, window, "Ants", 4)
    select(window, 0, 0)
    choose(menu(qtbot, window), "Remove from album", "Ants")
    has(qtbot, window, "Ants", 3)
    qtbot.waitUntil(lambda: window.notices.text == "1 photo taken out of “Ants”.")
    select(window, 3, 4)
    choose(menu(qtbot, window), "Not in this album", "Ants")
    album = has(qtbot, window, "Ants", 2, rejected=2)
    qtbot.waitUntil(lambda: window.notices.text == "2 photos noted as not in “Ants”.")
    row = window.albums_panel.model.row_of(album.id)
    assert row is not None
    tip = window.albums_panel.model.index(row).data(Qt.ItemDataRole.ToolTipRole)
    assert "2 photos are not in it for certain" in tip


def test_a_new_album_is_made_with_the_photos_that_it_was_made_for(
    window: MainWindow, qtbot: QtBot
) -> None:
    select(window, 0, 1)
    choose(menu(qtbot, window), "Add to album", "New album…")
    give(qtbot, window, "Cats & dogs")
    qtbot.waitUntil(lambda: "Cats & dogs" in shown(window))
    has(qtbot, window, "Cats & dogs", 2)
    listed = below(menu(qtbot, window), "Add to album")
    assert texts(listed) == ["Ants\t1", "Bees\t2", "Cats && dogs\t3", "", "New album…"]


def test_only_albums_that_hold_a_selected_photo_are_offered_to_remove_it_from(
    window: MainWindow, qtbot: QtBot
) -> None:
    select(window, 0, 0)
    offered = menu(qtbot, window)
    removing = below(offered, "Remove from album")
    assert texts(removing) == ["In no album"]
    assert not removing.actions()[0].isEnabled()
    assert texts(below(offered, "Not in this album")) == ["Ants", "Bees"]
    QTest.keyClick(window.results, Qt.Key.Key_2)
    has(qtbot, window, "Bees", 1)
    select(window, 0, 2)
    assert texts(below(menu(qtbot, window), "Remove from album")) == ["Bees"]
    select(window, 1, 2)
    assert texts(below(menu(qtbot, window), "Remove from album")) == ["In no album"]


def test_what_was_noted_of_all_selected_photos_is_marked_and_can_be_taken_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    select(window, 0, 1)
    choose(menu(qtbot, window), "Not in this album", "Ants")
    has(qtbot, window, "Ants", 0, rejected=2)
    offered = menu(qtbot, window)
    assert texts(below(offered, "Remove from album")) == ["In no album"]
    listed = below(offered, "Not in this album").actions()
    assert [each.isChecked() for each in listed] == [True, False]
    select(window, 0, 2)
    listed = below(menu(qtbot, window), "Not in this album").actions()
    assert not any(each.isChecked() for each in listed), "not noted of all"
    select(window, 0, 1)
    choose(menu(qtbot, window), "Not in this album", "Ants")
    has(qtbot, window, "Ants", 0)


def test_labels_are_undone_and_done_again_also_after_a_restart(
    window: MainWindow, qtbot: QtBot, open_window: Opener, library: Path
) -> None:
    select(window, 0, 1)
    QTest.keyClick(window.results, Qt.Key.Key_1)
    has(qtbot, window, "Ants", 2)
    qtbot.waitUntil(lambda: window.notices.text == "2 photos put into “Ants”.")
    click(window.notices, "Undo")
    has(qtbot, window, "Ants", 0)
    qtbot.waitUntil(lambda: window.notices.text == "Undone: 2 photos put into “Ants”.")
    click(window.notices, "Redo")
    has(qtbot, window, "Ants", 2)
    select(window, 0, 0)
    choose(menu(qtbot, window), "Not in this album", "Ants")
    has(qtbot, window, "Ants", 1, rejected=1)
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    listed = Desktopsearch(library, cold=True).json("albums", "list")
    assert listed["undo"] == {"kind": "reject", "album": "Ants", "labels": 1}

    again = open_window(library)
    undo = again.albums_panel.undo
    qtbot.waitUntil(lambda: undo.accessibleName() == "Undo: 1 photo noted as not in “Ants”")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    has(qtbot, again, "Ants", 2)
    QTest.keyClick(again, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    has(qtbot, again, "Ants", 0)
