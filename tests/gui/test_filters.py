"""Narrowing a search in the window: the button, its popup, the chip and the page when none fits."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch.domain.filters import EVERYTHING, Filter
from desktopsearch.gui.album_bridge import AlbumBridge
from desktopsearch.gui.day_choice import Span
from desktopsearch.gui.filter_popup import FilterPopup
from desktopsearch.gui.kept_choice import Entry, KeptChoice
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.name_dialog import NameDialog
from tests.gui.conftest import Opener
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import content, put, put_bytes

TODAY = date.today()  # noqa: DTZ011 - as a person at this machine sees it


def combo(popup: QWidget, name: str) -> QComboBox:
    return next(each for each in popup.findChildren(QComboBox) if each.accessibleName() == name)


def choose_span(popup: QWidget, span: Span) -> None:
    box = combo(popup, "When the photos were taken")
    box.setCurrentIndex(box.findData(span))


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize(
    ("span", "days"),
    [(Span.TODAY, 0), (Span.WEEK, 6), (Span.MONTH, 29), (Span.YEAR, TODAY.timetuple().tm_yday - 1)],
)
def test_spans_end_today(qtbot: QtBot, span: Span, days: int) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    popup = FilterPopup(owner)
    assert popup.filter == EVERYTHING
    assert popup.describe() == ""
    choose_span(popup, span)
    assert popup.filter == Filter(first_day=TODAY - timedelta(days=days), last_day=TODAY)
    assert popup.describe()


@pytest.mark.usefixtures("theme")
def test_days_of_ones_own_are_taken_in_their_order(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    popup = FilterPopup(owner)
    first, last = popup.findChildren(QDateEdit)
    days = first.parentWidget()
    assert days is not None
    assert days.isHidden()
    choose_span(popup, Span.OWN)
    assert not days.isHidden()
    first.setDate(QDate(2024, 5, 8))
    last.setDate(QDate(2024, 5, 1))
    assert popup.filter == Filter(first_day=date(2024, 5, 1), last_day=date(2024, 5, 8))
    with qtbot.waitSignal(popup.changed):
        popup.clear()
    assert popup.filter == EVERYTHING
    assert days.isHidden()


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window that shows two JPEGs and a PNG that are in two folders."""
    photos = tmp_path / "photos"
    query = put(photos / "one.jpg", 1)
    put(photos / "two.jpg", 2)
    put_bytes(tmp_path / "other & more" / "three.png", content(3, "PNG"))
    window = open_window()
    with qtbot.waitSignal(
        window.bridge.finished, timeout=60_000, check_params_cb=lambda done: done.indexed == 3
    ):
        window.intake.add_folders([photos, tmp_path / "other & more"])
    window.intake.look_for_file(os.fsencode(query))
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    popup = window.query_pane.filters.popup
    qtbot.waitUntil(lambda: combo(popup, "Where to look").count() == 3)
    return window


def names(window: MainWindow) -> set[str]:
    return {str(window.model.index(row).data()) for row in range(window.model.rowCount())}


def press(button: QWidget | None) -> None:
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_popup_narrows_at_once_and_the_chip_says_so(window: MainWindow, qtbot: QtBot) -> None:
    filters = window.query_pane.filters
    popup = filters.popup
    press(filters.findChild(QToolButton))
    assert popup.isVisible()
    qtbot.waitUntil(lambda: len(popup.findChildren(QCheckBox)) == 3)
    boxes = {box.text(): box for box in popup.findChildren(QCheckBox)}
    assert {"JPEG", "PNG"} < boxes.keys()
    assert not filters.chip.isVisible()
    boxes["PNG"].click()
    qtbot.waitUntil(lambda: names(window) == {"three.png"}, timeout=ANSWER_MS)
    assert filters.text == "PNG"
    assert filters.chip.isVisible()
    boxes["JPEG"].click()
    choose_span(popup, Span.TODAY)
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    where = combo(popup, "Where to look")
    where.setCurrentText("other & more")
    qtbot.waitUntil(lambda: names(window) == {"three.png"}, timeout=ANSWER_MS)
    assert filters.text == "other & more · Today · JPEG · PNG"
    assert filters.chip.accessibleName() == f"Filters: {filters.text}"
    popup.close()
    press(filters.chip.findChild(QToolButton))
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    assert not filters.chip.isVisible()


def test_a_page_says_when_no_photo_passes_and_clears_the_filters(
    window: MainWindow, qtbot: QtBot
) -> None:
    popup = window.query_pane.filters.popup
    choose_span(popup, Span.OWN)
    for edit in popup.findChildren(QDateEdit):
        edit.setDate(QDate(1999, 1, 1))
    qtbot.waitUntil(lambda: window.pages.title == "No photo passes the filters", timeout=ANSWER_MS)
    assert "99" in window.pages.text
    button = next(
        each for each in window.pages.findChildren(QPushButton) if each.text() == "Clear filters"
    )
    press(button)
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    assert window.pages.currentWidget() is window.results


