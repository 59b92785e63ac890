"""Searches before and after a teaching, side by side: a photo, and what is found for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktopsearch.gui.results_delegate import fit
from desktopsearch.gui.rounded import RoundedPixmaps
from desktopsearch.gui.texts import _, figure, plural
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from desktopsearch.gui.teach_bridge import ShownSearch

_QUERY_PX, _FOUND_PX, _GAP_PX = 104, 68, 6
_RADIUS_PX, _RING_PX = 6.0, 2.0


class ExampleSearches(QWidget):
    """Draws one search below the other, what was found before above what is found now.

    Photos that are in an album with the one that was looked for have a ring.
    """

    def __init__(self, theme: Theme, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures = pictures
        self._rounded = RoundedPixmaps()
        self.searches: Sequence[ShownSearch] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Searches before and after teaching"))
        pictures.loaded.connect(self._on_loaded)
        theme.changed.connect(self.update)

    def set_searches(self, searches: Sequence[ShownSearch]) -> None:
        """Show others."""
        self.searches = searches
        self.setAccessibleDescription(
            "; ".join(_told(number, each) for number, each in enumerate(searches, 1))
        )
        self.updateGeometry()
        self._want()
        self.update()

    def picture_of(self, photo_id: int) -> QPixmap | None:
        """The picture of a photo as soon as it is there."""
        return self._pictures.get(photo_id)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its searches."""
        height = len(self.searches) * (self._search_px + 2 * SPACE_PX)
        return QSize(_QUERY_PX + 7 * (_FOUND_PX + _GAP_PX), max(0, height - 2 * SPACE_PX))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Fetch the pictures."""
        super().showEvent(event)
        self._want()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        for each in self.searches:
            self._draw(painter, each, top)
            top += self._search_px + 2 * SPACE_PX

    @property
    def _search_px(self) -> int:
        return 2 * _FOUND_PX + _GAP_PX

    def _draw(self, painter: QPainter, search: ShownSearch, top: float) -> None:
        middle = top + (self._search_px - _QUERY_PX) / 2
        self._draw_photo(painter, search.query, QRectF(0, middle, _QUERY_PX, _QUERY_PX))
        names = _QUERY_PX + 2 * SPACE_PX
        first = names + max(
            self.fontMetrics().horizontalAdvance(text) for text in (_("before"), _("taught"))
        )
        for text, photo_ids, role, y in (
            (_("before"), search.before, "muted", top),
            (_("taught"), search.after, "text", top + _FOUND_PX + _GAP_PX),
        ):
            painter.setPen(self._theme.colour(role))
            place = QRectF(names, y, first - names + 1, _FOUND_PX)
            side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
            painter.drawText(self._mirrored(place), side | Qt.AlignmentFlag.AlignVCenter, text)
            left = float(first + 2 * SPACE_PX)
            for photo_id in photo_ids:
                if left + _FOUND_PX > self.width():
                    break
                ring = photo_id in search.together
                self._draw_photo(painter, photo_id, QRectF(left, y, _FOUND_PX, _FOUND_PX), ring)
                left += _FOUND_PX + _GAP_PX

    def _draw_photo(
        self, painter: QPainter, photo_id: int, place: QRectF, ring: bool = False
    ) -> None:
        place = self._mirrored(place)
        pixmap = self.picture_of(photo_id)
        inner = place.adjusted(*[2 * _RING_PX] * 2, *[-2 * _RING_PX] * 2)
        if pixmap is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(inner, _RADIUS_PX, _RADIUS_PX)
            area = inner
        else:
            area = fit(pixmap, inner)
            sized = self._rounded.get(pixmap, area.size().toSize(), self.devicePixelRatioF())
            painter.drawPixmap(area.topLeft(), sized)
        if ring:
            painter.setPen(QPen(self._theme.colour("accent"), _RING_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                area.adjusted(*[-_RING_PX] * 2, *[_RING_PX] * 2), _RADIUS_PX, _RADIUS_PX
            )

    def _mirrored(self, place: QRectF) -> QRectF:
        if self.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            return place
        return QRectF(self.width() - place.right(), place.top(), place.width(), place.height())

    def _want(self) -> None:
        if not self.searches or not self.isVisible():
            return
        self._pictures.start()
        wanted = [
            photo_id
            for each in self.searches
            for photo_id in (each.query, *each.before, *each.after)
        ]
        edge_px = round(_QUERY_PX * self.devicePixelRatioF())
        self._pictures.want(list(dict.fromkeys(wanted)), edge_px)

    def _on_loaded(self, _photo_id: int) -> None:
        self.update()


def _told(number: int, search: ShownSearch) -> str:
    together = set(search.together)
    before, after = (
        plural("{n} photo", "{n} photos", len(together.intersection(found)))
        for found in (search.before, search.after)
    )
    return _(
        "Search {number}: {before} of an album with it before, {after} taught,"
        " among the first {all}"
    ).format(number=figure(number), before=before, after=after, all=figure(len(search.after)))
