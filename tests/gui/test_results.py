from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.places import path_of
from desktopsearch.gui.results_model import PHOTO_MIME, ResultsModel
from desktopsearch.gui.results_view import ResultsView
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
    assert "3 bits differ" in text
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
