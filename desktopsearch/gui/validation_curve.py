"""Curves of a teaching while it goes on: how well photos kept back are found after each epoch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopsearch.gui.texts import _, decimal, figure
from desktopsearch.gui.theme import SPACE_PX, Theme

_PLACES = 3
_HEIGHT_PX = 180
_LEAST_SPAN = 0.05
"""Of the axis, so that noise does not look like a change."""


class ValidationCurve(QWidget):
    """Draws a curve for each lesson; the latest stands out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._latest = 0
        self.curves: dict[int, list[tuple[int, float]]] = {}
        """By lesson: epochs and what was found after them, between 0 and 1."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("How well photos that were kept back are found, by epoch"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and flat."""
        return QSize(3 * _HEIGHT_PX, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As low as its texts allow."""
        return QSize(_HEIGHT_PX, 4 * self.fontMetrics().height())

    def clear(self) -> None:
        """Begin anew."""
        self._latest = 0
        self.curves = {}
        self.setAccessibleDescription("")
        self.update()

    def add(self, lesson: int, epoch: int, value: float) -> None:
        """Draw a curve on, or once more from an epoch that is told again after a pause."""
        known = [each for each in self.curves.get(lesson, []) if each[0] < epoch]
        self.curves[lesson] = [*known, (epoch, value)]
        self._latest = max(self._latest, lesson)
        self.setAccessibleDescription(
            _("mAP {value} after epoch {epoch}").format(
                value=decimal(value, _PLACES), epoch=figure(epoch)
            )
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw axis and curves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        points = [point for curve in self.curves.values() for point in curve]
        if not points:
            return
        values = [value for _epoch, value in points]
        low, high = min(values), max(values)
        if high - low < _LEAST_SPAN:
            low, high = (low + high - _LEAST_SPAN) / 2, (low + high + _LEAST_SPAN) / 2
        metrics = self.fontMetrics()
        texts = [decimal(high, _PLACES), decimal(low, _PLACES)]
        left = max(map(metrics.horizontalAdvance, texts)) + 2.0 * SPACE_PX
        area = QRectF(self.rect()).adjusted(left, metrics.height(), -2 * SPACE_PX, -2 * SPACE_PX)
        painter.setPen(self._theme.colour("muted"))
        for text, y in zip(texts, (area.top(), area.bottom()), strict=True):
            line = QRectF(0, y - metrics.height() / 2, left - SPACE_PX, metrics.height())
            painter.drawText(
                line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
        painter.setPen(QPen(self._theme.colour("border"), 1))
        for y in (area.top(), area.bottom()):
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        last = max(1, *(epoch for epoch, _value in points))

        def place(point: tuple[int, float]) -> QPointF:
            return QPointF(
                area.left() + area.width() * point[0] / last,
                area.bottom() - area.height() * (point[1] - low) / (high - low),
            )

        painter.setBrush(Qt.BrushStyle.NoBrush)
        for lesson in sorted(self.curves, key=lambda lesson: lesson == self._latest):
            role, width = ("accent", 2.5) if lesson == self._latest else ("muted", 1.0)
            shade = self._theme.colour(role, 1.0 if lesson == self._latest else 0.6)
            painter.setPen(QPen(shade, width))
            _draw(painter, [place(point) for point in self.curves[lesson]], width)


def _draw(painter: QPainter, points: Sequence[QPointF], width: float) -> None:
    if len(points) > 1:
        painter.drawPolyline(QPolygonF(points))
    else:
        painter.drawEllipse(points[0], width, width)
