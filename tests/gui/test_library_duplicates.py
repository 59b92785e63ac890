"""The duplicates of all the library in the grid: in the real window over the real services."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QModelIndex, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateEdit, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktopsearch.domain.search import NEAR_COPY_BITS, DuplicateGroup, Query
from desktopsearch.gui.day_choice import Span
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.results_model import FOLD_ROLE, HIT_ROLE
from desktopsearch.services import duplicates
from desktopsearch.services.library import Library
from tests.gui.conftest import Opener
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import content, put_bytes
from tests.landscapes import landscape


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Two groups of near copies, a photo that lies there twice, and one alone."""
    contents = {
        "a.jpg": landscape(20)[1],
        "a again.jpg": landscape(20, 85)[1],
        "a once more.jpg": landscape(20, 92)[1],
        "b.jpg": landscape(12)[1],
        "b again.jpg": landscape(12, 85)[1],
        "twice.jpg": content(2),
        "copy/twice.jpg": content(2),
        "alone.jpg": content(3),
    }
    return {name: put_bytes(tmp_path / "photos" / name, each) for name, each in contents.items()}


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, files: dict[str, Path]) -> MainWindow:
    opened = open_window()
    opened.intake.add_folders([files["a.jpg"].parent])
    qtbot.waitUntil(lambda: opened.activity.text == "7 photos, up to date", timeout=60_000)
    qtbot.waitUntil(opened.panel.duplicates.isVisible)
    return opened


def ask(qtbot: QtBot, window: MainWindow) -> None:
    """Ask for all duplicates by the key and wait for the answer."""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Ctrl+D"))


def groups(window: MainWindow) -> list[set[str]]:
    """The names that are shown, group by group: each begins with the photo that leads it."""
    found: list[set[str]] = []
    for row in range(window.model.rowCount()):
        index = window.model.index(row)
        if window.model.hit(index).lead is None:
            found.append(set())
        found[-1].add(str(index.data()))
    return found


ALL = [
    {"a.jpg", "a again.jpg", "a once more.jpg"},
    {"b.jpg", "b again.jpg"},
    {"twice.jpg"},
]


def test_groups_stand_beside_each_other_each_other_one_tinted(
    window: MainWindow, qtbot: QtBot
) -> None:
    ask(qtbot, window)
    assert sorted(groups(window), key=min) == ALL
    assert window.query_pane.title == "Duplicates"
    assert window.query_pane.summary == "3 groups, 7 files"
    assert window.panel.duplicates.is_marked
    assert not window.panel.all_photos.is_marked
    folds = [
        (window.model.hit(window.model.index(row)), window.model.index(row).data(FOLD_ROLE))
        for row in range(window.model.rowCount())
    ]
    assert all(fold.is_open for _, fold in folds)
    tints = [fold.is_tinted for hit, fold in folds if hit.lead is None]
    assert tints == [False, True, False]
    for hit, fold in folds:
        lead = next(each for each, _ in folds if each.photo_id in (hit.lead, hit.photo_id))
        of_lead = next(each for known, each in folds if known is lead)
        assert hit.lead is None or fold.is_tinted == of_lead.is_tinted
    assert not any(hit.compared for hit, _ in folds)


def test_a_group_is_folded_by_its_key_and_stays_so(window: MainWindow, qtbot: QtBot) -> None:
    ask(qtbot, window)
    row = next(
        row
        for row in range(window.model.rowCount())
        if window.model.index(row).data(FOLD_ROLE).near == 2
    )
    window.results.setFocus()
    window.results.setCurrentIndex(window.model.index(row))
    QTest.keyClick(window.results, Qt.Key.Key_F)
    assert window.model.rowCount() == 4
    fold = window.model.index(row).data(FOLD_ROLE)
    assert (fold.near, fold.is_open) == (2, False)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.refresh()
    assert window.model.rowCount() == 4
    QTest.keyClick(window.results, Qt.Key.Key_F)
    assert window.model.rowCount() == 6


def test_the_panel_leads_there_and_the_next_session_comes_back(
    window: MainWindow, qtbot: QtBot, open_window: Opener
) -> None:
    window.panel.duplicates.setFocus()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.panel.duplicates, Qt.Key.Key_Return)
    assert len(groups(window)) == 3
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.panel.all_photos.click()
    assert window.model.rowCount() == 7
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.go_back()
    assert window.recent.entries == ()
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    again = open_window()
    qtbot.waitUntil(lambda: again.model.rowCount() == 6, timeout=ANSWER_MS)
    assert again.query_pane.title == "Duplicates"


