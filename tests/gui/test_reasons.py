"""Why a photo is among the results: asked by menu and key, said in words."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopsearch.domain.examples import Example
from desktopsearch.domain.explaining import AlbumTrait, Explanation
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.reason_dialog import ReasonDialog, SharedBar
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import Indexed, Opener
from tests.gui.test_accessibility import nameless
from tests.gui.waiting import ANSWER_MS, look_for


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path) -> MainWindow:
    shutil.copytree(indexed.library, tmp_path / "library")
    made = open_window()
    look_for(qtbot, made, indexed.files[1])
    return made


def opened(window: MainWindow, qtbot: QtBot) -> ReasonDialog:
    qtbot.waitUntil(lambda: window.findChild(ReasonDialog) is not None)
    dialog = window.findChild(ReasonDialog)
    assert dialog is not None
    return dialog


def said(dialog: ReasonDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_a_key_asks_and_the_answer_has_the_figures_of_the_results(
    window: MainWindow, qtbot: QtBot
) -> None:
    hit = window.model.hits[4]
    window.results.set_current_photo(hit.photo_id)
    window.results.setCurrentIndex(window.model.index(4))
    QTest.keyClick(window.results, Qt.Key.Key_W)
    texts = said(opened(window, qtbot))
    name = Path(os.fsdecode(hit.path)).name
    assert {"0001.jpg", name} <= set(texts)
    assert f"Distance {hit.distance}: {256 - hit.distance} of 256 bits agree." in texts
    farther = sum(each.distance > hit.distance for each in window.model.hits)
    assert f"Nearer than {100 * farther / 11:.1f} % of the other 11 photos." in texts
    assert texts[-1].startswith("With albums of three photos or more")


def test_the_menu_asks_for_one_photo_that_was_compared(window: MainWindow, qtbot: QtBot) -> None:
    hits = window.model.hits

    def act(*of: SearchHit) -> bool:
        menu = window.photo_menus.menu_for(of)
        [action] = [each for each in menu.actions() if each.text() == "Why is this one here?"]
        action.trigger()
        return action.isEnabled()

    assert not act(hits[0], hits[1])
    assert window.findChild(ReasonDialog) is None
    assert act(hits[2])
    opened(window, qtbot).close()


def test_several_pictures_are_told_one_by_one(window: MainWindow, qtbot: QtBot) -> None:
    hits = window.model.hits
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.add_photos([hits[3]], alike=True)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.add_photos([hits[5]], alike=False)
    asked = next(hit for hit in window.model.hits if hit.photo_id == hits[3].photo_id)
    window.reasons.show(asked)
    texts = said(opened(window, qtbot))
    names = [Path(os.fsdecode(hit.path)).name for hit in hits]
    assert f"Distance {asked.distance}, made of those to 3 pictures:" in texts
    lines = next(text for text in texts if text.startswith("Like “0001.jpg”")).splitlines()
    assert lines[0] == f"Like “0001.jpg”: distance {hits[3].distance}"
    assert lines[1] == f"Like “{names[3]}”: distance 0"
    assert lines[2].startswith(f"Unlike “{names[5]}”: distance ")
    assert texts[0] == names[3], "the picture that it is most like"


def test_what_was_found_in_an_album_has_no_reason(window: MainWindow, qtbot: QtBot) -> None:
    listed = SearchHit(1, 0, b"/a.jpg", (), offline=False, compared=False)
    window.reasons.show(listed)
    qtbot.wait(50)
    assert window.findChild(ReasonDialog) is None


@pytest.mark.parametrize("stands_out", [True, False])
def test_albums_are_named_in_words_and_bars(
    window: MainWindow, theme: Theme, *, stands_out: bool
) -> None:
    chance = 0.001 if stands_out else 0.4
    traits = tuple(
        AlbumTrait(number, f"Album {number}", 20, 32, 8.2, chance, inside=number == 1)
        for number in range(5)
    )
    found = Explanation(7, 31, False, 256, (31,), 0, 0.992, 1_359, traits)
    hit = SearchHit(7, 31, b"/photos/rose.jpg", (), offline=False)
    pictures = [(Example(path=b"/query.jpg"), "query.jpg")]
    dialog = ReasonDialog(window, theme, hit, pictures, found, (QPixmap(40, 30), None))
    dialog.open()
    texts = said(dialog)
    assert "Nearer than 99.2 % of the other 1,359 photos." in texts
    named = [text for text in texts if text.startswith("Both look like")]
    bars = dialog.findChildren(SharedBar)
    if stands_out:
        assert named[0] == (
            "Both look like “Album 0”: they share 20 of its 32 typical bits. By chance it would"
            " be 8."
        )
        assert "in which this photo is" in named[1]
        assert len(named) == len(bars) == 3, "no more than can be taken in"
    else:
        assert (named, bars) == ([], [])
        assert any("no more than chance" in text for text in texts)
    assert nameless(dialog) == []
    dialog.close()