def test_the_filters_stay_for_the_next_query_and_go_with_their_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    where = combo(window.query_pane.filters.popup, "Where to look")
    where.setCurrentText("other & more")
    qtbot.waitUntil(lambda: names(window) == {"three.png"}, timeout=ANSWER_MS)
    window.intake.look_for_file(os.fsencode(tmp_path / "photos" / "two.jpg"))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        pass
    assert answered.args is not None
    assert answered.args[0].query.filter.folder == os.fsencode(tmp_path / "other & more")
    window.bridge.remove_folder(tmp_path / "other & more", window.presenter.on_library_changed)
    qtbot.waitUntil(lambda: names(window) == {"one.jpg", "two.jpg"}, timeout=ANSWER_MS)
    assert window.query_pane.filters.text == ""


def test_photos_leave_the_answer_when_they_are_labelled_and_come_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.albums.ask_to_create()
    dialog = window.findChild(NameDialog)
    assert dialog is not None
    dialog.given.emit("Ants & co")
    qtbot.waitUntil(lambda: bool(window.albums.albums))
    filters = window.query_pane.filters
    album = combo(filters.popup, "In which album")
    assert [album.itemText(row) for row in range(album.count())] == [
        "All photos",
        "In no album",
        "Ants & co",
    ]
    album.setCurrentText("In no album")
    qtbot.waitUntil(lambda: window.searches.current is not None and filters.text == "In no album")
    qtbot.waitUntil(lambda: names(window) == {"one.jpg", "two.jpg", "three.png"})
    window.results.setFocus()
    window.results.setCurrentIndex(
        next(
            window.model.index(row)
            for row in range(3)
            if window.model.index(row).data() == "two.jpg"
        )
    )
    QTest.keyClick(window.results, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: names(window) == {"one.jpg", "three.png"}, timeout=ANSWER_MS)
    album.setCurrentText("Ants & co")
    qtbot.waitUntil(lambda: names(window) == {"two.jpg"}, timeout=ANSWER_MS)
    window.albums.undo()
    qtbot.waitUntil(lambda: window.pages.title == "No photo passes the filters", timeout=ANSWER_MS)
    window.albums.redo()
    qtbot.waitUntil(lambda: names(window) == {"two.jpg"}, timeout=ANSWER_MS)


def test_the_filter_follows_its_album(window: MainWindow, qtbot: QtBot) -> None:
    bridge, filters = AlbumBridge(window.bridge), window.query_pane.filters
    for name in ("Ants", "Bees"):
        bridge.create(name, lambda _: None)
    album = combo(filters.popup, "In which album")
    qtbot.waitUntil(lambda: album.count() == 4)
    bees = window.albums.albums[1]
    album.setCurrentText("Bees")
    qtbot.waitUntil(lambda: window.pages.title == "No photo passes the filters", timeout=ANSWER_MS)
    assert filters.popup.filter == Filter(album_ids=frozenset([bees.id]))
    bridge.rename(bees.id, "Abeilles", lambda _: None)
    qtbot.waitUntil(lambda: filters.text == "Abeilles")
    assert filters.popup.filter == Filter(album_ids=frozenset([bees.id]))
    assert album.currentIndex() == 2
    bridge.delete(bees.id, lambda _: None)
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    assert filters.text == ""
    assert not filters.chip.isVisible()


@pytest.mark.usefixtures("theme")
def test_a_choice_stays_while_it_is_there(qtbot: QtBot) -> None:
    choice = KeptChoice([Entry("All", None)])
    qtbot.addWidget(choice)
    choice.offer([Entry("Ants", 1), Entry("Bees", 2)])
    choice.setCurrentIndex(2)
    with qtbot.assertNotEmitted(choice.currentIndexChanged):
        choice.offer([Entry("Ants", 1), Entry("Bees", 2)])
    with qtbot.waitSignal(choice.currentIndexChanged):
        choice.offer([Entry("A new one", 3), Entry("Ants", 1), Entry("Wasps", 2)])
    assert (choice.value, choice.currentText()) == (2, "Wasps")
    with qtbot.waitSignal(choice.currentIndexChanged):
        choice.offer([Entry("Ants", 1)])
    assert (choice.value, choice.currentText()) == (None, "All")


@pytest.mark.usefixtures("theme")
def test_a_long_name_does_not_run_into_the_arrow(qtbot: QtBot) -> None:
    choice = KeptChoice([Entry("M" * 200, None)])
    qtbot.addWidget(choice)
    choice.resize(300, 40)
    long = choice.grab().toImage()
    choice.offer([Entry("short", 1)])
    choice.setCurrentIndex(1)
    short = choice.grab().toImage()
    # The arrow and what is left of it are drawn alike, whatever stands before them.
    arrow = QRect(300 - 34, 0, 34, 40)
    assert long.copy(arrow) == short.copy(arrow)
    assert long != short


def test_every_part_of_the_popup_says_its_name(window: MainWindow) -> None:
    popup = window.query_pane.filters.popup
    assert popup.accessibleName() == "Filters"
    labels = {label.text() for label in popup.findChildren(QLabel)}
    assert {"Folder", "Album", "Taken", "Format"} <= labels
    for kind in (QComboBox, QDateEdit):
        assert all(each.accessibleName() for each in popup.findChildren(kind))
