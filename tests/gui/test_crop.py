"""Cropping the query with the mouse and with keys, over the real services."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.framing import WHOLE, Box, Framing
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.crop_editor import LEAST, CropEditor
from desktopsearch.gui.crop_handle import CropHandle
from desktopsearch.gui.crop_view import CropView
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS, first_name, look_for
from tests.journeys.photographs import content, picture

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
Left = Qt.MouseButton.LeftButton


@pytest.fixture
def editor(theme: Theme, qtbot: QtBot) -> CropEditor:
    """An editor of a red picture of 300 x 200 points with 12 around it."""
    made = CropEditor(theme)
    qtbot.addWidget(made)
    made.resize(324, 224)
    pixmap = QPixmap(600, 400)
    pixmap.fill(QColor("red"))
    made.show_picture(pixmap, WHOLE)
    made.show()
    return made


def point(x: float, y: float) -> QPoint:
    """Where a point of the picture, in fractions, is drawn."""
    return QPoint(round(12 + x * 300), round(12 + y * 200))


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(widget, Left, pos=start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, Left, pos=end)


def about(box: Box) -> object:
    return pytest.approx(box, abs=0.006)


def handle(editor: CropEditor, name: str) -> CropHandle:
    return next(each for each in editor.findChildren(CropHandle) if each.accessibleName() == name)


def drag_handle(editor: CropEditor, name: str, across_px: int, down_px: int) -> None:
    held = handle(editor, name)
    start = QPoint(10, 14)  # not its middle: what is held there stays there
    where = held.pos()
    QTest.mousePress(held, Left, pos=start)
    # The handle moves along, so the way is told from where it was.
    goal = where + start + QPoint(across_px, down_px)
    QTest.mouseMove(held, goal - held.pos())
    QTest.mouseRelease(held, Left, pos=goal - held.pos())


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("Top left corner", (0.1, 0.1, 0.8, 0.8)),
        ("Top edge", (0.2, 0.1, 0.8, 0.8)),
        ("Top right corner", (0.2, 0.1, 0.7, 0.8)),
        ("Right edge", (0.2, 0.2, 0.7, 0.8)),
        ("Bottom right corner", (0.2, 0.2, 0.7, 0.7)),
        ("Bottom edge", (0.2, 0.2, 0.8, 0.7)),
        ("Bottom left corner", (0.1, 0.2, 0.8, 0.7)),
        ("Left edge", (0.1, 0.2, 0.8, 0.8)),
    ],
)
def test_each_handle_holds_its_edges(editor: CropEditor, name: str, box: Box) -> None:
    editor.show_picture(QPixmap(600, 400), (0.2, 0.2, 0.8, 0.8))
    drag_handle(editor, name, -30, -20)
    assert editor.box == about(box)
    middle = handle(editor, name).geometry().center()
    held = handle(editor, name)
    left, top, right, bottom = editor.box
    x = {-1: left, 0: (left + right) / 2, 1: right}[held.across]
    y = {-1: top, 0: (top + bottom) / 2, 1: bottom}[held.down]
    assert (middle - point(x, y)).manhattanLength() <= 2, "it follows its edge"


def test_a_box_stays_inside_and_never_closes(editor: CropEditor) -> None:
    drag_handle(editor, "Right edge", -1_000, 0)
    assert editor.box == about((0, 0, LEAST, 1))
    drag_handle(editor, "Right edge", 5_000, 0)
    drag_handle(editor, "Top edge", 0, 5_000)
    assert editor.box == about((0, 1 - LEAST, 1, 1))
    drag_handle(editor, "Top edge", 0, -5_000)
    assert editor.box == WHOLE


def test_a_drag_over_the_picture_begins_a_box_and_another_moves_it(editor: CropEditor) -> None:
    told: list[Box] = []
    editor.box_changed.connect(told.append)
    drag(editor, point(0.2, 0.2), point(0.6, 0.7))
    assert editor.box == about((0.2, 0.2, 0.6, 0.7))
    assert len(told) == 2, "while it is dragged too"
    drag(editor, point(0.5, 0.5), point(0.6, 0.4))
    assert editor.box == about((0.3, 0.1, 0.7, 0.6))
    drag(editor, point(0.5, 0.4), point(9.0, 9.0))
    assert editor.box == about((0.6, 0.5, 1, 1)), "it stops at the edges"
    drag(editor, point(0.1, 0.1), point(0.3, 0.4))
    assert editor.box == about((0.1, 0.1, 0.3, 0.4)), "outside, another begins"
    QTest.mouseClick(editor, Left, pos=point(0.9, 0.9))
    assert editor.box == about((0.1, 0.1, 0.3, 0.4)), "a click is no box"


def test_keys_move_the_box_and_its_handles(editor: CropEditor) -> None:
    editor.show_picture(QPixmap(600, 400), (0.2, 0.2, 0.8, 0.8))
    QTest.keyClick(editor, Key.Key_Right)
    QTest.keyClick(editor, Key.Key_Up, Shift)
    assert editor.box == about((0.21, 0.1, 0.81, 0.7))
    QTest.keyClick(handle(editor, "Bottom right corner"), Key.Key_Left, Shift)
    QTest.keyClick(handle(editor, "Bottom right corner"), Key.Key_Down)
    assert editor.box == about((0.21, 0.1, 0.71, 0.71))
    QTest.keyClick(handle(editor, "Top edge"), Key.Key_Right)
    assert editor.box == about((0.21, 0.1, 0.71, 0.71)), "an edge goes one way only"


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> Iterator[CropView]:
    """A view without a window; the icons live as long as it."""
    icons = Icons(theme)
    made = CropView(theme, icons)
    qtbot.addWidget(made)
    yield made
    made.close()
    del icons


def test_tab_goes_around_the_handles_and_leaves(view: CropView, qtbot: QtBot) -> None:
    view.resize(600, 264)
    view.open(content(1), None)
    view.activateWindow()
    qtbot.waitUntil(lambda: view.editor.hasFocus())
    names = []
    for _ in range(9):
        QTest.keyClick(focused(), Key.Key_Tab)
        names.append(focused().accessibleName())
    assert names[:8] == [
        "Top left corner",
        "Top edge",
        "Top right corner",
        "Right edge",
        "Bottom right corner",
        "Bottom edge",
        "Bottom left corner",
        "Left edge",
    ]
    last = focused()
    assert isinstance(last, QPushButton)
    assert last.text() == "Turn"


def test_what_is_left_out_is_shaded(editor: CropEditor) -> None:
    editor.show_picture(_red(), (0.25, 0.25, 0.75, 0.75))
    image = editor.grab().toImage()
    inside = image.pixelColor(point(0.5, 0.4))
    outside = image.pixelColor(point(0.1, 0.5))
    assert inside.red() > 250
    assert outside.red() < 140


def _red() -> QPixmap:
    pixmap = QPixmap(600, 400)
    pixmap.fill(QColor("red"))
    return pixmap


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A picture of the photos 2 and 3 beside each other."""
    image = Image.new("RGB", (1600, 600))
    image.paste(picture(2, (800, 600)), (0, 0))
    image.paste(picture(3, (800, 600)), (800, 0))
    image.save(tmp_path / "both.png")
    return tmp_path / "both.png"


