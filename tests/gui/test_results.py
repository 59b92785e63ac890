from __future__ import annotations

import itertools
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRubberBand
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.places import path_of
from desktopsearch.gui.results_delegate import ResultsDelegate
from desktopsearch.gui.results_model import PHOTO_MIME, ResultsModel
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from tests.gui.conftest import Indexed, Opener


def hits(*distances: int) -> tuple[SearchHit, ...]:
    return tuple(
        SearchHit(number, distance, b"/photos/%d.jpg" % number, (), offline=False)
        for number, distance in enumerate(distances, 1)
    )


def test_the_model_keeps_what_it_promises_while_the_cut_moves(qtmodeltester: ModelTester) -> None:
    model = ResultsModel()
    model.set_hits(hits(0, 4, 4, 9))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    counts = []
    for cut in (None, 9, 8, 4, 3, 0, None):
        model.set_cut(cut)
        counts.append(model.rowCount())
    assert counts == [4, 4, 3, 3, 1, 1, 4]
    model.set_cut(4)
    model.set_hits(hits(4, 5))
    assert model.rowCount() == 1
    assert model.rowCount(model.index(0)) == 0


def test_the_cut_takes_from_the_middle_where_hits_do_not_come_by_distance(
    qtmodeltester: ModelTester,
) -> None:
    model = ResultsModel()
    model.set_hits(hits(5, 1, 9, 9, 1, 5, 0, 9))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    shown = []
    for cut in (4, 5, 0, None):
        model.set_cut(cut)
        shown.append([model.hit(model.index(row)).distance for row in range(model.rowCount())])
        for row in range(model.rowCount()):
            assert model.row_of(model.hit(model.index(row)).photo_id) == row
    assert shown == [[1, 1, 0], [5, 1, 1, 5, 0], [0], [5, 1, 9, 9, 1, 5, 0, 9]]


def test_photos_are_dragged_out_as_copies_of_files() -> None:
    model = ResultsModel()
    model.set_hits(
        (
            SearchHit(7, 0, b"/photos/\xff a.jpg", (), offline=False),
            SearchHit(8, 1, b"/photos/b.jpg", (), offline=False),
        )
    )
    both = model.mimeData([model.index(0), model.index(1)])
    assert [path_of(url) for url in both.urls()] == [b"/photos/\xff a.jpg", b"/photos/b.jpg"]
    assert not both.hasFormat(PHOTO_MIME)
    assert model.mimeData([model.index(0)]).data(PHOTO_MIME).data() == b"7"
    assert model.supportedDragActions() is Qt.DropAction.CopyAction


def test_a_tool_tip_is_no_markup_of_a_hostile_name() -> None:
    model = ResultsModel()
    model.set_hits(
        (SearchHit(1, 3, b"/photos/<img src=x>.jpg", (b"/copy/<b>.jpg",), offline=True),)
    )
    text = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in text
    assert "<b>" not in text
    assert "3 bits from the query" in text
    assert "offline" in text
    assert model.data(QModelIndex()) is None


def test_the_selection_survives_another_ranking(open_window: Opener, indexed: Indexed) -> None:
    window = open_window(indexed.library)
    window.model.set_hits(hits(1, 2, 3))
    window.results.setCurrentIndex(window.model.index(1))
    window.model.set_hits(tuple(reversed(hits(3, 2, 1))))
    assert [hit.photo_id for hit in window.results.selected_hits()] == [2]


