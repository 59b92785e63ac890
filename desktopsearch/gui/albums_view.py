"""The list of albums: its keys, and the photos that are dropped on one of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktopsearch.domain.albums import Album
from desktopsearch.gui import dragged_photos, dropped, shortcuts
from desktopsearch.gui.albums_delegate import AlbumsDelegate
from desktopsearch.gui.albums_model import AlbumsModel
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme

_MOST_LINES: Final = 9
_LEAST_LINES: Final = 3


class AlbumsView(QListView):
    """As high as its lines, if there is room."""

    show_wanted = Signal(object)
    """An ``Album``, as the next three."""
    suggestions_wanted = Signal(object)
    rename_wanted = Signal(object)
    delete_wanted = Signal(object)
    menu_wanted = Signal(object, object)
    """An ``Album`` and a ``QPoint`` of the screen."""
    photos_dropped = Signal(object, object)
    """An ``Album`` and the numbers of photos of the library."""

    def __init__(self, theme: Theme, model: AlbumsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._albums = model
        self._delegate = AlbumsDelegate(theme, self)
        self.setObjectName("albums")
        self.setAccessibleName(_("Albums"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.clicked.connect(lambda index: self.show_wanted.emit(model.album(index)))
        model.modelReset.connect(self.updateGeometry)
        theme.changed.connect(self.viewport().update)

    @property
    def current_album(self) -> Album | None:
        """The album that the keys are about."""
        index = self.currentIndex()
        return self._albums.album(index) if index.isValid() else None

    def set_current_album(self, album_id: int) -> None:
        """Make an album the current one, if it is there."""
        row = self._albums.row_of(album_id)
        if row is not None:
            self.setCurrentIndex(self._albums.index(row))

    def mark_listed(self, album_id: int | None) -> None:
        """Mark the album whose photos are shown, or none."""
        self._delegate.listed_id = album_id
        self.viewport().update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for all lines, up to a limit."""
        return QSize(super().sizeHint().width(), self._height_px(_MOST_LINES))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a few lines."""
        return QSize(0, self._height_px(_LEAST_LINES))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter shows the photos, Ctrl+Enter suggests others, F2 renames, Del deletes."""
        album = self.current_album
        match shortcuts.act_of(event, shortcuts.ALBUMS):
            case Act.SHOW_ALBUM if album is not None:
                self.show_wanted.emit(album)
            case Act.SUGGEST if album is not None:
                self.suggestions_wanted.emit(album)
            case Act.RENAME_ALBUM if album is not None:
                self.rename_wanted.emit(album)
            case Act.DELETE_ALBUM if album is not None:
                self.delete_wanted.emit(album)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the album under the mouse, or the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place: QPoint = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(self._albums.album(index), self.viewport().mapToGlobal(place))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take photos of the grid; what comes from outside is for the panel."""
        if dragged_photos.photo_ids(event.mimeData()):
            dropped.accept_copy(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Mark the album that the photos are held over."""
        index = self.indexAt(event.position().toPoint())
        self._mark(index.row() if index.isValid() else None)
        if index.isValid():
            dropped.accept_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Mark nothing any more."""
        self._mark(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on the photos and the album."""
        self._mark(None)
        index = self.indexAt(event.position().toPoint())
        photo_ids = dragged_photos.photo_ids(event.mimeData())
        if index.isValid() and photo_ids:
            dropped.accept_copy(event)
            self.photos_dropped.emit(self._albums.album(index), photo_ids)
        else:
            event.ignore()

    def _mark(self, row: int | None) -> None:
        self._delegate.drop_row = row
        self.viewport().update()

    def _height_px(self, most_lines: int) -> int:
        return min(self._albums.rowCount(), most_lines) * self._delegate.height_px