def button(view: CropView, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text)


def picture_button(window: MainWindow) -> QAbstractButton:
    return next(
        each
        for each in window.query_pane.findChildren(QAbstractButton)
        if each.accessibleName() == "The picture that is looked for"
    )


def wait_for_first(qtbot: QtBot, window: MainWindow, name: str) -> None:
    qtbot.waitUntil(lambda: first_name(window) == name, timeout=ANSWER_MS)


def test_the_results_follow_the_crop_and_reset_leads_back(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, both: Path
) -> None:
    window = open_window(indexed.library)
    look_for(qtbot, window, both)
    crop = window.query_pane.crop
    assert not crop.isVisible()
    QTest.mouseClick(picture_button(window), Left)
    assert crop.isVisible()
    assert crop.editor.hasFocus()
    crop.editor.move_edges(1, 0, QPointF(0.5, 0.0))
    wait_for_first(qtbot, window, "0002.jpg")
    assert window.model.hits[0].distance < 40
    crop.editor.move_edges(1, 0, QPointF(1.0, 0.0))
    crop.editor.move_edges(-1, 0, QPointF(0.5, 0.0))
    wait_for_first(qtbot, window, "0003.jpg")
    assert not window.searches.can_go_back, "cropping is no step"
    before = picture_button(window).grab().toImage()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        QTest.mouseClick(button(crop, "Reset"), Left)
    assert answered.args is not None
    assert answered.args[0].query.framing is None
    assert crop.editor.box == WHOLE
    assert picture_button(window).grab().toImage() != before, "the small picture follows too"
    assert not button(crop, "Reset").isEnabled()
    QTest.mouseClick(button(crop, "Done"), Left)
    assert not crop.isVisible()


