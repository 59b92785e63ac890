"""The handles of a crop: small widgets of their own, so that Tab and screen readers find each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme

if TYPE_CHECKING:
    from desktopsearch.gui.crop_editor import CropEditor

HANDLE_PX: Final = 24
"""The edge of the place that takes the mouse; what is drawn is smaller."""
_DOT_PX = 10.0
_CURSORS: Final = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
}


class CropHandle(QWidget):
    """Holds one or two edges of an editor's box."""

    def __init__(self, theme: Theme, editor: CropEditor, name: str, across: int, down: int) -> None:
        super().__init__(editor)
        self.across, self.down = across, down
        self._theme = theme
        self._editor = editor
        self._grip = QPointF()
        self.setFixedSize(QSize(HANDLE_PX, HANDLE_PX))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(_CURSORS[across, down])
        self.setAccessibleName(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember where in the handle the mouse took hold."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position() - QPointF(HANDLE_PX, HANDLE_PX) / 2
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the edges along."""
        point = self.mapTo(self._editor, event.position()) - self._grip
        self._editor.move_edges(self.across, self.down, self._editor.fraction_at(point))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move the edges."""
        if not self._editor.push_edges(self.across, self.down, event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A dot, in a ring while it has the keys."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("on_badge"), 4.0))
            painter.drawEllipse(middle, _DOT_PX - 1, _DOT_PX - 1)
            painter.setPen(QPen(self._theme.colour("accent"), 2.0))
            painter.drawEllipse(middle, _DOT_PX - 1, _DOT_PX - 1)
        painter.setPen(QPen(self._theme.colour("badge"), 1.0))
        painter.setBrush(self._theme.colour("on_badge"))
        painter.drawEllipse(middle, _DOT_PX / 2, _DOT_PX / 2)
        painter.end()


def handles(theme: Theme, editor: CropEditor) -> list[CropHandle]:
    """The eight handles of an editor, clockwise from the top left."""
    return [
        CropHandle(theme, editor, name, across, down)
        for name, across, down in (
            (_("Top left corner"), -1, -1),
            (_("Top edge"), 0, -1),
            (_("Top right corner"), 1, -1),
            (_("Right edge"), 1, 0),
            (_("Bottom right corner"), 1, 1),
            (_("Bottom edge"), 0, 1),
            (_("Bottom left corner"), -1, 1),
            (_("Left edge"), -1, 0),
        )
    ]
