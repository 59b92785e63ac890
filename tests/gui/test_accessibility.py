"""Everything can be reached with the keyboard, is seen where it is, and has a name."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.suggesting import SuggestedPhoto
from desktopsearch.gui.about import About
from desktopsearch.gui.excludes_dialog import ExcludesDialog
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.settings_dialog import SettingsDialog
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.teach_dialog import TeachDialog
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services.teaching_material import TaughtAlbum
from tests import made_up_teaching
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS
from tests.gui.walking import controls, focusable, look_of, place_in, reads_on, spoken_name, walk


@pytest.fixture
def full_window(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> MainWindow:
    """A window with a folder, a problem, a notice and photos that were found."""
    window = open_window(indexed.library)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(indexed.files[1]))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(indexed.files[2]))
    window.notices.say("Something happened.", "Do something", lambda: None)
    qtbot.waitUntil(lambda: "problem" in " ".join(map(spoken_name, focusable(window))))
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


@pytest.fixture
def dialogs(full_window: MainWindow, qtbot: QtBot, indexed: Indexed) -> Iterator[list[QDialog]]:
    """Every dialog of the window, open."""
    window = full_window
    ShortcutSheet(window).open()
    About(window).open()
    window.library_acts.show_settings()
    window.library_acts.show_excludes()
    window.activity.problems_wanted.emit()
    window.panel.remove_wanted.emit(indexed.photos)
    qtbot.waitUntil(lambda: window.problems.model.rowCount() > 0)
    found = [each for each in window.findChildren(QDialog) if each.isVisible()]
    wanted = (ShortcutSheet, About, SettingsDialog, ExcludesDialog, QMessageBox)
    for kind in (*wanted, type(window.problems)):
        assert any(isinstance(each, kind) for each in found), kind
    yield found
    for dialog in found:
        dialog.close()


def nameless(top: QWidget) -> list[str]:
    return [
        f"{type(each).__name__} in {type(each.parent()).__name__}"
        for each in controls(top)
        if each.isVisibleTo(top) and not spoken_name(each).strip()
    ]


def test_every_control_has_a_name(full_window: MainWindow, dialogs: list[QDialog]) -> None:
    assert [nameless(top) for top in (full_window, *dialogs)] == [[]] * (1 + len(dialogs))


def test_every_control_has_a_name_before_there_is_a_folder(
    open_window: Opener, qtbot: QtBot
) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: "showing one" in window.pages.title)
    assert nameless(window) == []


def test_dialogs_have_titles(dialogs: list[QDialog]) -> None:
    assert [dialog for dialog in dialogs if not dialog.windowTitle()] == []


def test_every_cell_of_the_grid_says_its_photo_and_its_distance(full_window: MainWindow) -> None:
    grid, model = full_window.results, full_window.model
    interface = QAccessible.queryAccessibleInterface(grid)
    assert interface.childCount() == model.rowCount() == 12
    for row in range(model.rowCount()):
        index = model.index(row)
        name = interface.child(row).text(QAccessible.Text.Name)
        assert index.data() in name
        assert f"distance {model.hit(index).distance}" in name


def test_tab_reaches_everything_once_in_reading_order_and_back(full_window: MainWindow) -> None:
    window = full_window
    there = walk(window)
    names = [spoken_name(each) for each in there]
    assert len(set(map(id, there))) == len(there), names
    wanted = focusable(window)
    assert {*map(id, wanted)} == {*map(id, there)}, (names, [*map(spoken_name, wanted)])
    back = walk(window, Qt.Key.Key_Backtab)
    start = back.index(there[0])
    assert [*back[start:], *back[:start]] == [there[0], *reversed(there[1:])]

    parts: list[QWidget] = [
        window.panel,
        window.notices,
        window.query_pane,
        window.pages,
        window.activity,
    ]
    order = [next(n for n, part in enumerate(parts) if part.isAncestorOf(each)) for each in there]
    turn = order.index(min(order))
    while turn and order[turn - 1] == order[turn]:
        turn -= 1
    order, there = order[turn:] + order[:turn], there[turn:] + there[:turn]
    assert order == sorted(order), names
    places = [place_in(window, each) for each in there]
    for number in range(1, len(there)):
        if order[number] == order[number - 1]:
            assert reads_on(places[number - 1], places[number]), (
                spoken_name(there[number - 1]),
                spoken_name(there[number]),
            )


def test_the_focus_is_seen_wherever_it_is(full_window: MainWindow, qtbot: QtBot) -> None:
    window = full_window
    unseen = []
    for widget in focusable(window):
        elsewhere = window.pages if widget is not window.results else window.query_pane.back
        elsewhere.setFocus()
        qtbot.wait(0)
        without = look_of(window, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.wait(0)
        if look_of(window, widget) == without:
            unseen.append(spoken_name(widget))
    assert unseen == []


def test_tab_stays_within_each_dialog_and_reaches_everything(
    dialogs: list[QDialog], qtbot: QtBot
) -> None:
    for dialog in dialogs:
        dialog.raise_()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        wanted = focusable(dialog)
        if not wanted:
            continue
        assert {*map(spoken_name, walk(dialog))} == {*map(spoken_name, wanted)}


@pytest.fixture(params=["prospect", "running", "better", "not better", "history"])
def teaching(
    request: pytest.FixtureRequest, open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> TeachDialog:
    """The dialog of a teaching, open at one of its pages."""
    window = open_window(indexed.library)
    window.teach_acts.show()
    dialog = window.teach_acts.dialog
    qtbot.waitUntil(lambda: "To learn from" in dialog.prospect.text)
    if request.param == "running":
        dialog.show_beginning()
        for progress in made_up_teaching.epochs():
            dialog.show_progress(progress)
    elif request.param == "history":
        window.teach_acts.show_history()
        qtbot.waitUntil(lambda: dialog.history.table.rowCount() == 1)
    elif request.param != "prospect":
        albums = [TaughtAlbum(number, f"album {number}", 20) for number in range(3)]
        finding = Finding(request.param)
        dialog.show_report(*made_up_teaching.outcome(albums, finding), switching=False)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_every_page_of_a_teaching_has_names_and_is_walked_through(
    teaching: TeachDialog, qtbot: QtBot
) -> None:
    assert_named_and_walked(teaching, qtbot)


@pytest.mark.parametrize("asks", [True, False])
def test_the_suggestions_have_names_and_are_walked_through(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, *, asks: bool
) -> None:
    dialog = open_window(indexed.library).suggestion_acts.dialog
    dialog.show_album("Ants", "12 photos are undecided")
    if asks:
        photo = SuggestedPhoto(1, os.fsencode(indexed.files[0]), offline=False, score=1.0)
        dialog.show_photo(photo)
    else:
        dialog.show_page("done", "There is nothing left to ask", "", "Show the photos")
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert_named_and_walked(dialog, qtbot)


def assert_named_and_walked(dialog: QDialog, qtbot: QtBot) -> None:
    assert nameless(dialog) == []
    wanted = focusable(dialog)
    assert {*map(spoken_name, walk(dialog))} == {*map(spoken_name, wanted)}
    # Whoever says what stands on a button must be understood.
    unlike = [
        each.text()
        for each in dialog.findChildren(QAbstractButton)
        if each.isVisible() and each.text().replace("&", "") not in spoken_name(each)
    ]
    assert unlike == []
    unseen = []
    for widget in wanted:
        next(each for each in wanted if each is not widget).setFocus()
        qtbot.wait(0)
        without = look_of(dialog, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.wait(0)
        if look_of(dialog, widget) == without:
            unseen.append(spoken_name(widget))
    assert unseen == []
