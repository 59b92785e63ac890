"""Dots on the cells of the grid say in which albums photos are, and so do their spoken names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.albums import PALETTE, Album
from desktopsearch.gui.album_marks import AlbumMarks
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from tests.gui.album_list import make, shown
from tests.gui.conftest import Indexed, Opener
from tests.gui.test_results import hits
from tests.gui.waiting import look_for
from tests.journeys.command import Desktopsearch

NAMES = ("Ants", "Bees", "Cicadas", "Dragonflies", "Earwigs", "Fleas")


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, library: Path, indexed: Indexed) -> MainWindow:
    """A window with photos and the albums Ants and Bees."""
    opened = open_window(library)
    make(qtbot, opened, *NAMES[:2])
    look_for(qtbot, opened, indexed.files[3])
    opened.results.setCurrentIndex(opened.model.index(1))
    opened.results.setFocus()
    return opened


def said(window: MainWindow, row: int) -> str:
    """What a screen reader says of a photo."""
    return str(window.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole))


def places_of(view: ResultsView, row: int, colour: str) -> list[int]:
    """Where in a cell, from its left in pixels, the line of the name has a colour."""
    cell = view.visualRect(view.model().index(row, 0))
    line = QRect(cell.left(), cell.bottom() - 22, cell.width(), 22)
    image = view.viewport().grab(line).toImage()
    wanted = QColor(colour).rgb()
    return [
        x
        for x in range(image.width())
        if any(image.pixel(x, y) == wanted for y in range(image.height()))
    ]


def test_dots_and_spoken_names_follow_keys_undo_names_and_colours(
    window: MainWindow, qtbot: QtBot
) -> None:
    before = said(window, 1)
    ants = shown(window)["Ants"]
    assert places_of(window.results, 1, ants.colour) == []
    QTest.keyClick(window.results, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: said(window, 1) == f"{before}, in Ants")
    assert places_of(window.results, 1, ants.colour)
    assert places_of(window.results, 2, ants.colour) == []
    QTest.keyClick(window.results, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: said(window, 1) == f"{before}, in Ants, Bees")
    window.albums.recolour(ants, PALETTE["pink"])
    qtbot.waitUntil(lambda: bool(places_of(window.results, 1, PALETTE["pink"])))
    window.albums.undo()
    window.albums.undo()
    qtbot.waitUntil(lambda: said(window, 1) == f"{before}, in Ants")
    assert places_of(window.results, 1, ants.colour)
    window.albums.reject(ants, [window.model.hits[1].photo_id])
    qtbot.waitUntil(lambda: said(window, 1) == before)
    assert places_of(window.results, 1, ants.colour) == []


def test_what_the_command_line_has_said_is_marked_when_the_window_opens(
    open_window: Opener,
    qtbot: QtBot,
    library: Path,
    indexed: Indexed,
) -> None:
    command = Desktopsearch(library, cold=True)
    command.json("albums", "create", "Ants")
    command.json("albums", "add", "Ants", str(indexed.files[3]))
    window = open_window(library)
    look_for(qtbot, window, indexed.files[3])
    qtbot.waitUntil(lambda: said(window, 0).endswith(", in Ants"))


def test_no_more_photos_are_kept_than_fit(window: MainWindow, qtbot: QtBot) -> None:
    ants = shown(window)["Ants"]
    photo_ids = [hit.photo_id for hit in window.model.hits[:6]]
    window.albums.add(ants, photo_ids)
    qtbot.waitUntil(lambda: said(window, 5).endswith("in Ants"))
    marks = AlbumMarks(window.albums, most_kept=3)
    window.albums.changed.emit()
    for some, others in ((photo_ids[:3], photo_ids[3:]), (photo_ids[3:], photo_ids[:3])) * 2:
        marks.want(some)
        qtbot.waitUntil(partial(_all_known, marks, some))
        assert not any(map(marks.of, others))


def _all_known(marks: AlbumMarks, photo_ids: Sequence[int]) -> bool:
    return all(map(marks.of, photo_ids))


@pytest.mark.parametrize("appearance", ["light", "dark", "contrast"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_four_dots_stand_before_the_name_and_a_sign_for_more(
    theme: Theme, qtbot: QtBot, tmp_path: Path, appearance: str, mirrored: bool
) -> None:
    colours = list(PALETTE.values())[: len(NAMES)]
    albums = [
        Album(number, name, colour, 1, 1, 0)
        for number, (name, colour) in enumerate(zip(NAMES, colours, strict=True), 1)
    ]
    of_photo: dict[int, Sequence[Album]] = {1: albums, 2: albums[:4], 3: albums[:1]}
    theme.set_appearance("light" if appearance == "light" else "dark")
    if appearance == "contrast":
        theme.set_appearance("contrast")
    model = ResultsModel(theme, lambda photo_id: of_photo.get(photo_id, ()))
    view = ResultsView(theme, Icons(theme), Thumbnails(LibraryPaths(tmp_path)), model)
    qtbot.addWidget(view)
    if mirrored:
        view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    view.resize(760, 700)
    view.show()
    model.set_hits(hits(1, 2, 3, 4))
    qtbot.wait(1)
    found = [places_of(view, 0, colour) for colour in colours]
    assert all(found[:4]), "each in its colour"
    assert found[4:] == [[], []]
    firsts = [places[0] for places in found[:4]]
    assert firsts == sorted(firsts, reverse=mirrored)
    widths = {places[-1] - places[0] for places in found[:4]}
    assert max(widths) < 10
    # The sign takes room, so the dots of what is in four albums stand nearer to the middle.
    four = places_of(view, 1, colours[0])
    assert (four[0] < firsts[0]) if mirrored else (four[0] > firsts[0])
    assert places_of(view, 2, colours[0])
    assert not any(places_of(view, 3, colour) for colour in colours)
    assert [str(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in (0, 3)] == [
        f"1.jpg, distance 1, in {', '.join(NAMES)}",
        "4.jpg, distance 4",
    ]
    theme.set_appearance("system")