def test_what_goes_leaves_its_group_and_the_last_leaves_a_sentence(
    window: MainWindow, qtbot: QtBot, files: dict[str, Path]
) -> None:
    ask(qtbot, window)
    for name in ("b again.jpg", "copy/twice.jpg"):
        files[name].unlink()
    qtbot.waitUntil(lambda: len(groups(window)) == 1, timeout=ANSWER_MS)
    # The one that led the group: another takes its place.
    [lead] = [hit for hit in window.model.hits if hit.lead is None]
    Path(lead.path.decode()).unlink()
    qtbot.waitUntil(lambda: window.query_pane.summary == "1 group, 2 files", timeout=ANSWER_MS)
    Path(window.model.hits[1].path.decode()).unlink()
    title = "There are no duplicates in the library"
    qtbot.waitUntil(lambda: window.pages.title == title, timeout=ANSWER_MS)
    assert "within a distance of 20" in window.pages.text
    [button] = [each for each in window.pages.findChildren(QPushButton) if each.isVisible()]
    assert button.text() == "Show all photos"
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        button.click()
    assert window.model.rowCount() == 4


def test_filters_say_that_they_are_why_there_are_none(window: MainWindow, qtbot: QtBot) -> None:
    popup = window.query_pane.filters.popup
    ask(qtbot, window)
    [span] = [each for each in popup.findChildren(QComboBox) if each.findData(Span.OWN) >= 0]
    span.setCurrentIndex(span.findData(Span.OWN))
    for edit in popup.findChildren(QDateEdit):
        edit.setDate(QDate(1999, 12, 31))
    qtbot.waitUntil(lambda: "pass the filters" in window.pages.title, timeout=ANSWER_MS)
    assert window.pages.text == window.query_pane.filters.text
    [button] = [each for each in window.pages.findChildren(QPushButton) if each.isVisible()]
    button.click()
    qtbot.waitUntil(lambda: window.model.rowCount() == 6, timeout=ANSWER_MS)


def test_one_copy_of_a_photo_can_be_chosen_for_the_trash(
    window: MainWindow, qtbot: QtBot, files: dict[str, Path]
) -> None:
    ask(qtbot, window)
    hit = next(each for each in window.model.hits if each.copies)
    menu = window.photo_menus.menu_for([hit])
    [offered] = [
        each for each in menu.findChildren(QMenu) if each.title() == "Move one copy to trash"
    ]
    texts = [each.text() for each in offered.actions()]
    assert texts == [f"{files[name]}…" for name in ("twice.jpg", "copy/twice.jpg")]
    offered.actions()[1].trigger()
    [box] = [each for each in window.findChildren(QMessageBox) if each.isVisible()]
    assert "Copies of these photos" in box.informativeText()
    box.close()
    menu.deleteLater()
    alone = next(each for each in window.model.hits if not each.copies)
    menu = window.photo_menus.menu_for([alone])
    assert not [each for each in menu.findChildren(QMenu) if "one copy" in each.title()]
    menu.deleteLater()


def test_a_long_search_shows_a_page_and_can_be_stopped(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with very many photos: it never comes to an end.
    monkeypatch.setattr(duplicates.Grouping, "is_done", False)
    monkeypatch.setattr(duplicates.Grouping, "go_on", lambda _self: None)
    QTest.keySequence(window, QKeySequence("Ctrl+D"))
    qtbot.waitUntil(lambda: window.pages.title == "Looking for duplicates…")
    [button] = [each for each in window.pages.findChildren(QPushButton) if each.isVisible()]
    button.click()
    assert window.searches.current is None
    busy: list[object] = []
    window.bridge.ask(lambda session: session.searching.busy, busy.append)
    qtbot.waitUntil(lambda: busy == [False])
    QTest.keySequence(window, QKeySequence("Ctrl+D"))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.panel.show_wanted.emit(Query(all_photos=True))
    assert window.model.rowCount() == 7


def row_of(window: MainWindow, name: str) -> QModelIndex:
    rows = (window.model.index(row) for row in range(window.model.rowCount()))
    return next(index for index in rows if index.data() == name)


def choose(window: MainWindow, *names: str) -> None:
    selection = window.results.selectionModel()
    window.results.clearSelection()
    window.results.setFocus()
    for name in names:
        selection.setCurrentIndex(row_of(window, name), selection.SelectionFlag.Select)


def note(window: MainWindow, qtbot: QtBot, *names: str) -> None:
    """Note by the key that photos are no duplicates."""
    choose(window, *names)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.results, Qt.Key.Key_N)


