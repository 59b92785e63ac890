"""Searches that are saved under a name: saved, asked again, renamed, deleted and brought back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.filters import Filter, Lately
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.kept_queries import SavedSearch
from desktopsearch.domain.search import NEAR_COPY_BITS
from desktopsearch.gui.day_choice import Span
from desktopsearch.gui.filter_popup import FilterPopup
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.name_dialog import NameDialog
from desktopsearch.gui.saved_dialog import SavedDialog
from desktopsearch.services import saved_searches
from desktopsearch.services.library import Library
from tests.gui.conftest import Indexed, Opener
from tests.gui.test_filters import choose_span
from tests.gui.waiting import ANSWER_MS, first_name, look_for


@pytest.fixture
def window(open_window: Opener, library: Path, qtbot: QtBot, indexed: Indexed) -> MainWindow:
    """A window over a library of its own, with a query."""
    assert library.is_dir()
    made = open_window()
    look_for(qtbot, made, indexed.files[1])
    return made


def name_dialog(window: QWidget) -> NameDialog:
    [dialog] = [each for each in window.findChildren(NameDialog) if each.isVisible()]
    return dialog


def press(window: QWidget, qtbot: QtBot, keys: str) -> None:
    # A dialog that was closed leaves no window in front here.
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keySequence(window, QKeySequence(keys))


def save(window: MainWindow, qtbot: QtBot, name: str) -> None:
    count = len(window.saved.searches)
    press(window, qtbot, "Ctrl+S")
    dialog = name_dialog(window)
    QTest.keyClicks(dialog.name, name)
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.saved.searches) > count)
    qtbot.waitUntil(lambda: not [d for d in window.findChildren(NameDialog) if d.isVisible()])


def entries(window: MainWindow) -> dict[str, QAction]:
    menu = window.query_pane.saved.menu()
    return {each.text().split("\t")[0]: each for each in menu.actions()}


def ask_again(window: MainWindow, qtbot: QtBot, name: str) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        entries(window)[name].trigger()


def listed(window: MainWindow, qtbot: QtBot) -> SavedDialog:
    press(window, qtbot, "Ctrl+B")
    dialog = window.findChild(SavedDialog)
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def test_a_search_is_saved_with_all_that_makes_it_up(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    pane, popup = window.query_pane, window.query_pane.filters.popup
    QApplication.clipboard().setImage(QImage(str(indexed.files[4])))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.paste_too()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.steering.turn(1)
    pane.toggle_crop()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        pane.crop.editor.move_edges(1, 0, QPointF(0.5, 0.0))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        popup.show_formats(["jpeg"])
        popup.set_filter(Filter(formats=frozenset(["jpeg"])), Lately.YEAR, {})
    pane.radius.set_distance(90)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        pane.set_finer(True)
    found = {hit.photo_id for hit in window.model.hits}
    names = [name for _each, name in window.searches.pictures]
    save(window, qtbot, "Boats")
    assert window.notices.text == "Search “Boats” saved."
    # Another query with everything else.
    popup.clear()
    pane.set_finer(False)
    pane.radius.set_distance(None)
    look_for(qtbot, window, indexed.files[2])
    ask_again(window, qtbot, "Boats")
    assert {hit.photo_id for hit in window.model.hits} == found
    assert [name for _each, name in window.searches.pictures] == names
    first, unlike = (each for each, _name in window.searches.pictures)
    assert first.framing == Framing((0.0, 0.0, 0.5, 1.0))
    assert (unlike.alike, unlike.data is None) == (False, False)
    assert (pane.finer, pane.radius.distance) == (True, 90)
    assert (popup.lately, popup.filter.formats) == (Lately.YEAR, frozenset(["jpeg"]))


def test_it_is_there_in_another_session(
    window: MainWindow, open_window: Opener, qtbot: QtBot
) -> None:
    save(window, qtbot, "Boats && more")
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    (window.bridge._paths.recent_queries).unlink()
    second = open_window()
    qtbot.waitUntil(lambda: second.pages.isVisible() and bool(second.saved.searches))
    # Without recent queries, the first page leads to them.
    qtbot.waitUntil(lambda: _button(second, "Saved searches").isVisible())
    QTest.mouseClick(_button(second, "Saved searches"), Qt.MouseButton.LeftButton)
    dialog = second.findChild(SavedDialog)
    assert dialog is not None
    with qtbot.waitSignal(second.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert first_name(second) == "0001.jpg"
    assert not dialog.isVisible()


def _button(widget: QWidget, text: str) -> QPushButton:
    [button] = [each for each in widget.findChildren(QPushButton) if each.text() == text]
    return button


def test_all_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    save(window, qtbot, "Boats")
    save(window, qtbot, "Ants")
    dialog = listed(window, qtbot)
    assert [dialog.list.item(row).text() for row in range(2)] == [
        "Ants\n0001.jpg",
        "Boats\n0001.jpg",
    ]
    assert not dialog.list.item(0).icon().isNull()
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_F2)
    naming = name_dialog(dialog)
    QTest.keyClicks(naming.name, "ants")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: naming.problem == "There is a saved search Ants already.")
    naming.name.selectAll()
    QTest.keyClicks(naming.name, "Ships")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Ants", "Ships"])
    assert window.notices.text == "Search “Boats” renamed."
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Ants"])
    assert window.notices.text == "Search “Ships” deleted."
    press(dialog, qtbot, "Ctrl+Z")
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Ants", "Ships"])
    assert window.notices.text == "Undone: Search “Ships” deleted."
    dialog.close()
    press(window, qtbot, "Ctrl+Z")
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Ants", "Boats"])
    assert "Boats" in entries(window)


def test_the_current_search_stays_current_wherever_it_goes(
    window: MainWindow, qtbot: QtBot
) -> None:
    save(window, qtbot, "Ants")
    save(window, qtbot, "Boats")
    dialog = listed(window, qtbot)
    assert dialog.list.currentRow() == 0
    QTest.keyClick(dialog.list, Qt.Key.Key_F2)
    naming = name_dialog(dialog)
    naming.name.selectAll()
    QTest.keyClicks(naming.name, "Ships")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Boats", "Ships"])
    assert dialog.list.currentRow() == 1
    window.saved.ask_to_save()
    naming = name_dialog(window)
    QTest.keyClicks(naming.name, "Cats")
    QTest.keyClick(naming.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.saved.searches) == 3)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [each.name for each in window.saved.searches] == ["Boats", "Cats"])
    assert dialog.list.currentRow() == 1, "the one that is there now"
    dialog.close()


def test_a_name_that_is_taken_is_replaced_knowingly(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    save(window, qtbot, "Boats")
    look_for(qtbot, window, indexed.files[3])
    press(window, qtbot, "Ctrl+S")
    dialog = name_dialog(window)
    QTest.keyClicks(dialog.name, "boat")
    assert dialog.give.text() == "Save"
    QTest.keyClicks(dialog.name, "s")
    assert dialog.give.text() == "Replace"
    assert dialog.problem == "“Boats” is saved already, and becomes this search."
    with qtbot.waitSignal(window.saved.changed):
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    [search] = window.saved.searches
    assert (search.name, search.query.pictures and search.query.pictures.title) == (
        "boats",
        "0003.jpg",
    )


def test_listings_and_duplicates_are_saved_too(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.library_listing.show_all()
    save(window, qtbot, "All")
    look_at = window.model.hits[3]
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.photo_menus.duplicates_wanted.emit(look_at)
    save(window, qtbot, "Copies")
    how = {each.name: each.query.how for each in window.saved.searches}
    assert (how["Copies"].near_copies, how["Copies"].max_distance) == (True, NEAR_COPY_BITS)
    ask_again(window, qtbot, "All")
    assert window.query_pane.title == "All photos"
    assert len(window.model.hits) == 12
    assert window.query_pane.radius.distance is None
    ask_again(window, qtbot, "Copies")
    assert window.query_pane.title.startswith("Duplicates of ")
    assert window.query_pane.radius.distance == NEAR_COPY_BITS


def test_its_distance_counts_also_after_duplicates(window: MainWindow, qtbot: QtBot) -> None:
    window.query_pane.radius.set_distance(70)
    save(window, qtbot, "Near")
    window.query_pane.radius.set_distance(None)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.photo_menus.duplicates_wanted.emit(window.model.hits[0])
    ask_again(window, qtbot, "Near")
    assert window.query_pane.radius.distance == 70


def test_there_is_something_to_save_only_with_an_answer(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = listed(window, qtbot)
    assert _button(dialog, "Save this search…").isEnabled()
    assert not _button(dialog, "Search").isEnabled()
    (tmp_path / "text.jpg").write_text("no picture")
    with qtbot.waitSignal(window.searches.failed, timeout=ANSWER_MS):
        window.intake.look_for_file(bytes(tmp_path / "text.jpg"))
    assert not entries(window)["Save this search…"].isEnabled()
    assert not _button(dialog, "Save this search…").isEnabled()
    dialog.close()
    window.searches.clear()
    press(window, qtbot, "Ctrl+S")
    assert window.notices.text == "Look for something first; then it can be saved."


def test_nothing_is_drawn_anew_where_only_an_answer_comes(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    save(window, qtbot, "Boats")
    dialog = listed(window, qtbot)
    action, item = entries(window)["Boats"], dialog.list.item(0)
    told: list[bool] = []
    window.saved.savable_changed.connect(told.append)
    look_for(qtbot, window, indexed.files[3])
    assert told == [False, True], "while it is looked for, there is nothing to save"
    assert window.saved._answered is not None
    window.searches.answered.emit(window.saved._answered[1])
    assert told == [False, True]
    assert shiboken6.isValid(action)
    assert dialog.list.item(0) is item
    dialog.close()


def test_a_label_has_no_saved_search_read_or_drawn(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(window, qtbot, "Boats")
    window.bridge.ask(lambda session: session.labelling.create("Ants"), lambda _album: None)
    qtbot.waitUntil(lambda: len(window.albums.albums) == 1)
    dialog = listed(window, qtbot)
    item = dialog.list.item(0)
    read: list[Library] = []
    every = saved_searches.every

    def read_all(library: Library) -> list[SavedSearch]:
        read.append(library)
        return every(library)

    monkeypatch.setattr(saved_searches, "every", read_all)
    window.albums.add(window.albums.albums[0], [window.model.hits[0].photo_id])
    qtbot.waitUntil(lambda: window.albums.albums[0].photos == 1)
    assert dialog.list.item(0) is item
    dialog.close()
    save(window, qtbot, "Ships")
    assert len(read) == 1, "for the search that was saved"


def test_a_picture_that_is_gone_is_said(
    window: MainWindow, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    picture = tmp_path / "mine.jpg"
    picture.write_bytes(indexed.files[5].read_bytes() + b"0")
    look_for(qtbot, window, picture)
    save(window, qtbot, "Mine")
    picture.unlink()
    with qtbot.waitSignal(window.searches.failed, timeout=ANSWER_MS):
        entries(window)["Mine"].trigger()
    assert window.pages.title == "This picture cannot be searched for"


@pytest.mark.usefixtures("theme")
def test_the_popup_shows_any_filter(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    popup = FilterPopup(owner)
    since = date(2020, 2, 29)
    for wanted, said in (
        (Filter(first_day=since), "since"),
        (Filter(last_day=since), "until"),
        (Filter(first_day=since, last_day=date(2021, 1, 1)), "–"),  # noqa: RUF001
        (Filter(folder=b"/somewhere/else"), "else"),
        (Filter(album_ids=frozenset([4, 7])), "Ants, Boats"),
        (Filter(album_ids=frozenset([4])), "Ants"),
        (Filter(without_album=True, formats=frozenset(["raw"])), "In no album · RAW"),
    ):
        with qtbot.waitSignal(popup.changed):
            popup.set_filter(wanted, None, {7: "Boats", 4: "Ants"})
        assert popup.filter == wanted
        assert said in popup.describe()
    choose_span(popup, Span.SINCE)
    popup.clear()
    assert popup.filter == Filter()
    popup.set_filter(Filter(), Lately.MONTH, {})
    assert popup.lately is Lately.MONTH
