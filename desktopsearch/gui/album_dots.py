"""Small dots before the name of a photo, in the colours of the albums that it is in.

Each row of dots is drawn once and kept: round, smooth edges take longer than the rest of a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from desktopsearch.domain.albums import Album
from desktopsearch.gui.albums_delegate import paint_dot
from desktopsearch.gui.colours import Colours
from desktopsearch.gui.theme import Theme

MOST: Final = 4
"""Dots of one photo; where it is in more albums, a sign says so."""
DOT_PX: Final = 9.0
_GAP_PX = 3.0
_AFTER_PX = 5.0
_MORE = "+"
_MOST_KEPT = 256


class AlbumDots:
    """Measures and draws them in one font."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme = theme
        self._font = font
        metrics = QFontMetricsF(font)
        self._more_px = metrics.horizontalAdvance(_MORE)
        self._height_px = max(DOT_PX, metrics.height())
        self._drawn = lru_cache(_MOST_KEPT)(self._draw)

    def width(self, albums: Sequence[Album]) -> float:
        """How much room the dots of a photo take, the gap to its name among it."""
        return self._width(len(albums)) + _AFTER_PX if albums else 0.0

    def draw(
        self, painter: QPainter, place: QRectF, albums: Sequence[Album], *, mirrored: bool
    ) -> None:
        """Draw them.

        Args:
            painter: Of a widget.
            place: As wide as ``width`` says.
            albums: Of the photo.
            mirrored: Whether the first stands on the right.
        """
        colours = tuple(album.colour for album in albums[: MOST + 1])
        ratio = painter.device().devicePixelRatio()
        pixmap = self._drawn(colours, self._theme.colours, mirrored, ratio)
        size = pixmap.deviceIndependentSize()
        left = place.right() - size.width() if mirrored else place.left()
        painter.drawPixmap(QPointF(left, place.center().y() - size.height() / 2), pixmap)

    def _width(self, albums: int) -> float:
        more = self._more_px + _GAP_PX if albums > MOST else 0.0
        return min(albums, MOST) * (DOT_PX + _GAP_PX) - _GAP_PX + more

    def _draw(self, colours: Sequence[str], look: Colours, mirrored: bool, ratio: float) -> QPixmap:
        size = QSizeF(self._width(len(colours)), self._height_px)
        pixmap = QPixmap((size * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, ahead = (size.width(), -1.0) if mirrored else (0.0, 1.0)
        for colour in colours[:MOST]:
            centre = QPointF(start + ahead * DOT_PX / 2, size.height() / 2)
            paint_dot(painter, centre, colour, self._theme, DOT_PX)
            start += ahead * (DOT_PX + _GAP_PX)
        if len(colours) > MOST:
            left = min(start, start + ahead * self._more_px)
            painter.setFont(self._font)
            painter.setPen(QColor(look.muted))
            sign = QRectF(left, 0, self._more_px, size.height())
            painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, _MORE)
        painter.end()
        return pixmap