def test_of_many_moves_the_last_is_what_stays(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, both: Path
) -> None:
    window = open_window(indexed.library)
    look_for(qtbot, window, both)
    answered: list[SearchAnswer] = []
    window.searches.answered.connect(answered.append)
    window.query_pane.toggle_crop()
    for step in range(1, 51):
        window.query_pane.crop.editor.move_edges(-1, 0, QPointF(step / 100, 0.0))
    last = Framing((0.5, 0.0, 1.0, 1.0))
    qtbot.waitUntil(
        lambda: bool(answered) and answered[-1].query.framing == last, timeout=ANSWER_MS
    )
    assert len(answered) == 2, "the first move, and the last of those that came meanwhile"
    wait_for_first(qtbot, window, "0003.jpg")


def test_turned_and_mirrored_copies_are_found_by_turning_the_query(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    turned = picture(5, (800, 600)).transpose(Image.Transpose.ROTATE_90)
    turned.save(tmp_path / "turned.png")
    picture(6, (800, 600)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(
        tmp_path / "mirrored.png"
    )
    window = open_window(indexed.library)
    look_for(qtbot, window, tmp_path / "turned.png")
    crop = window.query_pane.crop
    before = {hit.photo_id: hit.distance for hit in window.model.hits}
    QTest.keySequence(window, QKeySequence("Ctrl+E"))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(crop.editor, Key.Key_R)
    assert first_name(window) == "0005.jpg"
    hit = window.model.hits[0]
    assert hit.distance < 20 < before[hit.photo_id]
    look_for(qtbot, window, tmp_path / "mirrored.png")
    assert not crop.isVisible(), "another query is not cropped"
    QTest.mouseClick(picture_button(window), Left)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(crop.editor, Key.Key_M)
    assert first_name(window) == "0006.jpg"
    assert window.model.hits[0].distance < 20
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(crop.editor, Key.Key_Delete)


def test_a_box_is_of_what_is_seen_also_when_that_is_turned(view: CropView) -> None:
    told: list[Framing | None] = []
    view.framing_changed.connect(told.append)
    view.open(content(1), Framing((0.0, 0.0, 0.5, 0.5), 90))
    assert view.editor.box == (0.5, 0.0, 1.0, 0.5)
    view.editor.move_edges(-1, 1, QPointF(0.0, 1.0))
    QTest.mouseClick(button(view, "Turn"), Left)
    assert told == [Framing(WHOLE, 90), Framing(WHOLE, 180)]
    QTest.mouseClick(button(view, "Mirror"), Left)
    QTest.mouseClick(button(view, "Turn"), Left)
    assert told[2:] == [Framing(WHOLE, 180, mirror=True), Framing(WHOLE, 90, mirror=True)]
    QTest.mouseClick(button(view, "Reset"), Left)
    assert told[4:] == [None]


def test_escape_ends_cropping_and_then_clears_the_query(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    window.activateWindow()
    look_for(qtbot, window, indexed.files[1])
    window.query_pane.toggle_crop()
    corner = handle(window.query_pane.crop.editor, "Top edge")
    corner.setFocus()
    QTest.keyClick(corner, Key.Key_Escape)
    assert not window.query_pane.crop.isVisible()
    assert window.searches.current is not None
    QTest.keyClick(window, Key.Key_Escape)
    assert window.searches.current is None


def test_a_photo_of_the_library_is_cropped_too_and_a_failed_query_is_not(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    window = open_window(indexed.library)
    look_for(qtbot, window, indexed.files[1])
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_photo(window.model.hits[4])
    window.query_pane.toggle_crop()
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        window.query_pane.crop.editor.move_edges(1, 1, QPointF(0.6, 0.6))
    assert answered.args is not None
    answer = answered.args[0]
    assert answer.hits
    small, whole = QImage.fromData(answer.proxy), QImage.fromData(answer.whole)
    assert (small.width(), small.height()) == (96, 72)
    assert (whole.width(), whole.height()) == (160, 120)
    (tmp_path / "words.jpg").write_bytes(b"words")
    window.intake.look_for_file(os.fsencode(tmp_path / "words.jpg"))
    qtbot.waitUntil(lambda: "cannot be searched" in window.pages.title, timeout=ANSWER_MS)
    assert not picture_button(window).isEnabled()
    window.query_pane.toggle_crop()
    assert not window.query_pane.crop.isVisible()
