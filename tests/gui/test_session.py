"""The next window shows what the last one did, and where somebody stood in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopsearch.gui.main_window import MainWindow
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import put


@pytest.fixture
def closed(qtbot: QtBot) -> Callable[[MainWindow], None]:
    def close(window: MainWindow) -> None:
        with qtbot.waitSignal(window.ended, timeout=10_000):
            window.close()

    return close


def names(window: MainWindow) -> list[str]:
    return [Path(os.fsdecode(hit.path)).name for hit in window.model.hits]


def test_query_place_and_shape_come_back(
    open_window: Opener,
    qtbot: QtBot,
    indexed: Indexed,
    closed: Callable[[MainWindow], None],
) -> None:
    first = open_window(indexed.library)
    first.resize(900, 560)
    first.splitter.setSizes([320, 580])
    first.results.set_zoom(288)
    first.intake.look_for_file(os.fsencode(indexed.files[5]))
    qtbot.waitUntil(lambda: first.model.rowCount() == 12, timeout=ANSWER_MS)
    first.results.setCurrentIndex(first.model.index(9))
    bar = first.results.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 200)
    bar.setValue(200)
    wanted = (names(first), bar.value(), first.panel.width(), first.results.currentIndex().row())
    assert wanted[1] == 200
    closed(first)
    second = open_window(indexed.library)
    qtbot.waitUntil(lambda: second.model.rowCount() == 12, timeout=ANSWER_MS)
    assert (
        names(second),
        second.results.verticalScrollBar().value(),
        second.panel.width(),
        second.results.currentIndex().row(),
    ) == wanted
    second.searches.clear()
    closed(second)
    third = open_window(indexed.library)
    qtbot.waitUntil(lambda: third.pages.title.startswith("Drop a picture"))
    qtbot.wait(200)
    assert third.searches.current is None, "what was cleared does not come back"


def test_a_pasted_picture_comes_back_too(
    open_window: Opener,
    qtbot: QtBot,
    indexed: Indexed,
    closed: Callable[[MainWindow], None],
) -> None:
    first = open_window(indexed.library)
    QApplication.clipboard().setImage(QImage(str(indexed.files[4])))
    first.intake.paste()
    qtbot.waitUntil(lambda: first.model.rowCount() == 12, timeout=ANSWER_MS)
    closed(first)
    second = open_window(indexed.library)
    qtbot.waitUntil(lambda: second.model.rowCount() == 12, timeout=ANSWER_MS)
    assert names(second)[0] == "0004.jpg"
    second.searches.clear()


def test_a_query_whose_file_is_gone_is_no_matter(
    open_window: Opener,
    qtbot: QtBot,
    indexed: Indexed,
    tmp_path: Path,
    closed: Callable[[MainWindow], None],
) -> None:
    picture = put(tmp_path / "query.jpg", 50)
    first = open_window(indexed.library)
    first.intake.look_for_file(os.fsencode(picture))
    qtbot.waitUntil(lambda: first.model.rowCount() == 12, timeout=ANSWER_MS)
    closed(first)
    picture.unlink()
    second = open_window(indexed.library)
    with qtbot.waitSignal(second.searches.failed, timeout=ANSWER_MS):
        pass
    qtbot.waitUntil(lambda: second.pages.title.startswith("Drop a picture"))


def test_a_file_that_is_given_goes_before(
    open_window: Opener,
    qtbot: QtBot,
    indexed: Indexed,
    closed: Callable[[MainWindow], None],
) -> None:
    first = open_window(indexed.library)
    first.intake.look_for_file(os.fsencode(indexed.files[1]))
    qtbot.waitUntil(lambda: first.model.rowCount() == 12, timeout=ANSWER_MS)
    closed(first)
    second = open_window(indexed.library, query=indexed.files[2])
    qtbot.waitUntil(lambda: second.model.rowCount() == 12, timeout=ANSWER_MS)
    qtbot.wait(100)
    assert names(second)[0] == "0002.jpg"
    second.searches.clear()
