"""The slider between what looks alike and what was taught."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.services import generations
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS, look_for
from tests.gui.walking import focusable, spoken_name
from tests.services.made_up_library import teach_at_random


@pytest.fixture
def library(indexed: Indexed, tmp_path: Path) -> Path:
    """The library of the twelve photos, whose searches use 64 bits that were taught."""
    shutil.copytree(indexed.library, tmp_path / "library")
    with Library.open_writer(LibraryPaths(tmp_path / "library")) as library:
        library.switch_to(teach_at_random(library, 64, 5), back=False)
    return tmp_path / "library"


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed, library: Path) -> MainWindow:
    made = open_window(library)
    look_for(qtbot, made, indexed.files[1])
    qtbot.waitUntil(made.query_pane.taste.isVisible)
    return made


def slider(window: MainWindow) -> QSlider:
    found = window.query_pane.taste.findChild(QSlider)
    assert isinstance(found, QSlider)
    return found


def order(window: MainWindow) -> list[int]:
    return [hit.photo_id for hit in window.model.hits]


def move(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(slider(window), key)


def test_the_slider_leads_from_the_taught_order_to_that_of_the_model(
    window: MainWindow, qtbot: QtBot, open_window: Opener, indexed: Indexed
) -> None:
    pane = window.query_pane
    assert pane.taste.share == 1.0
    taught = order(window)
    move(window, qtbot, Qt.Key.Key_Left)
    assert pane.taste.share == 0.75
    move(window, qtbot, Qt.Key.Key_Home)
    by_model = order(window)
    assert by_model != taught
    plain = open_window(indexed.library)
    look_for(qtbot, plain, indexed.files[1])
    assert by_model == order(plain)
    assert not plain.query_pane.taste.isVisible(), "nothing was taught there"
    move(window, qtbot, Qt.Key.Key_End)
    assert order(window) == taught


def test_it_is_reached_and_named_and_says_where_it_stands(window: MainWindow, qtbot: QtBot) -> None:
    names = [spoken_name(each) for each in focusable(window)]
    assert "Between what looks alike and what was taught" in names
    assert slider(window).accessibleDescription() == "4 of 4 steps towards what was taught"
    move(window, qtbot, Qt.Key.Key_Left)
    assert slider(window).accessibleDescription() == "3 of 4 steps towards what was taught"


def test_the_finer_order_knows_nothing_of_it(window: MainWindow, qtbot: QtBot) -> None:
    move(window, qtbot, Qt.Key.Key_Home)
    mixed = order(window)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        window.query_pane.set_finer(True)
    qtbot.waitUntil(lambda: window.model.hits[0].cosine is not None)
    assert answered.args is not None
    assert not slider(window).isEnabled()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.query_pane.set_finer(False)
    qtbot.waitUntil(lambda: order(window) == mixed)
    assert slider(window).isEnabled()


def test_a_switch_takes_the_slider_away_and_brings_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    taught = order(window)
    move(window, qtbot, Qt.Key.Key_Home)
    by_model = order(window)
    taste = window.query_pane.taste

    def go_back(session: WritingSession) -> None:
        session.switching.switch_to(generations.before_active(session.library), back=True)

    window.bridge.ask(go_back, lambda _: None)
    qtbot.waitUntil(lambda: not taste.isVisible())
    qtbot.waitUntil(lambda: order(window) == by_model and window.model.hits[1].distance > 0)
    assert taste.share == 1.0

    def again(session: WritingSession) -> None:
        made = next(
            each for each in generations.every(session.library) if each.generation.bits == 64
        )
        session.switching.switch_to(made.generation)

    window.bridge.ask(again, lambda _: None)
    qtbot.waitUntil(taste.isVisible)
    qtbot.waitUntil(lambda: order(window) == taught)


def test_an_album_is_listed_without_it(window: MainWindow, qtbot: QtBot) -> None:
    window.bridge.ask(lambda session: session.labelling.create("Some"), lambda _: None)
    qtbot.waitUntil(lambda: bool(window.albums.albums))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.albums.show_wanted.emit(window.albums.albums[0])
    assert not window.query_pane.taste.isVisible()
