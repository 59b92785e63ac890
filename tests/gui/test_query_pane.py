"""The pane above the photos: its radius and its room."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.narrow import ElidedLabel, Foldable
from desktopsearch.gui.radius import FARTHEST, Radius
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS, look_for


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> MainWindow:
    made = open_window(indexed.library)
    look_for(qtbot, made, indexed.files[1])
    return made


def test_the_radius_counts_while_it_moves(qtbot: QtBot) -> None:
    radius = Radius()
    qtbot.addWidget(radius)
    slider = radius.findChild(QSlider)
    assert slider is not None
    assert radius.text == "Any distance"
    radius.set_distance(42)
    assert radius.text == "Up to distance 42"
    radius.show_counts([1, 0, 4] + [0] * 38 + [2, 100, 1_000])
    assert radius.text == "Up to distance 42: 107 photos"
    assert slider.accessibleDescription() == radius.text
    told: list[int | None] = []
    radius.changed.connect(told.append)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert radius.text == "Up to distance 41: 7 photos"
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert radius.text == "Up to distance 0: 1 photo"
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert told == [41, 0, None]
    radius.set_distance(FARTHEST - 1)
    assert radius.text.replace(",", "") == "Up to distance 127: 1107 photos"
    radius.show_counts(())
    assert radius.text == "Up to distance 127"


def test_the_text_beside_the_slider_takes_its_room_at_once(qtbot: QtBot) -> None:
    radius = Radius()
    qtbot.addWidget(radius)
    radius.show_counts([1] + [0] * 126 + [99_999])
    radius.resize(420, 30)
    radius.show()
    slider = radius.findChild(QSlider)
    assert slider is not None
    widths = set()
    for distance in (0, 5, 127):
        radius.set_distance(distance)
        QApplication.processEvents()
        widths.add(slider.width())
    assert len(widths) == 1, "else the slider would move away under the mouse"


def test_the_count_is_that_of_the_whole_library_and_of_the_folder(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    radius, hits = window.query_pane.radius, window.model.hits
    for distance in (0, 60, 110, 127):
        radius.set_distance(distance)
        near = sum(hit.distance <= distance for hit in hits)
        word = "photo" if near == 1 else "photos"
        assert radius.text == f"Up to distance {distance}: {near} {word}"
        assert window.model.rowCount() == near, "the results follow at once"
    assert window.searches.current is not None
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(indexed.files[2]))
    near = sum(hit.distance <= 127 for hit in window.model.hits)
    assert radius.text == f"Up to distance 127: {near} photos"


def clipped(window: QWidget) -> list[str]:
    """Texts and buttons of a window that do not fit into it, or into their own place."""
    found = []
    kinds = (QLabel, QPushButton, QSlider)
    for widget in (each for kind in kinds for each in window.findChildren(kind)):
        if not widget.isVisible():
            continue
        corner = widget.mapTo(window, QPoint(widget.width(), widget.height()))
        bends = isinstance(widget, QLabel) and (
            isinstance(widget, ElidedLabel) or widget.wordWrap()
        )
        needed = 0 if bends else widget.minimumSizeHint().width()
        if corner.x() > window.width() or corner.y() > window.height() or widget.width() < needed:
            found.append(f"{type(widget).__name__} {widget.property('text')}")
    return found


@pytest.mark.parametrize("width", [700, 860, 1180])
def test_nothing_is_cut_off_in_a_narrow_window(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    window.query_pane.radius.set_distance(127)
    window.query_pane.toggle_crop()
    window.resize(width, 700)
    qtbot.wait(50)
    assert window.width() == width
    assert clipped(window) == []
    window.query_pane.crop.close()
    window.query_pane.radius.set_distance(0)
    window.searches.clear()
    qtbot.wait(50)
    assert window.pages.title.startswith("Drop a picture")
    assert clipped(window) == []


def test_what_has_no_room_beside_each_other_goes_below(qtbot: QtBot) -> None:
    first, second = QPushButton("one"), QPushButton("another")
    for button in (first, second):
        button.setMinimumWidth(100)
    window = QWidget()
    qtbot.addWidget(window)
    both = Foldable(first, second)
    both.setParent(window)
    window.resize(400, 100)
    window.show()
    both.resize(300, 80)
    QApplication.processEvents()
    assert first.y() == second.y()
    both.resize(150, 80)
    QApplication.processEvents()
    assert first.x() == second.x()
    assert first.geometry().bottom() < second.y()
    assert both.minimumSizeHint().width() == 100


def test_a_long_line_is_cut_and_all_of_it_is_in_the_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.show()
    label.setText("a <b>name</b> that goes on and on")
    label.resize(60, 20)
    assert label.toolTip() == "<p>a &lt;b&gt;name&lt;/b&gt; that goes on and on</p>"
    assert label.text() == "a <b>name</b> that goes on and on"
    cut = label.grab().toImage()
    label.resize(600, 20)
    assert label.toolTip() == ""
    assert label.grab().toImage() != cut
