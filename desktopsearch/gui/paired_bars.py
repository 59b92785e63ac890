"""Two bars for each album: how well its photos were found before, and how well after a teaching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktopsearch.gui.texts import _, decimal
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.teaching_texts import PLACES

_BAR_PX = 7
_NAME_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Pair:
    """One album; figures between 0 and 1."""

    name: str
    before: float
    after: float


class PairedBars(QWidget):
    """Draws the pairs, one below the other, under a legend."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.pairs: Sequence[Pair] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("mAP of each album before and after teaching"))

    def set_pairs(self, pairs: Sequence[Pair]) -> None:
        """Show others."""
        self.pairs = pairs
        self.setAccessibleDescription("; ".join(map(_told, pairs)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its rows."""
        line = self.fontMetrics().height()
        return QSize(40 * line, line + SPACE_PX + len(self.pairs) * self._row_px())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw legend, names, bars and figures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        name_px = round(_NAME_SHARE * self.width())
        figure_px = metrics.horizontalAdvance(decimal(0.0, PLACES)) + SPACE_PX
        left = name_px + SPACE_PX
        most = self.width() - left - 2 * figure_px
        self._draw_legend(painter, left)
        top = metrics.height() + SPACE_PX
        for pair in self.pairs:
            row = QRect(0, top, self.width(), self._row_px())
            painter.setPen(self._theme.colour("text"))
            name = metrics.elidedText(pair.name, Qt.TextElideMode.ElideRight, name_px)
            self._write(painter, QRect(0, top, name_px, row.height()), name)
            middle = row.center().y()
            for value, role, y in (
                (pair.before, "muted", middle - _BAR_PX - 1),
                (pair.after, "accent", middle + 1),
            ):
                self._draw_bar(painter, QRect(left, y, round(most * value), _BAR_PX), role)
            painter.setPen(self._theme.colour("muted"))
            before = QRect(left + most, top, figure_px, row.height())
            self._write(painter, before, decimal(pair.before, PLACES), right=True)
            painter.setPen(self._theme.colour("text"))
            after = before.translated(figure_px, 0)
            self._write(painter, after, decimal(pair.after, PLACES), right=True)
            top += row.height()

    def _row_px(self) -> int:
        return max(self.fontMetrics().height(), 2 * _BAR_PX + 2) + SPACE_PX

    def _draw_legend(self, painter: QPainter, left: int) -> None:
        height = self.fontMetrics().height()
        for text, role in ((_("before"), "muted"), (_("taught"), "accent")):
            square = QRect(left, (height - _BAR_PX) // 2, _BAR_PX, _BAR_PX)
            self._draw_bar(painter, square, role)
            width = self.fontMetrics().horizontalAdvance(text) + 1
            painter.setPen(self._theme.colour("text"))
            self._write(painter, QRect(square.right() + SPACE_PX, 0, width, height), text)
            left += _BAR_PX + width + 3 * SPACE_PX

    def _draw_bar(self, painter: QPainter, rect: QRect, role: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(role))
        painter.drawRoundedRect(QRectF(self._mirrored(rect)), 2, 2)

    def _write(self, painter: QPainter, rect: QRect, text: str, *, right: bool = False) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        flags = QStyle.visualAlignment(self.layoutDirection(), side)
        painter.drawText(self._mirrored(rect), flags | Qt.AlignmentFlag.AlignVCenter, text)

    def _mirrored(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)


def _told(pair: Pair) -> str:
    return _("{album}: mAP {before} before, {after} taught").format(
        album=pair.name, before=decimal(pair.before, PLACES), after=decimal(pair.after, PLACES)
    )
