"""Draws one album in the list: its colour, its name, how many photos it has, and its key."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktopsearch.domain.albums import Album
from desktopsearch.gui.albums_model import ALBUM_ROLE, WITH_KEYS
from desktopsearch.gui.texts import figure
from desktopsearch.gui.theme import SPACE_PX, Theme

DOT_PX: Final = 12
_PADDING_PX = 7
_RADIUS_PX = 8.0


class AlbumsDelegate(QStyledItemDelegate):
    """Paints lines of one height."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = theme.font(theme.scale.body)
        self._small = theme.font(theme.scale.small)
        self.height_px = round(QFontMetricsF(self._font).height()) + 2 * _PADDING_PX
        self.drop_row: int | None = None
        """Above which album photos are held now."""
        self.listed_id: int | None = None
        """The album whose photos are shown."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All lines are as high."""
        return QSize(0, self.height_px)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the line of an album."""
        album: Album = index.data(ALBUM_ROLE)
        line = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        self._paint_ground(
            painter,
            line,
            option.state,
            is_listed=album.id == self.listed_id,
            is_target=index.row() == self.drop_row,
        )
        inner = line.adjusted(SPACE_PX, 0, -SPACE_PX, 0)
        is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft

        def take(width: float, *, at_start: bool) -> QRectF:
            """Cut a part off one end of what is left of the line."""
            nonlocal inner
            if at_start != is_mirrored:
                part = QRectF(inner.left(), inner.top(), width, inner.height())
                inner = inner.adjusted(width + SPACE_PX, 0, 0, 0)
            else:
                part = QRectF(inner.right() - width, inner.top(), width, inner.height())
                inner = inner.adjusted(0, 0, -width - SPACE_PX, 0)
            return part

        paint_dot(painter, take(DOT_PX, at_start=True).center(), album.colour, self._theme)
        metrics = QFontMetricsF(self._small)
        painter.setFont(self._small)
        key_place = take(metrics.horizontalAdvance("0") + SPACE_PX, at_start=False)
        if index.row() < WITH_KEYS:
            self._paint_key(painter, key_place, figure(index.row() + 1))
        painter.setPen(self._theme.colour("muted"))
        count = figure(album.photos)
        place = take(metrics.horizontalAdvance(count), at_start=False)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, count)
        painter.setFont(self._font)
        painter.setPen(self._theme.colour("text"))
        name = QFontMetricsF(self._font).elidedText(
            album.name, Qt.TextElideMode.ElideRight, inner.width()
        )
        leading = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(inner, leading, name)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        line: QRectF,
        state: QStyle.StateFlag,
        *,
        is_listed: bool,
        is_target: bool,
    ) -> None:
        marked = is_listed or is_target
        focused = bool(state & QStyle.StateFlag.State_HasFocus) or is_target
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        if focused:
            painter.setPen(QPen(self._theme.colour("accent"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if marked or hovered:
            painter.setBrush(self._theme.colour("accent_soft" if marked else "hover"))
        painter.drawRoundedRect(line, _RADIUS_PX, _RADIUS_PX)

    def _paint_key(self, painter: QPainter, place: QRectF, key: str) -> None:
        height = QFontMetricsF(self._small).height()
        frame = QRectF(place.left(), place.center().y() - height / 2, place.width(), height)
        painter.setPen(QPen(self._theme.colour("border"), 1.0))
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRoundedRect(frame, 4, 4)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, key)


def paint_dot(
    painter: QPainter, centre: QPointF, colour: str, theme: Theme, size_px: float = DOT_PX
) -> None:
    """Draw the colour of an album, with a rim that stands out where the colour does not."""
    painter.setPen(QPen(theme.colour("muted"), 1.0))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(centre, size_px / 2 - 0.5, size_px / 2 - 0.5)
