"""The grid of photos that were found, nearest first.

Owns selection, zoom, keys and the menu of a photo. Only what is visible, and a page around it, is
fetched and drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from desktopsearch.domain.library import shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places, shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.results_delegate import MARGIN_PX, ResultsDelegate
from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails

SMALLEST_PX: Final = 96
LARGEST_PX: Final = 352
USUAL_PX: Final = 176
ZOOM_STEP_PX: Final = 16
_MARGIN_PX: Final = 6
# Pixmaps come in steps of this size, so that a window that is being resized asks rarely.
_EDGE_STEP_PX = 64


class ResultsView(QListView):
    """A grid of hits."""

    similar_wanted = Signal(object)
    """A ``SearchHit``: look for photos like this one."""
    preview_wanted = Signal()
    """Show the current photo large."""
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
        self._icons = icons
        self.thumbnails = thumbnails
        self._results = model
        self._delegate = ResultsDelegate(theme, icons, thumbnails, self)
        self._least_px = USUAL_PX
        self._chosen: set[int] = set()
        self.setAccessibleName(_("Photos that were found"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.verticalScrollBar().setSingleStep(48)
        self.setViewportMargins(_MARGIN_PX, _MARGIN_PX, 0, 0)
        self._fetching = QTimer(self, singleShot=True, interval=15)
        self._fetching.timeout.connect(self._fetch_visible)
        self.verticalScrollBar().valueChanged.connect(self._fetching.start)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._fetching.start)
        model.modelAboutToBeReset.connect(self._remember_selection)
        model.modelReset.connect(self._restore_selection)
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
        indexes = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return [self._results.hit(index) for index in indexes]

    def set_current_photo(self, photo_id: int) -> None:
        """Make a photo the current one, or none if it is not shown; keeps the selection."""
        row = self._results.row_of(photo_id)
        index = QModelIndex() if row is None else self._results.index(row)
        selection = self.selectionModel()
        selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)

    def fetch_again(self) -> None:
        """Fetch what is visible once more, since the library has changed."""
        self._fetching.start()

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
        hits = self.selected_hits()
        match shortcuts.act_of(event, shortcuts.GRID):
            case Act.PREVIEW:
                self.preview_wanted.emit()
            case Act.OPEN if hits:
                places.open_file(hits[0].path)
            case Act.SIMILAR if hits:
                self.similar_wanted.emit(hits[0])
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the selected photos."""
        hits = self.selected_hits()
        if not hits:
            return
        position = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            position = self.viewport().mapToGlobal(rect.center())
        menu = self.menu_for(hits)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu_for(self, hits: Sequence[SearchHit]) -> QMenu:
        """The menu of some photos; what needs one photo takes the first."""
        menu = QMenu(self)
        first = hits[0]
        similar = menu.addAction(self._icons.get("search"), _("Find similar photos"))
        similar.setShortcut(shortcuts.keys_of(Act.SIMILAR)[0])
        similar.triggered.connect(lambda: self.similar_wanted.emit(first))
        menu.addSeparator()
        opened = menu.addAction(self._icons.get("open"), _("Open"))
        opened.setShortcut(shortcuts.keys_of(Act.OPEN)[0])
        opened.triggered.connect(lambda: places.open_file(first.path))
        shown_there = menu.addAction(self._icons.get("folder"), _("Show in folder"))
        shown_there.triggered.connect(lambda: places.show_in_folder(first.path))
        menu.addSeparator()
        copied = menu.addAction(self._icons.get("copy"), _("Copy"))
        copied.triggered.connect(lambda: self._copy_files(hits))
        copied_path = menu.addAction(_("Copy path"))
        copied_path.triggered.connect(
            lambda: QGuiApplication.clipboard().setText("\n".join(shown(hit.path) for hit in hits))
        )
        return menu

    def _copy_files(self, hits: Sequence[SearchHit]) -> None:
        rows = [self._results.row_of(hit.photo_id) for hit in hits]
        indexes = [self._results.index(row) for row in rows if row is not None]
        QGuiApplication.clipboard().setMimeData(self._results.mimeData(indexes))

    def _lay_out(self) -> None:
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2 * _MARGIN_PX
        least = self._least_px + 2 * MARGIN_PX + 4
        columns = max(1, room // least)
        width = max(room // columns, least)
        self._delegate.set_cell_width(width)
        self.setGridSize(self._delegate.cell)
        self._fetching.start()

    def _fetch_visible(self) -> None:
        count = self._results.rowCount()
        if not count or not self.isVisible():
            return
        cell = self.gridSize()
        columns = max(1, self.viewport().width() // cell.width())
        offset, height = self.verticalOffset(), self.viewport().height()
        first = max(0, offset // cell.height() * columns)
        last = min(count, (math.ceil((offset + height) / cell.height())) * columns)
        page = last - first
        rows = [
            *range(first, last),
            *range(last, min(count, last + page)),
            *range(max(0, first - page), first),
        ]
        edge = cell.width() * self.devicePixelRatioF()
        self.thumbnails.want(
            [self._results.hit(self._results.index(row)).photo_id for row in rows],
            math.ceil(edge / _EDGE_STEP_PX) * _EDGE_STEP_PX,
        )

    def _on_thumbnail_loaded(self, photo_id: int) -> None:
        row = self._results.row_of(photo_id)
        if row is not None:
            self.viewport().update(self.visualRect(self._results.index(row)))

    def _remember_selection(self) -> None:
        self._chosen = {hit.photo_id for hit in self.selected_hits()}

    def _restore_selection(self) -> None:
        selection = self.selectionModel()
        for row in range(self._results.rowCount()):
            index = self._results.index(row)
            if self._results.hit(index).photo_id in self._chosen:
                selection.select(index, selection.SelectionFlag.Select)
