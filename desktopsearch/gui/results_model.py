"""The hits of the latest query as rows, in their order, cut off at a distance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktopsearch.domain.albums import Album
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import dragged_photos
from desktopsearch.gui.folds import Fold, Folds, lead_of
from desktopsearch.gui.hover import hover_text
from desktopsearch.gui.places import name_of, url_of
from desktopsearch.gui.spoken import spoken

HIT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
FOLD_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""A ``Fold``, or None for a photo that has nothing to do with near copies."""
ALBUMS_ROLE: Final = Qt.ItemDataRole.UserRole + 3
"""The albums that the photo is in, a sequence of ``Album``."""
PHOTO_MIME: Final = "application/x-desktopsearch-photo"
"""The number of a photo of the library, in a drag that began in the window."""

AnyIndex = QModelIndex | QPersistentModelIndex


# With more runs than this, views are told of a reset: each run moves all that stands behind it.
_MOST_RUNS = 64


class ResultsModel(QAbstractListModel):
    """Hits for a view; the cut-off changes without a new search.

    Near copies are folded behind their lead until they are asked for, and then stand after it.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        albums_of: Callable[[int], Sequence[Album]] = lambda _photo_id: (),
    ) -> None:
        """Begin without hits.

        Args:
            parent: Owner of the model.
            albums_of: The albums that a photo is in, as far as is known; must not take long.
        """
        super().__init__(parent)
        self._albums_of = albums_of
        self._hits: Sequence[SearchHit] = ()
        self._folds: Folds | None = None
        self._opened: set[int] = set()
        self._closed: set[int] = set()
        self._cut: int | None = None
        self._distances: NDArray[np.int64] | None = None
        self._photo_ids: NDArray[np.int64] | None = None
        self._shown: NDArray[np.int64] = np.empty(0, np.int64)
        """The positions of the hits that are shown, ascending: one for each row."""

    @property
    def hits(self) -> Sequence[SearchHit]:
        """All hits, those beyond the cut-off too."""
        return self._hits

    def set_hits(
        self, hits: Sequence[SearchHit], *, folded: bool = False, unfolded: bool = False
    ) -> None:
        """Show the hits of another answer.

        Args:
            hits: In their order.
            folded: Whether hits may name a lead behind which they fold.
            unfolded: Whether they may, but stand open after it by themselves.
        """
        folds = None
        if folded or unfolded:
            folds = Folds(hits, self._closed if unfolded else self._opened, unfolded=unfolded)
        self.beginResetModel()
        self._hits, self._distances, self._photo_ids = hits, None, None
        self._folds = folds
        if folds is not None:
            self._hits = folds.hits
        self._shown = self._wanted()
        self.endResetModel()

    def set_cut(self, distance: int | None) -> None:
        """Show only hits up to a distance; None for all."""
        self._cut = distance
        self._show(self._wanted())

    def toggle_fold(self, index: AnyIndex) -> int:
        """Show the near copies behind a photo, or fold them again.

        Returns:
            The photo that they are behind.
        """
        lead = lead_of(self.hit(index))
        if self._folds is not None:
            self._folds.toggle(lead)
            self._show(self._wanted())
            row = self.row_of(lead)
            if row is not None:
                self.dataChanged.emit(self.index(row), self.index(row))
        return lead

    def hit(self, index: AnyIndex) -> SearchHit:
        """The hit of a row."""
        return self._hits[int(self._shown[index.row()])]

    def hits_between(self, first: int, last: int) -> list[SearchHit]:
        """The hits of the rows from the first to the last."""
        return [self._hits[position] for position in self._shown[first : last + 1].tolist()]

    def row_of(self, photo_id: int) -> int | None:
        """Where a photo is shown now."""
        rows = self.rows_of(np.array([photo_id]))
        return int(rows[0]) if rows.size else None

    def rows_of(self, photo_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows (n,) in which photos are shown now, ascending; some may not be shown."""
        if not photo_ids.size:
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isin(self._all_photo_ids()[self._shown], photo_ids))

    def photo_ids(self, first: int, last: int) -> NDArray[np.int64]:
        """The photos (n,) of the rows from the first to the last."""
        return self._all_photo_ids()[self._shown[first : last + 1]]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Rows within the cut-off."""
        return 0 if parent.isValid() else self._shown.size

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, description and the hit itself."""
        if not index.isValid():
            return None
        hit = self.hit(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name_of(hit.path)
            case Qt.ItemDataRole.ToolTipRole:
                return hover_text(hit)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(hit, self._fold(hit), self._albums_of(hit.photo_id))
            case _ if role == HIT_ROLE:
                return hit
            case _ if role == FOLD_ROLE:
                return self._fold(hit)
            case _ if role == ALBUMS_ROLE:
                return self._albums_of(hit.photo_id)
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
        return ["text/uri-list", PHOTO_MIME, dragged_photos.PHOTOS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        """The files of the dragged photos."""
        return mime_of([self.hit(index) for index in indexes])

    def _fold(self, hit: SearchHit) -> Fold | None:
        return None if self._folds is None else self._folds.of(hit)

    def _wanted(self) -> NDArray[np.int64]:
        within: NDArray[np.bool_] | None = None
        if self._cut is not None:
            if self._distances is None:
                self._distances = _numbers("distance", self._hits)
            within = self._distances <= self._cut
        if self._folds is not None:
            return np.flatnonzero(self._folds.shown(within))
        return np.arange(len(self._hits)) if within is None else np.flatnonzero(within)

    def _show(self, wanted: NDArray[np.int64]) -> None:
        """Take rows out and put others in, and tell the views which."""
        gone = list(_runs(np.isin(self._shown, wanted, invert=True)))
        new = list(_runs(np.isin(wanted, self._shown, invert=True)))
        if len(gone) + len(new) > _MOST_RUNS:
            self.beginResetModel()
            self._shown = wanted
            self.endResetModel()
            return
        # From the last to the first, so that the rows still to go keep their numbers.
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._shown = np.delete(self._shown, slice(first, last + 1))
            self.endRemoveRows()
        for first, last in new:
            self.beginInsertRows(QModelIndex(), first, last)
            self._shown = np.insert(self._shown, first, wanted[first : last + 1])
            self.endInsertRows()

    def _all_photo_ids(self) -> NDArray[np.int64]:
        if self._photo_ids is None:
            self._photo_ids = _numbers("photo_id", self._hits)
        return self._photo_ids


def mime_of(hits: Sequence[SearchHit]) -> QMimeData:
    """The files of photos, for the clipboard or for a drag; a single one says which photo it is."""
    mime = QMimeData()
    mime.setUrls([url_of(hit.path) for hit in hits])
    dragged_photos.put(mime, [hit.photo_id for hit in hits])
    if len(hits) == 1:
        mime.setData(PHOTO_MIME, str(hits[0].photo_id).encode("ascii"))
    return mime


def _numbers(name: str, hits: Sequence[SearchHit]) -> NDArray[np.int64]:
    return np.fromiter(map(attrgetter(name), hits), np.int64, len(hits))


def _runs(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last row of every run of chosen rows.

    By distance there is one run at most; the finer order has the far between the near.
    """
    edges = np.flatnonzero(np.diff(chosen, prepend=False, append=False))
    for first, end in edges.reshape(-1, 2).tolist():
        yield first, end - 1
