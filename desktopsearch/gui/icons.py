"""Icons in the colours of the theme, drawn sharp at every size and scale.

Owns the drawings of ``resources/icons``, which are black lines that take the colour of a role
when they are painted, so that they follow a change of the theme by themselves. Those that point
along the text point the other way where that runs from right to left.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from desktopsearch.config import resources_folder
from desktopsearch.gui.theme import Theme

_POINTING = ("back", "forward")
_DRAWN_IN = b'"#000"'


class _Engine(QIconEngine):
    def __init__(self, icons: Icons, name: str, role: str) -> None:
        super().__init__()
        self._icons = icons
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        role = "muted" if mode is QIcon.Mode.Disabled else self._role
        area = QRectF(rect)
        painter.save()
        if self._name in _POINTING and QGuiApplication.isRightToLeft():
            painter.translate(2 * area.center().x(), 0)
            painter.scale(-1, 1)
        self._icons.renderer(self._name, role).render(painter, area)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


class Icons:
    """The icons of one theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._drawings: dict[str, bytes] = {}
        self._renderers: dict[tuple[str, str], QSvgRenderer] = {}
        # A tuple lets go of its last item first. The icon must go before the engine, which it
        # deletes: the other way round it would meet one that is gone, and end the process.
        self._icons: dict[tuple[str, str], tuple[QIconEngine, QIcon]] = {}

    def get(self, name: str, role: str = "text") -> QIcon:
        """The icon of a file of ``resources/icons`` in a colour role."""
        key = (name, role)
        if key not in self._icons:
            engine = _Engine(self, name, role)
            self._icons[key] = (engine, QIcon(engine))
        return self._icons[key][1]

    def renderer(self, name: str, role: str) -> QSvgRenderer:
        """The drawing in the colour that the role has now."""
        colour = self._theme.colour(role).name()
        if name not in self._drawings:
            self._drawings[name] = (resources_folder() / "icons" / f"{name}.svg").read_bytes()
        key = (name, colour)
        if key not in self._renderers:
            drawing = self._drawings[name].replace(_DRAWN_IN, b'"' + colour.encode() + b'"')
            self._renderers[key] = QSvgRenderer(QByteArray(drawing))
        return self._renderers[key]


class IconLabel(QWidget):
    """An icon that is only looked at."""

    def __init__(
        self, icons: Icons, name: str, edge_px: int, role: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._name = name
        self._role = role
        self.setFixedSize(edge_px, edge_px)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QPainter(self)
        self._icons.renderer(self._name, self._role).render(painter, QRectF(self.rect()))
        painter.end()
