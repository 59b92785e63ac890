"""Widgets that put up with little room, so that the window can be made narrow."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QWidget

_GAP_PX = 16
_FOLDED_GAP_PX = 2


class ElidedLabel(QLabel):
    """A line that ends with a mark where it does not fit; all of it is in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have a tool tip where something is left out."""
        super().resizeEvent(event)
        self._show_tip()

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Say something else."""
        super().setText(text)
        self._show_tip()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what fits."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        # Not by way of the style: Python must not hold on to one that Qt may replace.
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text
        )
        painter.end()

    def _show_tip(self) -> None:
        is_cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        # Escaped, since a file name could look like rich text.
        self.setToolTip(f"<p>{html.escape(self.text())}</p>" if is_cut else "")


class Foldable(QWidget):
    """Two widgets beside each other, or one below the other where there is no room for that."""

    def __init__(self, first: QWidget, second: QWidget) -> None:
        super().__init__()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(_GAP_PX)
        self._box.addWidget(first, 1)
        self._box.addWidget(second, 1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as the wider of the two, so that there may become too little room for both."""
        return QSize(max(self._widths()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold or unfold."""
        super().resizeEvent(event)
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        is_wide = event.size().width() >= sum(self._widths()) + _GAP_PX
        self._box.setDirection(beside if is_wide else below)
        self._box.setSpacing(_GAP_PX if is_wide else _FOLDED_GAP_PX)

    def _widths(self) -> list[int]:
        """The least that each needs."""
        items = (self._box.itemAt(position) for position in range(self._box.count()))
        return [item.minimumSize().width() for item in items if item is not None]
