"""The window over the real services: what a person does with it, and what they see then."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QMessageBox,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.results_view import USUAL_PX
from desktopsearch.gui.theme import Theme
from desktopsearch.storage.lock import WriterLock
from tests.gui.conftest import SETTINGS, Indexed, Opener, child_processes
from tests.gui.dragging import drop, urls
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import content, put, put_bytes, put_many

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def shown_names(window: MainWindow) -> list[str]:
    model = window.model
    return [model.index(row).data() for row in range(model.rowCount())]


def wait_for_answer(qtbot: QtBot, window: MainWindow, names: int) -> None:
    qtbot.waitUntil(lambda: window.model.rowCount() == names, timeout=ANSWER_MS)


def test_a_first_run_adds_a_folder_and_finds_what_is_like_a_dropped_picture(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    put_many(tmp_path / "photos", range(6), folders=2)
    window = open_window()
    qtbot.waitUntil(lambda: "showing one" in window.pages.title)
    assert "Nothing leaves this computer" in window.pages.text

    with qtbot.waitSignal(window.bridge.finished, timeout=60_000, check_params_cb=_has_indexed):
        assert drop(urls([tmp_path / "photos"]), window) is COPY
    qtbot.waitUntil(lambda: window.activity.text == "6 photos, up to date")
    assert window.pages.title.startswith("Drop a picture")

    query = put(tmp_path / "elsewhere" / "query.jpg", 3, quality=50)
    assert drop(urls([query]), window, MOVE) is COPY, "a move would delete the user's file"
    wait_for_answer(qtbot, window, 6)
    distances = [hit.distance for hit in window.model.hits]
    assert shown_names(window)[0] == "0003.jpg"
    assert distances == sorted(distances)
    assert distances[0] < distances[1]
    assert window.pages.currentWidget() is window.results
    qtbot.waitUntil(lambda: all(window.thumbnails.get(hit.photo_id) for hit in window.model.hits))


def _has_indexed(finished: object) -> bool:
    return bool(getattr(finished, "indexed", 0))


def test_a_pasted_bitmap_is_looked_for(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    QApplication.clipboard().setImage(QImage(str(indexed.files[4])))
    window.intake.paste()
    wait_for_answer(qtbot, window, 12)
    assert shown_names(window)[0] == "0004.jpg"


def test_a_pasted_path_is_looked_for(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    QApplication.clipboard().setText(f'"{indexed.files[5]}"\n')
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_for_answer(qtbot, window, 12)
    assert shown_names(window)[0] == "0005.jpg"
    assert window.model.hits[0].distance == 0


def test_the_bytes_of_a_browser_go_to_the_decoder_as_they_are(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    mime = QMimeData()
    mime.setData("image/webp", content(7, "WEBP"))
    assert drop(mime, window) is COPY
    wait_for_answer(qtbot, window, 12)
    assert shown_names(window)[0] == "0007.jpg"


def test_an_address_without_a_picture_is_explained(open_window: Opener, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    mime = QMimeData()
    mime.setData("text/uri-list", b"https://example.org/cat.jpg\r\n")
    drop(mime, window)
    assert "does not use the network" in window.notices.text
    assert window.searches.current is None


def test_a_broken_picture_is_explained_in_words(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    window = open_window(indexed.library)
    broken = put_bytes(tmp_path / "notes.jpg", b"These are only words.")
    drop(urls([broken]), window)
    qtbot.waitUntil(lambda: "cannot be searched for" in window.pages.title, timeout=ANSWER_MS)
    assert window.pages.text == ("The file is not a picture in a format that Desktopsearch reads.")


def test_a_photo_of_the_library_becomes_the_query_and_back(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    window.intake.look_for_file(os.fsencode(indexed.files[1]))
    wait_for_answer(qtbot, window, 12)
    second = window.model.hits[1]
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.results.doubleClicked.emit(window.model.index(1))
    assert window.model.hits[0].photo_id == second.photo_id
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.mouseClick(window.query_pane.back, Qt.MouseButton.LeftButton)
    assert shown_names(window)[0] == "0001.jpg"
    assert not window.query_pane.back.isEnabled()
    assert window.query_pane.forward.isVisible()


def test_the_distance_cuts_at_once_and_can_be_widened(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    window = open_window(indexed.library)
    query = put(tmp_path / "new.jpg", 100)
    window.intake.look_for_file(os.fsencode(query))
    wait_for_answer(qtbot, window, 12)
    nearest, farthest = window.model.hits[0].distance, window.model.hits[-1].distance
    assert 0 < nearest < farthest
    window.query_pane.radius.set_distance(nearest)
    assert 1 <= window.model.rowCount() < 12
    assert window.query_pane.summary.startswith(f"{window.model.rowCount()} of 12 photos,")
    window.query_pane.radius.set_distance(nearest - 1)
    assert window.pages.title == f"Nothing up to distance {nearest - 1}"
    assert str(nearest) in window.pages.text
    QTest.mouseClick(button(window, f"Widen to distance {nearest}"), Qt.MouseButton.LeftButton)
    assert window.query_pane.radius.distance == nearest
    assert window.pages.currentWidget() is window.results
    window.query_pane.radius.set_distance(nearest - 1)
    QTest.mouseClick(button(window, "Any distance"), Qt.MouseButton.LeftButton)
    assert window.model.rowCount() == 12


def test_the_finer_order_shows_at_once_and_costs_no_encoding(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    window = open_window(indexed.library)
    window.intake.look_for_file(os.fsencode(put(tmp_path / "new.jpg", 100)))
    wait_for_answer(qtbot, window, 12)
    by_code = list(window.model.hits)
    switch = next(
        each for each in window.findChildren(QAbstractButton) if each.text() == "Finer order"
    )
    assert "1000" in switch.toolTip().replace(",", "")
    switch.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        QTest.keyClick(switch, Qt.Key.Key_Space)
    assert answered.args is not None
    assert answered.args[0].elapsed.encode_ms == 0
    cosines = [hit.cosine or 0.0 for hit in window.model.hits]
    assert cosines == sorted(cosines, reverse=True)
    distances = [hit.distance for hit in window.model.hits]
    assert sorted(distances) == [hit.distance for hit in by_code] != distances
    assert "Likeness in full: 0." in window.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    window.query_pane.radius.set_distance(min(distances) - 1)
    assert str(min(distances)) in window.pages.text
    window.query_pane.radius.set_distance(None)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert list(window.model.hits) == by_code


def test_a_removed_folder_leaves_its_files(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    shutil.copytree(indexed.library, tmp_path / "library")
    window = open_window()
    window.intake.look_for_file(os.fsencode(indexed.files[1]))
    wait_for_answer(qtbot, window, 12)
    window.panel.remove_wanted.emit(indexed.photos)
    box = window.findChild(QMessageBox)
    assert box is not None
    assert "stay where they are" in box.informativeText()
    remove = next(each for each in box.buttons() if each.text() == "Remove")
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    wait_for_answer(qtbot, window, 0)
    assert all(file.exists() for file in indexed.files)
    window.searches.clear()
    qtbot.waitUntil(lambda: "showing one" in window.pages.title)


def test_problems_are_counted_listed_and_tried_again(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    shutil.copytree(indexed.photos, tmp_path / "photos")
    window = open_window()
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: visible(window, "1 problem"), timeout=60_000)
    QTest.mouseClick(button(window, "1 problem"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.problems.model.rowCount() == 1)
    text = window.problems.model.index(0).data()
    assert str(tmp_path / "photos" / "broken.jpg") in text
    assert "damaged or cut off" in text
    qtbot.waitUntil(lambda: "up to date" in window.activity.text, timeout=60_000)
    (tmp_path / "photos" / "broken.jpg").write_bytes(indexed.files[0].read_bytes())
    QTest.mouseClick(button(window.problems, "Try all again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.problems.model.rowCount() == 0, timeout=60_000)


def test_a_library_that_is_in_use_is_said_and_ends_with_a_status(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = LibraryPaths(tmp_path / "library")
    lock = WriterLock(paths)
    window = MainWindow(paths, SETTINGS, theme)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None, timeout=ANSWER_MS)
    box = window.findChild(QMessageBox)
    assert box is not None
    assert "Another Desktopsearch" in box.informativeText()
    with qtbot.waitSignal(window.ended) as ended:
        QTest.mouseClick(box.buttons()[0], Qt.MouseButton.LeftButton)
    assert ended.args == [1]
    lock.release()
    window.deleteLater()


def test_closing_in_the_middle_of_a_run_ends_everything_soon(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    put_many(tmp_path / "photos", range(60))
    window = open_window()
    with qtbot.waitSignal(window.bridge.progressed, timeout=30_000):
        window.intake.add_folders([tmp_path / "photos"])
    assert child_processes()
    started_at = time.monotonic()
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    assert not window.isVisible()
    assert not child_processes()
    assert time.monotonic() - started_at < 5


def test_a_run_can_be_paused_and_goes_on(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    put_many(tmp_path / "photos", range(40))
    window = open_window()
    with qtbot.waitSignal(window.bridge.progressed, timeout=30_000):
        window.intake.add_folders([tmp_path / "photos"])
    QTest.mouseClick(button(window, "Pause"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.activity.text.startswith("Paused"))
    QTest.mouseClick(button(window, "Go on"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.activity.text == "40 photos, up to date", timeout=60_000)


def test_our_own_mistake_is_shown_as_such(
    open_window: Opener, qtbot: QtBot, caplog: pytest.LogCaptureFixture, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    answers: list[object] = []
    window.bridge.ask(lambda _session: 1 // 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert "our mistake" in window.notices.text
    QTest.mouseClick(button(window, "Copy details"), Qt.MouseButton.LeftButton)
    assert "ZeroDivisionError" in QApplication.clipboard().text()
    assert [record.getMessage() for record in caplog.records] == ["A bug on the service thread"]
    caplog.clear()


@pytest.mark.parametrize("ahead", [True, False])
def test_the_encoder_is_there_before_the_first_query(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, *, ahead: bool
) -> None:
    window = open_window(indexed.library, replace(SETTINGS, encoder_ahead=ahead))
    running: list[object] = []
    window.bridge.ask(lambda session: session.lane.running, running.append)
    qtbot.waitUntil(lambda: running == [ahead])


def test_services_that_have_ended_can_be_started_again(
    open_window: Opener, qtbot: QtBot, caplog: pytest.LogCaptureFixture, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    answers: list[object] = []

    def stumble(_session: object, _reply: object) -> None:
        raise ZeroDivisionError

    window.bridge.begin(stumble, answers.append)
    with qtbot.waitSignal(window.bridge.stopped, timeout=10_000):
        pass
    assert isinstance(answers[0], Cancelled), "what nobody answers any more is cancelled"
    assert not child_processes()
    caplog.clear()
    with qtbot.waitSignal(window.bridge.opened, timeout=10_000):
        QTest.mouseClick(button(window, "Start again"), Qt.MouseButton.LeftButton)
    window.intake.look_for_file(os.fsencode(indexed.files[2]))
    wait_for_answer(qtbot, window, 12)


def test_the_latest_of_many_queries_is_the_one_that_is_answered(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    answered: list[SearchAnswer] = []
    window.searches.answered.connect(answered.append)
    for file in indexed.files:
        window.intake.look_for_file(os.fsencode(file))
    wait_for_answer(qtbot, window, 12)
    assert [answer.query.path for answer in answered] == [os.fsencode(indexed.files[-1])]


def test_every_control_says_its_name(open_window: Opener, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractSlider, QComboBox)
        for widget in window.findChildren(kind)
        if not isinstance(widget, QScrollBar)
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
        and widget.isVisibleTo(window)
    ]
    assert nameless == []


def test_the_window_comes_back_as_it_was(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    first = open_window()
    first.resize(790, 600)
    first.results.set_zoom(240)
    first.query_pane.set_finer(True)
    with qtbot.waitSignal(first.ended, timeout=10_000):
        first.close()
    second = open_window()
    assert (second.width(), second.height(), second.results.zoom_px) == (790, 600, 240)
    assert second.query_pane.finer
    with qtbot.waitSignal(second.ended, timeout=10_000):
        second.close()
    (tmp_path / "library" / "window.ini").write_bytes(
        b"[General]\ngeometry=1\nzoom_px=x\nfiner_order=?\n"
    )
    third = open_window()
    assert third.results.zoom_px == USUAL_PX
    assert not third.query_pane.finer


def test_keys_zoom(open_window: Opener, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    before = window.results.zoom_px
    QTest.keySequence(window, QKeySequence("Ctrl++"))
    assert window.results.zoom_px > before
    QTest.keySequence(window, QKeySequence("Ctrl+0"))
    assert window.results.zoom_px == before


def button(window: QWidget, text: str) -> QPushButton:
    return next(each for each in window.findChildren(QPushButton) if each.text() == text)


def visible(window: QWidget, text: str) -> bool:
    return any(
        each.text() == text and each.isVisible() for each in window.findChildren(QPushButton)
    )
