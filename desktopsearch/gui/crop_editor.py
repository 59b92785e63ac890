"""A picture with a box over it that is moved and resized, by mouse and by keys.

Knows boxes of the picture as it is shown, and nothing of queries.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from desktopsearch.domain.framing import WHOLE, Box
from desktopsearch.gui.crop_handle import HANDLE_PX, handles
from desktopsearch.gui.results_delegate import fit
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme

LEAST: Final = 0.04
"""The smallest side of a box, as a fraction of the picture's."""
STEP: Final = 0.01
"""How far a key moves, as a fraction of the picture's side; with Shift, ten times as far."""
_SHADE_ALPHA = 0.6
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CropEditor(QWidget):
    """Eight handles around a box; a drag inside moves it, a drag outside begins another."""

    box_changed = Signal(object)
    """The ``Box`` of the shown picture, while it is being dragged too."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self._box: Box = WHOLE
        self._grip = QPointF()
        self._dragging = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Part of the picture that is looked for"))
        self.setAccessibleDescription(_("Arrow keys move it, with Shift ten times as far."))
        self._handles = handles(theme, self)
        theme.changed.connect(self.update)

    @property
    def box(self) -> Box:
        """The box as it is drawn now."""
        return self._box

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Large enough to aim at details."""
        return QSize(360, 240)

    def show_picture(self, pixmap: QPixmap, box: Box) -> None:
        """Show a picture and where its box is."""
        self._pixmap = pixmap
        self._put(box, tell=False)

    def move_edges(self, across: int, down: int, to: QPointF) -> None:
        """Bring the edges that a handle holds to a point.

        Args:
            across: -1 for the left edge, 1 for the right one, 0 for neither.
            down: -1 for the upper edge, 1 for the lower one, 0 for neither.
            to: In fractions of the picture.
        """
        left, top, right, bottom = self._box
        left, right = _moved(left, right, across, to.x())
        top, bottom = _moved(top, bottom, down, to.y())
        self._put((left, top, right, bottom))

    def push_edges(self, across: int, down: int, event: QKeyEvent) -> bool:
        """Move the edges that a handle holds by a key; returns whether it was an arrow."""
        way = _way(event)
        if way is not None:
            left, top, right, bottom = self._box
            at = QPointF(right if across > 0 else left, bottom if down > 0 else top)
            self.move_edges(across, down, at + way)
        return way is not None

    def fraction_at(self, position: QPointF) -> QPointF:
        """Where a point of the widget lies in the picture, as fractions."""
        area = self._area()
        return QPointF(
            (position.x() - area.left()) / max(area.width(), 1.0),
            (position.y() - area.top()) / max(area.height(), 1.0),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of the box, or begin another one."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._grip = self.fraction_at(event.position())
        left, top, right, bottom = self._box
        inside = left <= self._grip.x() <= right and top <= self._grip.y() <= bottom
        # There is no place beside the whole picture, and nowhere to move it.
        self._dragging = "move" if inside and self._box != WHOLE else "new"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag it."""
        point = self.fraction_at(event.position())
        if self._dragging == "move":
            self._shift(point - self._grip)
            self._grip = point
        elif self._dragging == "new":
            box = _between(self._grip, point)
            if box is not None:
                self._put(box)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._dragging = ""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move the whole box."""
        way = _way(event)
        if way is None:
            super().keyPressEvent(event)
        else:
            self._shift(way)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the box as the one that has the keys."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it as one of several."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the handles on the box."""
        super().resizeEvent(event)
        self._place_handles()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture, a shade over what does not count, and the box."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if self._pixmap is not None:
            area, box = self._area(), self._box_area()
            painter.drawPixmap(area, self._pixmap, QRectF(self._pixmap.rect()))
            shade = QPainterPath()
            shade.addRect(area)
            shade.addRect(box)
            painter.fillPath(shade, self._theme.colour("badge", _SHADE_ALPHA))
            painter.setPen(QPen(self._theme.colour("badge"), 3.0))
            painter.drawRect(box)
            role = "accent" if self.hasFocus() else "on_badge"
            painter.setPen(QPen(self._theme.colour(role), 1.5))
            painter.drawRect(box)
        painter.end()

    def _shift(self, way: QPointF) -> None:
        left, top, right, bottom = self._box
        x = min(max(way.x(), -left), 1 - right)
        y = min(max(way.y(), -top), 1 - bottom)
        self._put((left + x, top + y, right + x, bottom + y))

    def _put(self, box: Box, *, tell: bool = True) -> None:
        left, top, right, bottom = box
        # Sums of fractions may lie a hair beside the edge.
        box = (max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0))
        changed = box != self._box
        self._box = box
        self._place_handles()
        self.update()
        if tell and changed:
            self.box_changed.emit(box)

    def _place_handles(self) -> None:
        box = self._box_area()
        for handle in self._handles:
            x = box.center().x() + handle.across * box.width() / 2
            y = box.center().y() + handle.down * box.height() / 2
            handle.move(round(x - HANDLE_PX / 2), round(y - HANDLE_PX / 2))
            handle.setVisible(self._pixmap is not None)

    def _area(self) -> QRectF:
        margin = HANDLE_PX / 2
        place = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        return place if self._pixmap is None else fit(self._pixmap, place)

    def _box_area(self) -> QRectF:
        area = self._area()
        left, top, right, bottom = self._box
        return QRectF(
            area.left() + left * area.width(),
            area.top() + top * area.height(),
            (right - left) * area.width(),
            (bottom - top) * area.height(),
        )


def _moved(near: float, far: float, which: int, to: float) -> tuple[float, float]:
    if which < 0:
        near = min(max(to, 0.0), far - LEAST)
    elif which > 0:
        far = max(min(to, 1.0), near + LEAST)
    return near, far


def _between(one: QPointF, other: QPointF) -> Box | None:
    """The box between two corners, or None while it is too small to be meant."""
    left, right = sorted(min(max(x, 0.0), 1.0) for x in (one.x(), other.x()))
    top, bottom = sorted(min(max(y, 0.0), 1.0) for y in (one.y(), other.y()))
    if right - left < LEAST or bottom - top < LEAST:
        return None
    return left, top, right, bottom


def _way(event: QKeyEvent) -> QPointF | None:
    arrow = _ARROWS.get(Qt.Key(event.key()))
    if arrow is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return None
    far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return QPointF(*arrow) * STEP * (10 if far else 1)
