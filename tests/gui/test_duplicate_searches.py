"""Near copies of one photo, asked for in its menu: in the real window over the real services."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktopsearch.domain.search import NEAR_COPY_BITS, SearchHit
from desktopsearch.gui.main_window import MainWindow
from tests.gui.conftest import Opener
from tests.gui.waiting import ANSWER_MS, look_for
from tests.journeys.photographs import content, put_bytes
from tests.landscapes import landscape


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A photo with a near copy, one with an exact copy, and one alone."""
    contents = {
        "saved.jpg": landscape(6)[1],
        "saved again.jpg": landscape(6, 60)[1],
        "twice.jpg": content(2),
        "copy/twice.jpg": content(2),
        "alone.jpg": content(3),
    }
    return {name: put_bytes(tmp_path / "photos" / name, each) for name, each in contents.items()}


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, files: dict[str, Path], tmp_path: Path) -> MainWindow:
    opened = open_window()
    opened.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: opened.activity.text == "4 photos, up to date", timeout=60_000)
    look_for(qtbot, opened, files["saved.jpg"])
    return opened


def find_duplicates(qtbot: QtBot, window: MainWindow, name: str) -> None:
    hit = next(each for each in window.model.hits if each.path.endswith(name.encode()))
    menu = window.photo_menus.menu_for([hit])
    [act] = [each for each in menu.actions() if each.text() == "Find duplicates"]
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        act.trigger()
    menu.deleteLater()


def distance(window: MainWindow) -> int | None:
    return window.query_pane.radius.distance


def names(window: MainWindow) -> list[str]:
    rows = range(window.model.rowCount())
    return [str(window.model.index(row).data()) for row in rows]


def test_near_and_exact_copies_are_found_and_nothing_else(window: MainWindow, qtbot: QtBot) -> None:
    assert len(names(window)) == 4
    find_duplicates(qtbot, window, "saved.jpg")
    assert names(window) == ["saved.jpg", "saved again.jpg"]
    assert window.query_pane.title == "Duplicates of saved.jpg"
    assert distance(window) == NEAR_COPY_BITS
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.go_back()
    assert distance(window) is None
    assert len(names(window)) == 4
    find_duplicates(qtbot, window, "twice.jpg")
    assert names(window) == ["twice.jpg"]
    hit = window.model.hits[0]
    assert isinstance(hit, SearchHit)
    assert len(hit.copies) == 1
    assert window.pages.title == ""


def test_a_photo_without_duplicates_is_said_to_have_none(window: MainWindow, qtbot: QtBot) -> None:
    window.query_pane.radius.set_distance(100)
    find_duplicates(qtbot, window, "alone.jpg")
    assert window.pages.title == "This photo has no duplicates"
    [button] = [
        each for each in window.pages.findChildren(QPushButton) if each.text().endswith("photos")
    ]
    button.click()
    assert window.pages.title == ""
    assert len(names(window)) == 4
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_photo(window.model.hits[0])
    assert distance(window) == 100, "as it was before"
    assert window.query_pane.title == "alone.jpg"
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.searches.go_back()
    assert window.pages.title == "This photo has no duplicates"
    window.searches.clear()
    assert distance(window) == 100
