"""A picture of a screen over that screen, on which a part of it is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from desktopsearch.gui import shortcuts
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

LEAST_PX: Final = 8
"""A smaller part is taken for a slip of the hand."""
_STEP_PX = 16
_SHADE_ALPHA = 0.55
_RIM_PX = 2.0


class ScreenView(QWidget):
    """Covers one screen; the mouse or the keys mark a part."""

    chosen = Signal(object)
    """A ``QImage``: the part that was chosen, in the pixels of the screen."""
    given_up = Signal()

    def __init__(self, theme: Theme, shot: QPixmap, place: QRect) -> None:
        """Show a picture.

        Args:
            theme: For colours and letters.
            shot: Of the screen.
            place: Where the screen lies among others.
        """
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint,
        )
        self.setWindowTitle(_("Part of the screen"))
        self.setAccessibleName(_("Part of the screen"))
        self.setAccessibleDescription(_hint())
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGeometry(place)
        self._theme = theme
        self._font = theme.font(theme.scale.heading)
        self._shot = shot
        self._start: QPoint | None = None
        self.part = QRect()
        """What is marked, in points of this widget; empty for all of it."""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to mark; the other button gives up."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._start = event.position().toPoint()
            self._mark(QRect())
        elif event.button() is Qt.MouseButton.RightButton:
            self.given_up.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Mark up to the mouse."""
        if self._start is not None:
            end = event.position().toPoint()
            corner = QPoint(min(self._start.x(), end.x()), min(self._start.y(), end.y()))
            way = end - self._start
            self._mark(QRect(corner, QSize(abs(way.x()), abs(way.y()))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose what is marked, unless that is next to nothing."""
        if event.button() is Qt.MouseButton.LeftButton and self._start is not None:
            self._start = None
            if min(self.part.width(), self.part.height()) >= LEAST_PX:
                self._choose()
            else:
                self._mark(QRect())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move the part, with Shift they size it; Enter chooses, Escape gives up."""
        match shortcuts.act_of(event, shortcuts.SCREEN):
            case Act.TAKE_REGION:
                self._choose()
            case Act.CLOSE_REGION:
                self.given_up.emit()
            case Act.MOVE_REGION:
                self._move(_way(event))
            case Act.SIZE_REGION:
                self._resize(_way(event))
            case _:
                super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Give up: the window manager has keys of its own for this."""
        self.given_up.emit()
        super().closeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the screen, a shade over what is not marked, and what to do."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._shot)
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        shade.addRect(QRectF(self.part))
        painter.fillPath(shade, self._theme.colour("badge", _SHADE_ALPHA))
        if not self.part.isEmpty():
            painter.setPen(QPen(self._theme.colour("accent"), _RIM_PX))
            painter.drawRect(self.part)
        if self._start is None:
            self._draw_hint(painter)

    def _draw_hint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = _hint()
        metrics = QFontMetricsF(self._font)
        width = min(metrics.horizontalAdvance(text) + 6 * SPACE_PX, self.width() - 4.0 * SPACE_PX)
        height = metrics.height() + 3 * SPACE_PX
        place = QRectF((self.width() - width) / 2, 5 * SPACE_PX, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRoundedRect(place, SPACE_PX, SPACE_PX)
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._font)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * SPACE_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, elided)

    def _mark(self, part: QRect) -> None:
        self.part = part.intersected(self.rect())
        self.update()

    def _begun(self) -> QRect:
        """What is marked, or the middle of the screen to begin with."""
        if not self.part.isEmpty():
            return self.part
        quarter = self.size() / 4
        return self.rect().adjusted(
            quarter.width(), quarter.height(), -quarter.width(), -quarter.height()
        )

    def _move(self, way: QPoint) -> None:
        part = self._begun()
        corner = part.topLeft() + way
        limit = self.rect().size() - part.size()
        part.moveTo(min(max(corner.x(), 0), limit.width()), min(max(corner.y(), 0), limit.height()))
        self._mark(part)

    def _resize(self, way: QPoint) -> None:
        part = self._begun()
        part.setWidth(max(part.width() + way.x(), LEAST_PX))
        part.setHeight(max(part.height() + way.y(), LEAST_PX))
        self._mark(part)

    def _choose(self) -> None:
        part = self.part if not self.part.isEmpty() else self.rect()
        across = self._shot.width() / self.width()
        down = self._shot.height() / self.height()
        image = self._shot.toImage().copy(
            round(part.x() * across),
            round(part.y() * down),
            max(1, round(part.width() * across)),
            max(1, round(part.height() * down)),
        )
        image.setDevicePixelRatio(1.0)
        self.chosen.emit(image.convertToFormat(QImage.Format.Format_RGB32))


def _hint() -> str:
    return _("Drag over what to look for. Enter takes the whole screen, Escape none of it.")


def _way(event: QKeyEvent) -> QPoint:
    """How far an arrow leads."""
    return {
        Qt.Key.Key_Left: QPoint(-_STEP_PX, 0),
        Qt.Key.Key_Right: QPoint(_STEP_PX, 0),
        Qt.Key.Key_Up: QPoint(0, -_STEP_PX),
        Qt.Key.Key_Down: QPoint(0, _STEP_PX),
    }[Qt.Key(event.key())]
