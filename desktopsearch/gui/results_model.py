"""The hits of the latest query as rows, in their order, cut off at a distance."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktopsearch.domain.library import shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.places import name_of, url_of
from desktopsearch.gui.texts import _, decimal, figure, plural

HIT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
PHOTO_MIME: Final = "application/x-desktopsearch-photo"
"""The number of a photo of the library, in a drag that began in the window."""

AnyIndex = QModelIndex | QPersistentModelIndex


class ResultsModel(QAbstractListModel):
    """Hits for a view; the cut-off changes without a new search."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: Sequence[SearchHit] = ()
        self._cut: int | None = None
        self._shown: list[SearchHit] = []

    @property
    def hits(self) -> Sequence[SearchHit]:
        """All hits, those beyond the cut-off too."""
        return self._hits

    def set_hits(self, hits: Sequence[SearchHit]) -> None:
        """Show the hits of another answer."""
        if hits == self._hits:
            return
        self.beginResetModel()
        self._hits = hits
        self._shown = self._within()
        self.endResetModel()

    def set_cut(self, distance: int | None) -> None:
        """Show only hits up to a distance; None for all."""
        self._cut = distance
        wanted = self._within()
        # From the last to the first, so that the rows still to go keep their numbers.
        for first, last in reversed(list(_runs(self._shown, without=wanted))):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._shown[first : last + 1]
            self.endRemoveRows()
        for first, last in list(_runs(wanted, without=self._shown)):
            self.beginInsertRows(QModelIndex(), first, last)
            self._shown[first:first] = wanted[first : last + 1]
            self.endInsertRows()

    def hit(self, index: AnyIndex) -> SearchHit:
        """The hit of a row."""
        return self._shown[index.row()]

    def row_of(self, photo_id: int) -> int | None:
        """Where a photo is shown now."""
        rows = (row for row, hit in enumerate(self._shown) if hit.photo_id == photo_id)
        return next(rows, None)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Rows within the cut-off."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, description and the hit itself."""
        if not index.isValid():
            return None
        hit = self.hit(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name_of(hit.path)
            case Qt.ItemDataRole.ToolTipRole:
                return _tool_tip(hit)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _("{name}, distance {distance}").format(
                    name=name_of(hit.path), distance=figure(hit.distance)
                )
            case _ if role == HIT_ROLE:
                return hit
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Photos can be selected and dragged to other programs."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802 - Qt's name
        """Copies only: the user's files stay where they are."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """What a drag of photos carries."""
        return ["text/uri-list", PHOTO_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """The files of the dragged photos."""
        hits = [self.hit(index) for index in indexes]
        mime = QMimeData()
        mime.setUrls([url_of(hit.path) for hit in hits])
        if len(hits) == 1:
            mime.setData(PHOTO_MIME, str(hits[0].photo_id).encode("ascii"))
        return mime

    def _within(self) -> list[SearchHit]:
        return [hit for hit in self._hits if self._cut is None or hit.distance <= self._cut]


def _runs(hits: Sequence[SearchHit], *, without: Sequence[SearchHit]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last row of every run of hits that the others do not hold.

    By distance there is one run at most; the finer order has the far between the near.
    """
    others = {hit.photo_id for hit in without}
    first = None
    for row, hit in enumerate(hits):
        if hit.photo_id in others:
            if first is not None:
                yield first, row - 1
            first = None
        elif first is None:
            first = row
    if first is not None:
        yield first, len(hits) - 1


def _tool_tip(hit: SearchHit) -> str:
    lines = [
        shown(hit.path),
        plural("{n} bit differs from the query", "{n} bits differ from the query", hit.distance),
    ]
    if hit.cosine is not None:
        lines.append(_("Likeness in full: {likeness}").format(likeness=decimal(hit.cosine)))
    if hit.offline:
        lines.append(_("Its folder is offline."))
    if hit.copies:
        lines.append(plural("{n} more copy:", "{n} more copies:", len(hit.copies)))
        lines += [shown(copy) for copy in hit.copies[:8]]
    # Escaped, since a file name could look like rich text.
    return "<p style='white-space:pre'>" + "<br>".join(map(html.escape, lines)) + "</p>"
