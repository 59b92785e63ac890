"""Near copies folded into one cell, and what is told of a photo under the mouse."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QToolTip
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.folds import Fold
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.results_model import FOLD_ROLE, ResultsModel
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from tests.gui.conftest import Opener
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import content, put, put_bytes


def hits() -> tuple[SearchHit, ...]:
    """Six photos: the third and the fifth are near copies of the first, the sixth of the fourth."""
    plain = [
        SearchHit(number, 10 * number, b"/photos/%d.jpg" % number, (), offline=False)
        for number in range(1, 7)
    ]
    leads = {3: 1, 5: 1, 6: 4}
    return tuple(replace(hit, lead=leads.get(hit.photo_id)) for hit in plain)


def shown(model: ResultsModel) -> list[int]:
    return [model.hit(model.index(row)).photo_id for row in range(model.rowCount())]


def folded_model(qtmodeltester: ModelTester) -> ResultsModel:
    model = ResultsModel()
    model.set_hits(hits(), folded=True)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    return model


def test_near_copies_unfold_behind_their_lead_and_fold_again(qtmodeltester: ModelTester) -> None:
    model = folded_model(qtmodeltester)
    assert shown(model) == [1, 2, 4]
    assert [model.index(row).data(FOLD_ROLE) for row in range(3)] == [
        Fold(2, is_open=False, is_tinted=False),
        None,
        Fold(1, is_open=False, is_tinted=False),
    ]
    assert model.toggle_fold(model.index(0)) == 1
    assert shown(model) == [1, 3, 5, 2, 4]
    assert model.index(1).data(FOLD_ROLE) == Fold(0, is_open=True, is_tinted=True)
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", 2 near copies")
    assert model.toggle_fold(model.index(3)) == 2, "nothing is behind it"
    assert shown(model) == [1, 3, 5, 2, 4]
    model.set_hits(hits(), folded=True)
    assert shown(model) == [1, 3, 5, 2, 4], "what is open stays open"
    assert model.toggle_fold(model.index(2)) == 1, "from one of the near copies too"
    assert shown(model) == [1, 2, 4]
    model.set_hits(hits())
    assert shown(model) == [1, 2, 3, 4, 5, 6]
    assert model.index(0).data(FOLD_ROLE) is None


def test_the_cut_leaves_near_copies_whose_lead_is_too_far_away(qtmodeltester: ModelTester) -> None:
    far_lead = (replace(hits()[0], distance=99), *hits()[1:])
    model = ResultsModel()
    model.set_hits(far_lead, folded=True)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_cut(55)
    assert shown(model) == [3, 5, 2, 4]
    model.set_cut(35)
    assert shown(model) == [3, 2]
    model.set_cut(None)
    assert shown(model) == [1, 2, 4]


def test_the_number_on_the_cell_and_a_key_unfold(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    model = ResultsModel()
    view = ResultsView(theme, Icons(theme), Thumbnails(LibraryPaths(tmp_path)), model)
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.show()
    model.set_hits(hits(), folded=True)
    view.grab()
    mark = view._delegate.fold_mark(view.visualRect(model.index(0)), model.index(0))
    assert mark is not None
    place, text = mark
    assert text == "+2"
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(view.viewport(), left, pos=place.center().toPoint())
    assert shown(model) == [1, 3, 5, 2, 4]
    assert view.selected_hits() == []
    view.setCurrentIndex(model.index(2))
    QTest.keyClick(view, Qt.Key.Key_F)
    assert shown(model) == [1, 2, 4]
    assert view.currentIndex().row() == 0
    QTest.mouseClick(view.viewport(), left, pos=view.visualRect(model.index(0)).center())
    assert [hit.photo_id for hit in view.selected_hits()] == [1]
    assert shown(model) == [1, 2, 4]


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window that shows a photo, the same saved again, and another, in the order of codes."""
    photos = tmp_path / "photos"
    first = put_bytes(photos / "first <i>.png", content(1, "PNG"))
    put(photos / "again.jpg", 1, camera="Leica M6")
    put(photos / "other.jpg", 2)
    window = open_window()
    with qtbot.waitSignal(
        window.bridge.finished, timeout=60_000, check_params_cb=lambda done: done.indexed == 3
    ):
        window.intake.add_folders([photos])
    window.intake.look_for_file(os.fsencode(first))
    qtbot.waitUntil(lambda: window.model.rowCount() == 3, timeout=ANSWER_MS)
    return window


def test_the_switch_in_the_filters_folds_what_the_services_found(
    window: MainWindow, qtbot: QtBot
) -> None:
    popup = window.query_pane.filters.popup
    switch = next(box for box in popup.findChildren(QCheckBox) if "near copies" in box.text())
    switch.click()
    qtbot.waitUntil(lambda: window.model.rowCount() == 2, timeout=ANSWER_MS)
    assert window.model.index(0).data(FOLD_ROLE) == Fold(1, is_open=False, is_tinted=False)
    window.model.toggle_fold(window.model.index(0))
    assert window.model.index(1).data() == "again.jpg"
    assert window.query_pane.filters.text == "", "nothing is left out"
    switch.click()
    qtbot.waitUntil(
        lambda: window.model.rowCount() == 3 and window.model.index(0).data(FOLD_ROLE) is None,
        timeout=ANSWER_MS,
    )


def test_the_mouse_is_told_name_folder_size_and_distance(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    viewport = window.results.viewport()
    place = window.results.visualRect(window.model.index(0)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    assert QToolTip.text().startswith("<p style='white-space:pre'>first &lt;i&gt;.png<br>")
    assert str(tmp_path / "photos") in QToolTip.text()
    assert "0 bits from the query" in QToolTip.text()
    qtbot.waitUntil(lambda: "160 × 120 pixels · PNG" in QToolTip.text())  # noqa: RUF001
    assert "<i>" not in QToolTip.text()
    empty = QPoint(viewport.width() - 2, viewport.height() - 2)
    QApplication.sendEvent(
        viewport, QHelpEvent(QEvent.Type.ToolTip, empty, viewport.mapToGlobal(empty))
    )
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
