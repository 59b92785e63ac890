"""The photos of an album in the grid: in the real window over the real services."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopsearch.domain.library import PhotoFacts
from desktopsearch.gui.hover import hover_text
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.theme import Theme
from tests.gui.album_list import mark, shown
from tests.gui.conftest import Indexed, Opener
from tests.gui.dated_library import make_dated_library, names, put_dated
from tests.gui.waiting import ANSWER_MS, look_for

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Five photos, each a day younger than the one before."""
    return put_dated([tmp_path / "photos" / f"{number}.jpg" for number in range(5)])


@pytest.fixture
def window(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, files: list[Path], tmp_path: Path
) -> MainWindow:
    """A window with an album Ants of the first four photos, and an empty one, Bees."""
    albums = {"Ants": files[:4], "Bees": []}
    make_dated_library(tmp_path / "library", indexed, files, albums)
    opened = open_window()
    qtbot.waitUntil(lambda: [*shown(opened)] == ["Ants", "Bees"])
    return opened


def open_album(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Click an album and wait for its photos."""
    view = window.albums_panel.view
    row = window.albums_panel.model.row_of(shown(window)[name].id)
    assert row is not None
    place = view.visualRect(window.albums_panel.model.index(row)).center()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.mouseClick(view.viewport(), CLICK, pos=place)


def test_a_click_shows_the_photos_of_an_album_the_latest_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    open_album(qtbot, window, "Ants")
    assert names(window) == ["3.jpg", "2.jpg", "1.jpg", "0.jpg"]
    pane = window.query_pane
    assert (pane.title, pane.summary) == ("Ants", "4 photos, the latest first")
    assert not pane.radius.isVisible()
    hit = window.model.hits[0]
    assert "bits from the query" not in hover_text(hit)
    told: list[object] = []
    PhotoBridge(window.bridge).fetch_facts(hit.photo_id, told.append)
    qtbot.waitUntil(lambda: bool(told))
    [facts] = told
    assert isinstance(facts, PhotoFacts)
    assert facts.albums == ("Ants",)
    assert "<br>in Ants" in hover_text(hit, facts)
    index = window.model.index(0)
    spoken = Qt.ItemDataRole.AccessibleTextRole
    qtbot.waitUntil(lambda: index.data(spoken) == "3.jpg, in Ants")
    interface = QAccessible.queryAccessibleInterface(window.results)
    assert interface.text(QAccessible.Text.Name) == "Photos that were found"
    QTest.keySequence(window, QKeySequence("Ctrl+E"))
    assert pane.crop.isHidden(), "there is no picture to crop"
    assert window.recent.entries == ()


def test_the_album_that_is_shown_is_marked_and_no_other(
    window: MainWindow, qtbot: QtBot, theme: Theme
) -> None:
    view, model = window.albums_panel.view, window.albums_panel.model

    def marked() -> list[str]:
        image = view.viewport().grab().toImage()
        places = [view.visualRect(model.index(row)).center() for row in range(2)]
        colours = [image.pixelColor(place * image.devicePixelRatio()) for place in places]
        soft = theme.colour("accent_soft")
        return [name for name, colour in zip(shown(window), colours, strict=True) if colour == soft]

    assert marked() == []
    open_album(qtbot, window, "Ants")
    assert marked() == ["Ants"]
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.mouseClick(window.panel.all_photos, CLICK)
    assert marked() == [], "the last album is no longer shown"
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.go_back()
    assert marked() == ["Ants"]
    window.searches.clear()
    assert marked() == []


def test_no_distance_is_too_large_for_an_album(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    look_for(qtbot, window, files[4])
    window.query_pane.radius.set_distance(0)
    assert names(window) == ["4.jpg"]
    open_album(qtbot, window, "Ants")
    assert len(names(window)) == 4


def test_enter_shows_it_and_the_way_leads_back_and_forward(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    look_for(qtbot, window, files[4])
    mark(window, "Ants")
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.albums_panel.view, Qt.Key.Key_Return)
    assert window.query_pane.title == "Ants"
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Left"))
    assert (window.query_pane.title, names(window)[0]) == ("4.jpg", "4.jpg")
    assert window.query_pane.radius.isVisible()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Right"))
    assert (window.query_pane.title, len(names(window))) == ("Ants", 4)


def take_the_second_ant_out(qtbot: QtBot, window: MainWindow) -> None:
    """Open the album and press the key."""
    open_album(qtbot, window, "Ants")
    window.results.setCurrentIndex(window.model.index(1))
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(window) == ["3.jpg", "1.jpg", "0.jpg"])


def test_what_is_taken_out_leaves_the_grid_at_once_and_undo_brings_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    take_the_second_ant_out(qtbot, window)
    assert window.query_pane.summary == "3 photos, the latest first"
    assert window.notices.text == "1 photo taken out of “Ants”."
    QTest.keySequence(window, QKeySequence("Ctrl+Z"))
    qtbot.waitUntil(lambda: len(names(window)) == 4)


def selected(window: MainWindow) -> list[str]:
    """The names of the selected photos; one that is alone is the current one, too."""
    chosen = [hit.path for hit in window.results.selected_hits()]
    if len(chosen) == 1:
        current = window.results.currentIndex()
        assert current.isValid()
        assert window.model.hit(current).path == chosen[0]
    return [os.fsdecode(os.path.basename(path)) for path in chosen]  # noqa: PTH119 - bytes


def test_the_photo_that_comes_into_the_place_of_one_that_is_taken_out_is_the_next(
    window: MainWindow, qtbot: QtBot
) -> None:
    take_the_second_ant_out(qtbot, window)
    assert selected(window) == ["1.jpg"]
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    assert selected(window) == ["0.jpg"], "before there is an answer"
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(window) == ["3.jpg"])
    assert selected(window) == ["3.jpg"], "the last was taken out"
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(window) == [])
    assert shown(window)["Ants"].photos == 0


def test_of_several_runs_that_are_taken_out_the_gap_after_the_first_is_selected(
    window: MainWindow, qtbot: QtBot
) -> None:
    open_album(qtbot, window, "Ants")
    flags = QItemSelectionModel.SelectionFlag
    # One after the other, so that the first two are no single range.
    for row in (3, 0, 1):
        window.results.selectionModel().select(window.model.index(row), flags.Select)
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(window) == ["1.jpg"])
    assert selected(window) == ["1.jpg"]


def test_a_key_that_takes_out_does_nothing_among_similar_photos(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    look_for(qtbot, window, files[0])
    window.results.setCurrentIndex(window.model.index(0))
    QTest.keyClick(window.results, Qt.Key.Key_Delete)
    open_album(qtbot, window, "Ants")
    assert len(names(window)) == 4


def test_photos_still_shown_of_another_album_are_not_taken_out_of_the_next(
    window: MainWindow, qtbot: QtBot
) -> None:
    open_album(qtbot, window, "Ants")
    window.results.setCurrentIndex(window.model.index(0))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.results, Qt.Key.Key_2)
        qtbot.waitUntil(lambda: shown(window)["Bees"].photos == 1)
        window.albums.show_wanted.emit(shown(window)["Bees"])
        assert len(names(window)) == 4, "no answer yet"
        QTest.keyClick(window.results, Qt.Key.Key_Delete)
    assert names(window) == ["3.jpg"]
    qtbot.wait(50)
    assert shown(window)["Bees"].photos == 1


def test_an_empty_album_says_how_to_fill_it(window: MainWindow, qtbot: QtBot) -> None:
    open_album(qtbot, window, "Bees")
    assert window.pages.title == "“Bees” has no photos yet"
    assert "press 2" in window.pages.text
    assert window.query_pane.summary == "0 photos"


def test_photos_that_are_gone_are_counted_and_not_shown(
    window: MainWindow, qtbot: QtBot, files: list[Path]
) -> None:
    for file in files[:3]:
        file.unlink()
    open_album(qtbot, window, "Ants")
    assert names(window) == ["3.jpg"], "also before they are missed by a scan"
    qtbot.waitUntil(lambda: window.query_pane.summary == "1 photo, 3 are gone")
    files[3].unlink()
    qtbot.waitUntil(lambda: window.pages.title == "The photos of “Ants” are gone")


def test_a_new_name_and_the_end_of_an_album_are_followed(window: MainWindow, qtbot: QtBot) -> None:
    open_album(qtbot, window, "Ants")
    album = shown(window)["Ants"]
    window.bridge.ask(lambda session: session.labelling.rename(album.id, "Cows"), lambda _: None)
    qtbot.waitUntil(lambda: window.query_pane.title == "Cows")
    window.bridge.ask(lambda session: session.labelling.delete(album.id), lambda _: None)
    qtbot.waitUntil(lambda: window.pages.title == "This album cannot be shown")
    assert window.pages.text == "This album is no longer there."
    window.albums.undo()
    qtbot.waitUntil(lambda: len(names(window)) == 4)


def test_going_back_to_an_album_shows_the_name_that_it_has_now(
    window: MainWindow, qtbot: QtBot
) -> None:
    open_album(qtbot, window, "Ants")
    album = shown(window)["Ants"]
    open_album(qtbot, window, "Bees")
    window.bridge.ask(lambda session: session.labelling.rename(album.id, "Cows"), lambda _: None)
    qtbot.waitUntil(lambda: "Cows" in shown(window))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.go_back()
    assert window.query_pane.title == "Cows"


def test_what_is_done_to_another_album_asks_for_nothing(window: MainWindow, qtbot: QtBot) -> None:
    open_album(qtbot, window, "Ants")
    answers: list[object] = []
    window.searches.answered.connect(answers.append)
    window.albums.add(shown(window)["Bees"], [window.model.hits[0].photo_id])
    qtbot.waitUntil(lambda: shown(window)["Bees"].photos == 1)
    window.albums.remove(shown(window)["Ants"], [window.model.hits[0].photo_id])
    qtbot.waitUntil(lambda: len(names(window)) == 3)
    assert len(answers) == 1


def test_an_album_comes_back_with_the_next_window(
    window: MainWindow, open_window: Opener, qtbot: QtBot, files: list[Path]
) -> None:
    look_for(qtbot, window, files[4])
    open_album(qtbot, window, "Ants")
    window.results.setCurrentIndex(window.model.index(2))
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    second = open_window()
    qtbot.waitUntil(lambda: len(names(second)) == 4)
    assert second.query_pane.title == "Ants"
    assert second.results.currentIndex().row() == 2
    assert not second.searches.can_go_back
