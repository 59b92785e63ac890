"""The albums as rows of a list, in the order of their names."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktopsearch.domain.albums import Album
from desktopsearch.gui.album_texts import colour_name, size_of
from desktopsearch.gui.texts import _, figure

ALBUM_ROLE: Final = Qt.ItemDataRole.UserRole + 1
WITH_KEYS: Final = 9
"""So many albums, the first ones, have a key of their own."""

AnyIndex = QModelIndex | QPersistentModelIndex


class AlbumsModel(QAbstractListModel):
    """Albums for a view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._albums: Sequence[Album] = ()

    def set_albums(self, albums: Sequence[Album]) -> None:
        """Show these albums."""
        self.beginResetModel()
        self._albums = albums
        self.endResetModel()

    def album(self, index: AnyIndex) -> Album:
        """The album of a row."""
        return self._albums[index.row()]

    def row_of(self, album_id: int) -> int | None:
        """Where an album stands."""
        rows = (row for row, album in enumerate(self._albums) if album.id == album_id)
        return next(rows, None)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """How many there are."""
        return 0 if parent.isValid() else len(self._albums)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, description and the album itself."""
        if not index.isValid():
            return None
        album = self.album(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return album.name
            case Qt.ItemDataRole.ToolTipRole:
                # Escaped, since a name could look like rich text.
                return f"<p>{html.escape(album.name)}<br>{html.escape(size_of(album))}</p>"
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = [album.name, size_of(album), colour_name(album.colour)]
                if index.row() < WITH_KEYS:
                    parts.append(_("key {n}").format(n=figure(index.row() + 1)))
                return ", ".join(parts)
            case _ if role == ALBUM_ROLE:
                return album
        return None