def test_only_what_is_near_the_visible_part_is_fetched(
    open_window: Opener, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    wanted: list[list[int]] = []
    window.thumbnails.want = lambda ids, _edge_px: wanted.append(list(ids))  # type: ignore[method-assign, assignment]
    view: ResultsView = window.results
    window.model.set_hits(hits(*range(1_000)))
    window.pages.show_results()
    view.scrollToTop()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view._fetch_visible()
    visible = {
        window.model.hits[row].photo_id
        for row in range(1_000)
        if view.visualRect(window.model.index(row)).intersects(view.viewport().rect())
    }
    assert visible <= set(wanted[-1])
    assert set(wanted[-1][: len(visible)]) >= visible - set(wanted[-1][len(visible) + 12 :])
    assert len(wanted[-1]) < 200


@pytest.fixture
def view(theme: Theme, qtbot: QtBot, tmp_path: Path) -> ResultsView:
    """A grid of a thousand hits that has the keys."""
    thumbnails = Thumbnails(LibraryPaths(tmp_path))
    view = ResultsView(theme, Icons(theme), thumbnails, ResultsModel(theme))
    qtbot.addWidget(view)
    view.resize(760, 700)
    view.show()
    model_of(view).set_hits(hits(*range(1_000)))
    view.setFocus()
    qtbot.wait(1)
    return view


def model_of(view: ResultsView) -> ResultsModel:
    model = view.model()
    assert isinstance(model, ResultsModel)
    return model


def selected_rows(view: ResultsView) -> list[int]:
    return [hit.photo_id - 1 for hit in view.selected_hits()]


def middle_of(view: ResultsView, row: int) -> QPoint:
    return view.visualRect(model_of(view).index(row)).center()


def click(view: ResultsView, row: int, *modifiers: Qt.KeyboardModifier) -> None:
    pressed = Qt.KeyboardModifier.NoModifier
    for each in modifiers:
        pressed |= each
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pressed, middle_of(view, row))


def test_photos_are_selected_by_click_shift_and_ctrl(view: ResultsView) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    click(view, 1)
    assert selected_rows(view) == [1]
    click(view, 7, shift)
    assert selected_rows(view) == [1, 2, 3, 4, 5, 6, 7], "in reading order, over the end of a line"
    click(view, 4, control)
    assert selected_rows(view) == [1, 2, 3, 5, 6, 7]
    click(view, 0, control)
    assert selected_rows(view) == [0, 1, 2, 3, 5, 6, 7]
    click(view, 3)
    assert selected_rows(view) == [3]
    QTest.keyClick(view, Qt.Key.Key_A, control)
    assert len(selected_rows(view)) == 1_000
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert selected_rows(view) == [4]
    QTest.keyClick(view, Qt.Key.Key_Down, shift)
    assert selected_rows(view) == list(range(4, 5 + view.columns))


def test_keys_go_through_the_lines_and_pages(view: ResultsView) -> None:
    columns = view.columns
    page = view.viewport().height() // view.cell.height() * columns
    assert columns > 2
    rows = []
    for key in (
        Qt.Key.Key_Home,
        Qt.Key.Key_Right,
        Qt.Key.Key_Down,
        Qt.Key.Key_Up,
        Qt.Key.Key_Up,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_End,
        Qt.Key.Key_Down,
    ):
        QTest.keyClick(view, key)
        rows.append(view.currentIndex().row())
        assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    below = 1 + columns
    assert rows == [0, 1, below, 1, 1, 1 + page, 1 + 2 * page, 1 + page, 999, 999]
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex().row() == 998
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex().row() == 999, "the next one is on the left"


def test_every_cell_is_found_where_it_is_drawn(view: ResultsView) -> None:
    view.verticalScrollBar().setValue(777)
    for direction in Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft:
        view.setLayoutDirection(direction)
        places = [view.visualRect(model_of(view).index(row)) for row in view.visible_rows()]
        for row, place in zip(view.visible_rows(), places, strict=True):
            for corner in (place.topLeft(), place.bottomRight(), place.center()):
                assert view.indexAt(corner).row() == row
        assert all(not one.intersects(other) for one, other in pairwise(places))
        assert places[0].top() <= 0 < places[0].bottom()
    assert not view.indexAt(QPoint(-1, 5)).isValid()