def test_distances_to_the_first_of_a_group_are_told(window: MainWindow, qtbot: QtBot) -> None:
    ask(qtbot, window)
    found = {hit.photo_id: hit for hit in window.model.hits}
    near = [hit for hit in found.values() if hit.lead is not None]
    assert len(near) == 3
    [group] = [each for each in duplicates_of(window) if len(each) == 3]
    assert {hit.from_lead for hit in near} >= {member.distance for member in group[1:]}
    for hit in found.values():
        cell = window.model.index(window.model.row_of(hit.photo_id) or 0)
        spoken, told = (
            str(cell.data(role))
            for role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        )
        assert ("from the first of its group" in spoken) == (hit.lead is not None)
        assert ("from the first of its group" in told) == (hit.lead is not None)
    # A largest distance that was set for a search before takes nothing away.
    window.query_pane.radius.set_distance(0)
    assert window.model.rowCount() == 6


def duplicates_of(window: MainWindow) -> list[DuplicateGroup]:
    with Library.open_reader(window.bridge._paths) as library:
        return duplicates.find(library, NEAR_COPY_BITS)


def test_a_photo_that_is_no_duplicate_is_noted_and_brought_back(
    window: MainWindow, qtbot: QtBot, open_window: Opener
) -> None:
    ask(qtbot, window)
    note(window, qtbot, "a again.jpg")
    left = [{"a.jpg", "a once more.jpg"}, *ALL[1:]]
    assert sorted(groups(window), key=min) == left
    assert window.query_pane.summary == "3 groups, 6 files"
    assert window.notices.text == "Photos noted as no duplicates."
    assert len(window.results.selected_hits()) == 1, "the next one is selected"
    ask(qtbot, window)
    assert sorted(groups(window), key=min) == left
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    second = open_window()
    qtbot.waitUntil(lambda: second.model.rowCount() == 5)
    assert sorted(groups(second), key=min) == left
    with qtbot.waitSignal(second.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(second, QKeySequence("Ctrl+Z"))
    assert sorted(groups(second), key=min) == ALL
    assert second.notices.text == "Undone: Photos noted as no duplicates."


def test_a_whole_group_is_told_apart_by_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    ask(qtbot, window)
    choose(window, "b.jpg", "b again.jpg")
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        trigger(window, "Not a duplicate")
    assert sorted(groups(window), key=min) == [ALL[0], ALL[2]]
    # Copies of one content are no matter of looks, and a photo alone has no group.
    choose(window, "twice.jpg")
    assert "Not a duplicate" not in texts_of_menu(window)
    QTest.keyClick(window.results, Qt.Key.Key_N)
    assert window.notices.text.startswith("Photos can be told apart where “Duplicates” lists them")
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.library_listing.show_all()
    choose(window, "a.jpg")
    assert "Not a duplicate" not in texts_of_menu(window)


def texts_of_menu(window: MainWindow) -> list[str]:
    menu = window.photo_menus.menu_for(window.results.selected_hits())
    texts = [action.text() for action in menu.actions()]
    menu.deleteLater()
    return texts


def trigger(window: MainWindow, text: str) -> None:
    menu = window.photo_menus.menu_for(window.results.selected_hits())
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.deleteLater()


def test_the_first_of_a_group_gives_way_to_the_next(window: MainWindow, qtbot: QtBot) -> None:
    ask(qtbot, window)
    [lead] = [hit for hit in window.model.hits if hit.lead is None and b"/a" in hit.path]
    note(window, qtbot, str(row_of_photo(window, lead.photo_id).data()))
    shown = [hit for hit in window.model.hits if b"/a" in hit.path]
    assert [hit.lead for hit in shown] == [None, shown[0].photo_id]
    [group] = [each for each in duplicates_of(window) if each[0].photo_id == shown[0].photo_id]
    assert (shown[0].from_lead, shown[1].from_lead) == (None, group[1].distance)


def row_of_photo(window: MainWindow, photo_id: int) -> QModelIndex:
    row = window.model.row_of(photo_id)
    assert row is not None
    return window.model.index(row)


def test_pages_do_not_count_what_was_told_apart(
    window: MainWindow, qtbot: QtBot, files: dict[str, Path]
) -> None:
    files["copy/twice.jpg"].unlink()
    ask(qtbot, window)
    said = "\nPhotos that were noted as no duplicates do not count."
    note(window, qtbot, *ALL[1])
    assert window.pages.title == ""
    copy = row_of(window, "a.jpg").data(HIT_ROLE)
    note(window, qtbot, *ALL[0])
    assert window.pages.title == "There are no duplicates in the library"
    assert window.pages.text.endswith(said)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.photo_menus.duplicates_wanted.emit(copy)
    assert window.pages.title == "This photo has no duplicates"
    assert window.pages.text.endswith(said)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.albums.undo()
        qtbot.wait(200)
        ask(qtbot, window)
    assert sorted(groups(window), key=min) == ALL[:1]
