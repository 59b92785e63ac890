"""Queries of several pictures in the window: chips, menu, keys, drops, the way back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopsearch.domain.examples import MOST_PICTURES
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.query_chips import Chip
from desktopsearch.gui.query_zones import Zone
from desktopsearch.gui.recent_queries import read
from tests.gui.conftest import Indexed, Opener
from tests.gui.dragging import drop, urls
from tests.gui.waiting import ANSWER_MS, look_for
from tests.gui.walking import focusable, spoken_name, walk
from tests.journeys.photographs import put, put_bytes

Key = Qt.Key


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path) -> MainWindow:
    """A window over a library of its own, in which photos like 0001.jpg are shown."""
    shutil.copytree(indexed.library, tmp_path / "library")
    made = open_window()
    look_for(qtbot, made, indexed.files[1])
    return made


def hit_of(window: MainWindow, name: str) -> SearchHit:
    return next(hit for hit in window.model.hits if os.fsdecode(hit.path).endswith(name))


def distances(window: MainWindow) -> dict[str, int]:
    return {Path(os.fsdecode(hit.path)).name: hit.distance for hit in window.model.hits}


def signs(window: MainWindow) -> list[str]:
    """The chips as they are told to who cannot see them."""
    return [spoken_name(chip.sign) for chip in shown(window)]


def shown(window: MainWindow) -> list[Chip]:
    return [chip for chip in window.query_pane.chips.chips if chip.isVisible()]


def select(window: MainWindow, *names: str) -> None:
    view, model = window.results, window.model
    view.clearSelection()
    for name in names:
        row = model.row_of(hit_of(window, name).photo_id)
        assert row is not None
        view.selectionModel().select(model.index(row), view.selectionModel().SelectionFlag.Select)
        view.setFocus()


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.results, key)


def act(window: MainWindow, text: str, *hits: SearchHit) -> QAction:
    menu = window.photo_menus.menu_for(hits)
    return next(each for each in menu.actions() if each.text() == text)


def test_photos_are_added_by_keys_and_the_distances_follow(
    window: MainWindow, qtbot: QtBot
) -> None:
    first = distances(window)
    assert shown(window) == [], "one picture needs no chip"
    select(window, "0002.jpg")
    press(window, qtbot, Key.Key_Plus)
    assert signs(window) == ["Like “0001.jpg”", "Like “0002.jpg”"]
    both = distances(window)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_photo(hit_of(window, "0002.jpg"))
    second = distances(window)
    assert both == {name: int((first[name] + second[name]) / 2 + 0.5) for name in first}
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Left"))
    assert distances(window) == both
    select(window, "0003.jpg", "0004.jpg")
    press(window, qtbot, Key.Key_Minus)
    assert signs(window)[2:] == ["Unlike “0003.jpg”", "Unlike “0004.jpg”"]
    assert distances(window)["0003.jpg"] > both["0003.jpg"]
    assert window.query_pane.title == "0001.jpg"


def test_the_menu_does_the_same(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        act(window, "Add to the query as unlike", hit_of(window, "0005.jpg")).trigger()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        act(window, "Add to the query as alike", hit_of(window, "0006.jpg")).trigger()
    assert signs(window) == ["Like “0001.jpg”", "Unlike “0005.jpg”", "Like “0006.jpg”"]
    # The same photo once more: it is taken for what was said last.
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        act(window, "Add to the query as alike", hit_of(window, "0005.jpg")).trigger()
    assert signs(window) == ["Like “0001.jpg”", "Like “0005.jpg”", "Like “0006.jpg”"]


def test_chips_turn_and_go_by_keyboard_and_something_stays_to_be_looked_for(
    window: MainWindow, qtbot: QtBot
) -> None:
    for name in ("0002.jpg", "0003.jpg"):
        select(window, name)
        press(window, qtbot, Key.Key_Plus)

    def push(name: str) -> None:
        button = next(each for each in focusable(window) if spoken_name(each) == name)
        button.setFocus(Qt.FocusReason.TabFocusReason)
        with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
            QTest.keyClick(button, Key.Key_Space)

    push("Like “0001.jpg”")
    assert signs(window) == ["Like “0002.jpg”", "Unlike “0001.jpg”", "Like “0003.jpg”"]
    assert window.query_pane.title == "0002.jpg", "what is unlike never leads"
    focused = QApplication.focusWidget()
    assert focused is shown(window)[0].sign, "the focus stays among the chips"
    push("Take “0003.jpg” out of the query")
    assert signs(window) == ["Like “0002.jpg”", "Unlike “0001.jpg”"]
    assert not shown(window)[0].remove.isEnabled()
    assert not shown(window)[0].sign.isEnabled()
    push("Take “0001.jpg” out of the query")
    assert shown(window) == []
    assert window.query_pane.title == "0002.jpg"


def test_tab_reaches_the_chips_in_their_order(window: MainWindow, qtbot: QtBot) -> None:
    select(window, "0002.jpg")
    press(window, qtbot, Key.Key_Plus)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    names = [spoken_name(each) for each in walk(window)]
    at = names.index("Like “0001.jpg”")
    assert [*names, *names][at : at + 4] == [
        "Like “0001.jpg”",
        "Take “0001.jpg” out of the query",
        "Like “0002.jpg”",
        "Take “0002.jpg” out of the query",
    ]
    assert names.index("Clear the query") < at or names[0] == "Like “0001.jpg”"


def test_the_way_back_and_the_next_session_keep_the_whole_set(
    window: MainWindow, qtbot: QtBot, open_window: Opener, indexed: Indexed, tmp_path: Path
) -> None:
    QApplication.clipboard().setImage(QImage(str(indexed.files[7])))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Ctrl+Shift+V"))
    assert signs(window) == ["Like “0001.jpg”", "Like “Pasted picture”"]
    select(window, "0002.jpg")
    press(window, qtbot, Key.Key_Minus)
    wanted, found = signs(window), distances(window)
    look_for(qtbot, window, indexed.files[9])
    assert shown(window) == []
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Left"))
    assert (signs(window), distances(window)) == (wanted, found)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Left"))
    assert signs(window) == wanted[:2]
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence("Alt+Right"))
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    kept = read(tmp_path / "library" / "recent-queries.json")
    assert [each.title for each in kept] == ["0001.jpg", "0009.jpg"]
    names = [action.text() for action in window.query_pane.recent.menu().actions()]
    assert names[:2] == ["0001.jpg and 2 more pictures", "0009.jpg"]
    second = open_window()
    qtbot.waitUntil(lambda: bool(second.model.hits))
    assert signs(second) == wanted
    again = distances(second)
    # What was pasted is kept as it was compared, which is a little less.
    assert max(abs(again[name] - found[name]) for name in found) <= 3


def test_files_are_dropped_on_the_zones_of_the_query(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    pane, zones = window.query_pane, window.intake.zones

    def put_on(zone: Zone, *files: Path) -> None:
        zones.invite()
        place = pane.mapTo(window, zones.middle_of(zone))
        zones.hide()
        with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
            drop(urls(files), window, at=place)
        assert not zones.isVisible()

    put_on(Zone.LIKE, indexed.files[4], indexed.files[5])
    assert signs(window) == ["Like “0001.jpg”", "Like “0004.jpg”", "Like “0005.jpg”"]
    put_on(Zone.UNLIKE, indexed.files[6])
    assert signs(window)[3:] == ["Unlike “0006.jpg”"]
    put_on(Zone.QUERY, indexed.files[8])
    assert (window.query_pane.title, shown(window)) == ("0008.jpg", [])


def test_a_drop_with_control_adds_wherever_it_falls(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        drop(urls(indexed.files[4:5]), window, keys=Qt.KeyboardModifier.ControlModifier)
    assert signs(window) == ["Like “0001.jpg”", "Like “0004.jpg”"]


def test_without_a_query_a_picture_begins_one_but_none_is_unlike(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    hit = hit_of(window, "0003.jpg")
    window.searches.clear()
    window.intake.add_photos([hit], alike=False)
    assert window.notices.text.startswith("Look for photos like a picture first")
    assert window.searches.current is None
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.add_photos([hit], alike=True)
    assert window.query_pane.title == "0003.jpg"
    window.searches.clear()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        drop(urls(indexed.files[4:5]), window, keys=Qt.KeyboardModifier.ControlModifier)
    assert window.query_pane.title == "0004.jpg"


def test_there_are_no_more_than_a_query_may_have(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.add_photos(window.model.hits, alike=True)
    assert len(shown(window)) == MOST_PICTURES
    outside = put(tmp_path / "outside.jpg", 77)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        drop(urls([outside]), window, keys=Qt.KeyboardModifier.ControlModifier)
    assert len(shown(window)) == MOST_PICTURES
    assert window.notices.text == f"A query has at most {MOST_PICTURES} pictures."
    pane = window.query_pane
    window.resize(620, 700)
    qtbot.wait(20)
    chips = shown(window)
    assert len({chip.y() for chip in chips}) > 1, "they break into rows"
    assert all(chip.geometry().right() <= pane.chips.width() for chip in chips)


def test_a_picture_that_cannot_be_read_is_named_and_can_be_taken_out(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    words = put_bytes(tmp_path / "words.jpg", b"These are only words.")
    with qtbot.waitSignal(window.searches.failed, timeout=ANSWER_MS):
        drop(urls([words]), window, keys=Qt.KeyboardModifier.ControlModifier)
    assert "Picture 2 of the query cannot be read" in window.pages.text
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        shown(window)[1].remove.click()
    assert window.model.rowCount() == 12


def test_the_crop_of_the_first_picture_leaves_the_others(window: MainWindow, qtbot: QtBot) -> None:
    select(window, "0002.jpg")
    press(window, qtbot, Key.Key_Plus)
    before = distances(window)
    window.query_pane.toggle_crop()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.query_pane.crop.editor.move_edges(1, 0, QPointF(0.5, 0.0))
    window.query_pane.toggle_crop()
    assert signs(window) == ["Like “0001.jpg”", "Like “0002.jpg”"]
    assert distances(window) != before
