"""Back and forward through queries, and the recent ones of earlier sessions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.framing import Framing
from desktopsearch.domain.kept_queries import KeptQuery
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.recent_queries import MOST, read, write
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS, first_name, look_for
from tests.journeys.photographs import put

Button = Qt.MouseButton


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path) -> MainWindow:
    """A window over a library of its own, with two queries behind it."""
    shutil.copytree(indexed.library, tmp_path / "library")
    made = open_window()
    look_for(qtbot, made, indexed.files[1])
    look_for(qtbot, made, indexed.files[2])
    return made


def press(window: MainWindow, qtbot: QtBot, keys: str) -> None:
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keySequence(window, QKeySequence(keys))


def test_keys_lead_back_and_forward(window: MainWindow, qtbot: QtBot, indexed: Indexed) -> None:
    pane = window.query_pane
    assert (pane.back.isVisible(), pane.forward.isVisible()) == (True, False)
    press(window, qtbot, "Alt+Left")
    assert first_name(window) == "0001.jpg"
    assert (pane.back.isEnabled(), pane.forward.isVisible()) == (False, True)
    press(window, qtbot, "Alt+Right")
    assert first_name(window) == "0002.jpg"
    assert (pane.back.isEnabled(), pane.forward.isVisible()) == (True, False)
    press(window, qtbot, "Alt+Left")
    look_for(qtbot, window, indexed.files[3])
    assert not window.searches.can_go_forward, "another query leads elsewhere"
    press(window, qtbot, "Alt+Left")
    assert first_name(window) == "0001.jpg"


def test_the_buttons_at_the_side_of_a_mouse_do_the_same(window: MainWindow, qtbot: QtBot) -> None:
    places: list[tuple[Qt.MouseButton, QWidget, str]] = [
        (Button.BackButton, window.results.viewport(), "0001.jpg"),
        (Button.ForwardButton, window.query_pane, "0002.jpg"),
        (Button.BackButton, window.activity, "0001.jpg"),
    ]
    for button, place, name in places:
        with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
            QTest.mouseClick(place, button)
        assert first_name(window) == name


def test_the_place_among_the_results_is_kept(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(760, 600)
    window.results.set_zoom(288)
    view, model = window.results, window.model
    for row in (7, 9):
        view.selectionModel().select(model.index(row), view.selectionModel().SelectionFlag.Select)
    view.set_current_photo(model.hits[9].photo_id)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    left_at, chosen = bar.value(), [hit.photo_id for hit in view.selected_hits()]
    assert left_at > 200
    assert len(chosen) == 2
    press(window, qtbot, "Alt+Left")
    assert bar.value() == 0
    view.clearSelection()
    press(window, qtbot, "Alt+Right")
    assert bar.value() == left_at
    assert [hit.photo_id for hit in view.selected_hits()] == chosen
    assert model.hit(view.currentIndex()).photo_id == chosen[1]


def test_a_cleared_query_is_found_behind(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keySequence(window, QKeySequence("Esc"))
    assert not window.query_pane.isVisible()
    press(window, qtbot, "Alt+Left")
    assert first_name(window) == "0002.jpg"
    press(window, qtbot, "Alt+Left")
    assert first_name(window) == "0001.jpg"


def test_the_crop_belongs_to_its_query(window: MainWindow, qtbot: QtBot) -> None:
    window.query_pane.toggle_crop()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.query_pane.crop.editor.move_edges(1, 0, QPointF(0.5, 0.0))
    press(window, qtbot, "Alt+Left")
    assert window.searches.current is not None
    assert window.searches.current.query.framing is None
    press(window, qtbot, "Alt+Right")
    window.query_pane.toggle_crop()
    assert window.query_pane.crop.editor.box == (0.0, 0.0, 0.5, 1.0)


def entries(window: MainWindow) -> dict[str, QAction]:
    return {each.text(): each for each in window.query_pane.recent.menu().actions()}


def close(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()


def test_recent_queries_come_back_in_another_session(
    window: MainWindow, open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    QApplication.clipboard().setImage(QImage(str(indexed.files[4])))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.paste()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_photo(window.model.hits[3])
    photo = first_name(window)
    look_for(qtbot, window, indexed.files[1])
    close(window, qtbot)
    second = open_window()
    qtbot.waitUntil(lambda: len(entries(second)) > 3)
    names = list(entries(second))
    assert names[:4] == ["0001.jpg", photo, "Pasted picture", "0002.jpg"], "each picture once"
    for name in (photo, "Pasted picture", "0002.jpg"):
        assert not entries(second)[name].icon().isNull()
        with qtbot.waitSignal(second.searches.answered, timeout=ANSWER_MS):
            entries(second)[name].trigger()
        assert first_name(second) == {"Pasted picture": "0004.jpg"}.get(name, name)


def test_a_recent_query_is_cropped_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, indexed: Indexed
) -> None:
    window.query_pane.toggle_crop()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.query_pane.crop.editor.move_edges(1, 0, QPointF(0.5, 0.0))
    assert len(window.recent.entries) == 2
    assert window.recent.entries[0].framing == Framing((0.0, 0.0, 0.5, 1.0))
    look_for(qtbot, window, indexed.files[5])
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        entries(window)["0002.jpg"].trigger()
    assert answered.args is not None
    assert answered.args[0].query.framing == Framing((0.0, 0.0, 0.5, 1.0))
    stored = tmp_path / "library" / "recent-queries.json"
    qtbot.waitUntil(stored.exists, timeout=5_000)


def test_recent_queries_are_offered_on_the_first_page_and_cleared(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    stored = tmp_path / "library" / "recent-queries.json"
    qtbot.waitUntil(stored.exists, timeout=5_000)
    window.searches.clear()
    offer = next(
        each for each in window.pages.findChildren(QPushButton) if each.text() == "Recent queries"
    )
    assert offer.isVisible()
    QTest.mouseClick(offer, Button.LeftButton)
    menu = window.query_pane.recent.menu()
    assert menu.isVisible()
    menu.close()
    QTest.keySequence(window, QKeySequence("Ctrl+H"))
    assert menu.isVisible()
    menu.close()
    entries(window)["Clear recent queries"].trigger()
    assert not offer.isVisible()
    assert list(entries(window)) == ["No recent queries yet"]
    assert not entries(window)["No recent queries yet"].isEnabled()
    qtbot.waitUntil(lambda: not stored.exists(), timeout=5_000)


def test_a_name_is_no_key_and_a_long_one_is_cut(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    look_for(qtbot, window, put(tmp_path / "cats & dogs.jpg", 7))
    look_for(qtbot, window, put(tmp_path / f"{'long' * 40}.jpg", 8))
    names = list(entries(window))
    assert names[1] == "cats && dogs.jpg"
    assert "…" in names[0]
    assert len(names[0]) < 80


def test_the_file_holds_no_more_than_twelve_and_no_large_picture(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for seed in range(20, 33):
        look_for(qtbot, window, put(tmp_path / f"{seed}.jpg", seed))
    close(window, qtbot)
    stored = tmp_path / "library" / "recent-queries.json"
    kept = json.loads(stored.read_bytes())
    assert [each["title"] for each in kept] == [f"{seed}.jpg" for seed in range(32, 20, -1)]
    assert len(kept) == MOST
    assert stored.stat().st_size < MOST * 8_000
    assert [each.name for each in stored.parent.iterdir() if "recent" in each.name] == [stored.name]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b'[{"title": "a"}]', b"\xff\xfe", b'[{"title":"a","picture":1}]']
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recent.json").write_bytes(content)
    assert read(tmp_path / "recent.json") == ()
    assert read(tmp_path / "none.json") == ()


def test_what_cannot_be_written_leaves_the_file_before(tmp_path: Path) -> None:
    file = tmp_path / "recent.json"
    write(file, (KeptQuery("a", b"jpeg", path=b"/\xff.jpg"),))
    assert read(file)[0].query.path == b"/\xff.jpg"
    write(tmp_path / "gone" / "recent.json", read(file))
    assert list(tmp_path.iterdir()) == [file]
    write(file, ())
    assert list(tmp_path.iterdir()) == []
