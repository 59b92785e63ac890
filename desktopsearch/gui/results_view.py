"""The grid of photos that were found, nearest first.

Owns selection, zoom and keys. Only what is visible, and a page around it, is fetched and drawn.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places, shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.kept_selection import KeptSelection
from desktopsearch.gui.results_delegate import MARGIN_PX, ResultsDelegate
from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from desktopsearch.gui.tile_grid import TileGrid

SMALLEST_PX: Final = 96
LARGEST_PX: Final = 352
USUAL_PX: Final = 176
ZOOM_STEP_PX: Final = 16
_MARGIN_PX: Final = 6
# Pixmaps come in steps of this size, so that a window that is being resized asks rarely.
_EDGE_STEP_PX = 64


class ResultsView(TileGrid):
    """A grid of hits."""

    similar_wanted = Signal(object)
    """A ``SearchHit``: look for photos like this one."""
    steering_wanted = Signal(object, bool)
    """Add a list of ``SearchHit`` to the query, as alike or as unlike."""
    reason_wanted = Signal(object)
    """A ``SearchHit``: say why it was found."""
    preview_wanted = Signal()
    """Show the current photo large."""
    menu_wanted = Signal(object, object)
    """Offer what can be done with a list of ``SearchHit``, at a ``QPoint`` of the screen."""
    album_wanted = Signal(int)
    """Put the selected photos into the album with this key."""
    taking_out_wanted = Signal()
    """Take the selected photos out of the album that is shown."""
    no_duplicate_wanted = Signal(object)
    """Photos, as a list of ``SearchHit``, are different from the rest of their groups."""
    reached = Signal(object)
    """Photos are in sight or a page away: their ids, the most urgent first."""
    zoomed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        thumbnails: Thumbnails,
        model: ResultsModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self._results = model
        self._delegate = ResultsDelegate(theme, icons, thumbnails, self)
        self._least_px = USUAL_PX
        self.setAccessibleName(_("Photos that were found"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.verticalScrollBar().setSingleStep(48)
        # On the other side is the scroll bar.
        start = (0, _MARGIN_PX) if self.isRightToLeft() else (_MARGIN_PX, 0)
        self.setViewportMargins(start[0], _MARGIN_PX, start[1], 0)
        self._fetching = QTimer(self, singleShot=True, interval=15)
        self._fetching.timeout.connect(self._fetch_visible)
        self.verticalScrollBar().valueChanged.connect(self._fetching.start)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._fetching.start)
        self._selected = KeptSelection(self.selectionModel(), model)
        thumbnails.loaded.connect(self._on_thumbnail_loaded)
        theme.changed.connect(self.viewport().update)
        self.doubleClicked.connect(lambda index: self.similar_wanted.emit(model.hit(index)))

    @property
    def zoom_px(self) -> int:
        """The least edge of a photo's place."""
        return self._least_px

    def set_zoom(self, edge_px: int) -> None:
        """Make the photos larger or smaller; the one in the middle stays in sight."""
        edge_px = min(max(edge_px, SMALLEST_PX), LARGEST_PX)
        if edge_px == self._least_px:
            return
        middle = self.indexAt(self.viewport().rect().center())
        self._least_px = edge_px
        self._lay_out()
        if middle.isValid():
            self.scrollTo(middle, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.zoomed.emit(edge_px)

    def selected_hits(self) -> list[SearchHit]:
        """The selected photos in the order of the grid."""
        runs = self._selected.runs()
        return [hit for run in runs for hit in self._results.hits_between(*run)]

    def select_following(self, leaving: Collection[int]) -> None:
        """Select what comes into the place of the selected photos when these photos go."""
        self._selected.select_following(leaving)

    def set_current_photo(self, photo_id: int) -> None:
        """Make a photo the current one, or none if it is not shown; keeps the selection."""
        self._selected.set_current_photo(photo_id)

    def fetch_again(self) -> None:
        """Fetch what is visible once more, since the library has changed."""
        self._fetching.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw, and soon again what there was no time to draw well."""
        self._delegate.begin_page()
        super().paintEvent(event)
        for cell in self._delegate.late:
            self.viewport().update(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the columns to the width."""
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll, or zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step = ZOOM_STEP_PX if event.angleDelta().y() > 0 else -ZOOM_STEP_PX
            self.set_zoom(self._least_px + step)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens, Ctrl+Enter looks for similar photos, Space shows a large preview."""
        runs = self._selected.runs()
        first = self._results.hit(self._results.index(runs[0][0])) if runs else None
        match shortcuts.act_of(event, shortcuts.GRID):
            case Act.PREVIEW:
                self.preview_wanted.emit()
            case Act.OPEN if first is not None:
                places.open_file(first.path)
            case Act.SIMILAR if first is not None:
                self.similar_wanted.emit(first)
            case Act.LIKE | Act.UNLIKE as act if first is not None:
                self.steering_wanted.emit(self.selected_hits(), act is Act.LIKE)
            case Act.REASON if first is not None:
                self.reason_wanted.emit(first)
            case Act.FOLD if self.currentIndex().isValid():
                self._toggle_fold(self.currentIndex())
            case Act.NO_DUPLICATE if first is not None:
                self.no_duplicate_wanted.emit(self.selected_hits())
            case Act.ADD_TO_ALBUM:
                self.album_wanted.emit(event.key() - Qt.Key.Key_0)
            case Act.TAKE_OUT:
                self.taking_out_wanted.emit()
            case Act.MENU if first is not None:
                self._offer_menu(self.visualRect(self.currentIndex()).center())
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open or fold near copies where their number is pressed."""
        position = event.position().toPoint()
        index = self.indexAt(position)
        mark = self._delegate.fold_mark(self.visualRect(index), index) if index.isValid() else None
        if mark is not None and mark[0].toRect().contains(position):
            self._toggle_fold(index)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the selected photos."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        self._offer_menu(self.visualRect(self.currentIndex()).center() if by_key else event.pos())

    def _toggle_fold(self, index: QModelIndex) -> None:
        lead = self._results.toggle_fold(index)
        # One that was folded away leaves its place to the photo that it is behind.
        if self._results.row_of(lead) is not None:
            self.set_current_photo(lead)

    def _offer_menu(self, position: QPoint) -> None:
        # One press of a key may come as a key and as an event for menus.
        if QApplication.activePopupWidget() is None and (hits := self.selected_hits()):
            self.menu_wanted.emit(hits, self.viewport().mapToGlobal(position))

    def _lay_out(self) -> None:
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2 * _MARGIN_PX
        least = self._least_px + 2 * MARGIN_PX + 4
        columns = max(1, room // least)
        width = max(room // columns, least)
        self._delegate.set_cell_width(width)
        self.set_cell(self._delegate.cell)
        self._fetching.start()

    def _fetch_visible(self) -> None:
        count = self._results.rowCount()
        if not count or not self.isVisible():
            return
        visible = self.visible_rows()
        page = len(visible)
        rows = [
            *visible,
            *range(visible.stop, min(count, visible.stop + page)),
            *range(max(0, visible.start - page), visible.start),
        ]
        edge = self.cell.width() * self.devicePixelRatioF()
        photo_ids = [self._results.hit(self._results.index(row)).photo_id for row in rows]
        self.thumbnails.want(photo_ids, math.ceil(edge / _EDGE_STEP_PX) * _EDGE_STEP_PX)
        self.reached.emit(photo_ids)

    def _on_thumbnail_loaded(self, photo_id: int) -> None:
        row = self._results.row_of(photo_id)
        if row is not None:
            self.viewport().update(self.visualRect(self._results.index(row)))