def drag(view: ResultsView, *points: QPoint) -> None:
    """Press at the first point, move over the others, and let go at the last."""
    viewport, left = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, Qt.KeyboardModifier.NoModifier, points[0])
    for point in points[1:]:
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(viewport.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            left,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, left, Qt.KeyboardModifier.NoModifier, points[-1])


def test_a_rubber_band_on_empty_space_selects_what_it_touches(view: ResultsView) -> None:
    model_of(view).set_hits(hits(*range(view.columns + 2)))
    corner = middle_of(view, view.columns + 1) + QPoint(view.cell.width(), 0)
    assert not view.indexAt(corner).isValid()
    band = view.findChild(QRubberBand)
    assert band is not None
    seen = []
    view.selectionModel().selectionChanged.connect(lambda *_: seen.append(band.isVisible()))
    drag(view, corner, corner - QPoint(20, 0), middle_of(view, 1))
    assert selected_rows(view) == [1, 2, view.columns + 1]
    assert any(seen)
    assert not band.isVisible()
    drag(view, corner, middle_of(view, 0))
    assert selected_rows(view) == [0, 1, 2, view.columns, view.columns + 1]
    click(view, 1)
    drag(view, corner, corner + QPoint(9, 9))
    assert selected_rows(view) == [], "a band that touches nothing selects nothing"


def test_the_current_photo_and_a_large_selection_survive_another_ranking(
    view: ResultsView,
) -> None:
    view.setCurrentIndex(model_of(view).index(499))
    view.selectAll()
    model_of(view).set_hits(tuple(reversed(hits(*range(1_001)))))
    assert len(view.selected_hits()) == 1_000
    assert view.selectionModel().selection().size() == 1
    assert view.currentIndex().row() == 501
    model_of(view).set_cut(9)
    assert {hit.distance for hit in view.selected_hits()} == set(range(10))


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_keys_ask_for_the_menu_of_what_is_selected(
    view: ResultsView, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    with qtbot.assertNotEmitted(view.menu_wanted):
        QTest.keyClick(view, key, modifier)
    click(view, 2)
    click(view, 1, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(view.menu_wanted) as wanted:
        QTest.keyClick(view, key, modifier)
    assert wanted.args is not None
    chosen, place = wanted.args
    assert [hit.photo_id for hit in chosen] == [2, 3]
    assert view.viewport().mapFromGlobal(place) == middle_of(view, 1)


def test_the_mouse_asks_for_the_menu_of_the_photo_below_it(view: ResultsView, qtbot: QtBot) -> None:
    click(view, 0)
    place = middle_of(view, 3)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=place)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)
    )
    with qtbot.waitSignal(view.menu_wanted) as wanted:
        QApplication.sendEvent(view.viewport(), event)
    assert wanted.args is not None
    assert [hit.photo_id for hit in wanted.args[0]] == [4]


def test_enter_opens_the_first_of_the_selected_photos(
    view: ResultsView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    monkeypatch.setattr(places, "open_file", opened.append)
    click(view, 2)
    click(view, 1, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened == [b"/photos/2.jpg"]
    with qtbot.waitSignal(view.similar_wanted):
        QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(view.preview_wanted):
        QTest.keyClick(view, Qt.Key.Key_Space)


def test_a_page_that_would_take_too_long_is_drawn_in_several_goes(
    view: ResultsView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixmap = QPixmap(200, 150)
    pixmap.fill(QColor("red"))
    pixmaps = {hit.photo_id: pixmap.copy() for hit in model_of(view).hits}
    monkeypatch.setattr(view.thumbnails, "get", pixmaps.get)
    ticks = itertools.count()
    # Each look at the clock is a third of what a page may take.
    monkeypatch.setattr("time.thread_time", lambda: next(ticks) * 0.007)
    delegate = view.itemDelegate()
    assert isinstance(delegate, ResultsDelegate)
    view.viewport().repaint()
    first = len(delegate.late)
    assert 0 < first < len(view.visible_rows())
    qtbot.waitUntil(lambda: not delegate.late)
    assert next(ticks) > 2 * first
