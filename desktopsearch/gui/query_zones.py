"""What is shown over the query while a picture is dragged: another query, or one more picture."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktopsearch.gui.icons import Icons
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

_ICON_PX = 26
_SHARES = (0.5, 0.25, 0.25)


class Zone(Enum):
    """What a drop is taken for."""

    QUERY = "search"
    """Another query. The value is the icon."""
    LIKE = "add"
    UNLIKE = "minus"


class QueryZones(QWidget):
    """Covers the query, and lets the drag through."""

    def __init__(self, theme: Theme, icons: Icons, covered: QWidget) -> None:
        super().__init__(covered)
        self._theme = theme
        self._icons = icons
        self._covered = covered
        self._pointed: Zone | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def invite(self) -> None:
        """Show the zones, none of them pointed at."""
        self._pointed = None
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def point(self, position: QPoint | None) -> Zone | None:
        """Mark the zone at a position of the query, and return which it is."""
        pointed = None
        if position is not None and self.isVisible() and self.rect().contains(position):
            pointed = self._zone_at(position)
        if pointed is not self._pointed:
            self._pointed = pointed
            self.update()
        return pointed

    def middle_of(self, zone: Zone) -> QPoint:
        """The middle of a zone."""
        return self._places()[zone].center().toPoint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the zones side by side."""
        texts = {
            Zone.QUERY: _("Look for this"),
            Zone.LIKE: _("Also like this"),
            Zone.UNLIKE: _("Unlike this"),
        }
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("window"))
        for zone, place in self._places().items():
            pointed = zone is self._pointed
            role = "danger" if zone is Zone.UNLIKE else "accent"
            painter.setPen(QPen(self._theme.colour(role), 2, Qt.PenStyle.DashLine))
            painter.setBrush(self._theme.colour("accent_soft" if pointed else "surface"))
            painter.drawRoundedRect(place, 2 * SPACE_PX, 2 * SPACE_PX)
            middle = place.center()
            area = QRectF(middle.x() - _ICON_PX / 2, middle.y() - _ICON_PX, _ICON_PX, _ICON_PX)
            self._icons.renderer(zone.value, role).render(painter, area)
            below = QRectF(place.left(), middle.y(), place.width(), place.bottom() - middle.y())
            painter.setPen(self._theme.colour("text"))
            align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(below, align | Qt.TextFlag.TextWordWrap, texts[zone])
        painter.end()

    def _zone_at(self, position: QPoint) -> Zone:
        places = self._places()
        return min(
            places,
            key=lambda zone: (
                abs(places[zone].center().x() - position.x()) - places[zone].width() / 2
            ),
        )

    def _places(self) -> dict[Zone, QRectF]:
        places, left = {}, float(SPACE_PX)
        room = self.width() - (len(_SHARES) + 1) * SPACE_PX
        for zone, share in zip(Zone, _SHARES, strict=True):
            place = QRectF(left, SPACE_PX, room * share, self.height() - 2 * SPACE_PX)
            left = place.right() + SPACE_PX
            if self.isRightToLeft():
                place.moveLeft(self.width() - place.right())
            places[zone] = place
        return places
