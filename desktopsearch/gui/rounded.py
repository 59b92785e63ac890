"""Pixmaps with round corners in the very size in which they are drawn, made once and kept.

Scaling and rounding take most of the time that a page of photos takes; drawing what is ready takes
a tenth of it. So no more are made at once than a person does not feel.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPixmap, QTransform

RADIUS_PX: Final = 6.0
CACHE_BYTES: Final = 96 * 1024 * 1024
_BYTES_PER_PIXEL = 4
_PAGE_S = 0.01
"""Processor time for making what is not ready when a page is drawn."""


class RoundedPixmaps:
    """Keeps as many as fit into a budget, the latest used of them."""

    def __init__(self, cache_bytes: int = CACHE_BYTES) -> None:
        self._cache_bytes = cache_bytes
        self._kept: OrderedDict[tuple[int, int, int], QPixmap] = OrderedDict()
        self._kept_bytes = 0
        self._left_s = 0.0

    def begin_page(self) -> None:
        """Give ``get_in_time`` its time anew."""
        self._left_s = _PAGE_S

    def get_in_time(self, pixmap: QPixmap, size: QSize, ratio: float) -> QPixmap | None:
        """The same as ``get``; None where it is not ready and the time of the page is over."""
        if self._key(pixmap, size, ratio) in self._kept:
            return self.get(pixmap, size, ratio)
        if self._left_s <= 0:
            return None
        began = time.thread_time()
        made = self.get(pixmap, size, ratio)
        self._left_s -= time.thread_time() - began
        return made

    def get(self, pixmap: QPixmap, size: QSize, ratio: float) -> QPixmap:
        """A pixmap in another size with round corners.

        Args:
            pixmap: As it was decoded.
            size: In points.
            ratio: Pixels a point.
        """
        key = self._key(pixmap, size, ratio)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _rounded(pixmap, QSize(*key[1:]), ratio)
            self._kept_bytes += _bytes_of(kept)
            while self._kept_bytes > self._cache_bytes and len(self._kept) > 1:
                _key, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= _bytes_of(oldest)
        else:
            self._kept.move_to_end(key)
        return kept

    @staticmethod
    def _key(pixmap: QPixmap, size: QSize, ratio: float) -> tuple[int, int, int]:
        """Which pixmap, and its width and height in pixels."""
        width, height = (max(1, round(edge * ratio)) for edge in (size.width(), size.height()))
        return pixmap.cacheKey(), width, height


def draw_rounded(painter: QPainter, pixmap: QPixmap, area: QRectF) -> None:
    """Draw a pixmap over an area with round, smooth corners."""
    brush = QBrush(pixmap)
    ratio = pixmap.devicePixelRatio()
    transform = QTransform.fromTranslate(area.left(), area.top())
    transform.scale(area.width() / pixmap.width() * ratio, area.height() / pixmap.height() * ratio)
    brush.setTransform(transform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)


def _rounded(pixmap: QPixmap, target: QSize, ratio: float) -> QPixmap:
    # Brought to size first: a brush that is stretched is slower and blends opposite edges.
    sized = pixmap.scaled(
        target, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    rounded = QPixmap(target)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(sized))
    painter.drawRoundedRect(rounded.rect(), RADIUS_PX * ratio, RADIUS_PX * ratio)
    painter.end()
    rounded.setDevicePixelRatio(ratio)
    return rounded


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * _BYTES_PER_PIXEL
