"""Draws one hit: the photo, its distance and its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktopsearch.domain.albums import Album
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.album_dots import AlbumDots
from desktopsearch.gui.folds import Fold
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.results_model import ALBUMS_ROLE, FOLD_ROLE, HIT_ROLE
from desktopsearch.gui.rounded import RADIUS_PX, RoundedPixmaps
from desktopsearch.gui.texts import figure, plural
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.thumbnails import Thumbnails

MARGIN_PX: Final = 8
SHAPE: Final = 0.8
"""Height of a photo's place by its width: most photos lie, and those that stand stay large."""
_CELL_RADIUS_PX = 10.0
_INSET_PX = 2
_BADGE_ALPHA = 0.72
_BADGE_GAP_PX = 6.0
_OPEN_ALPHA = 0.5
OFFLINE_OPACITY: Final = 0.45
_ICON_PX = 18


class ResultsDelegate(QStyledItemDelegate):
    """Paints cells of one size; asks for no file and waits for no picture."""

    def __init__(
        self, theme: Theme, icons: Icons, thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._thumbnails = thumbnails
        self._rounded = RoundedPixmaps()
        self._name_font = theme.font(theme.scale.small)
        self._badge_font = theme.font(theme.scale.small, QFont.Weight.DemiBold)
        self._name_metrics = QFontMetricsF(self._name_font)
        self._badge_metrics = QFontMetricsF(self._badge_font)
        self._dots = AlbumDots(theme, self._name_font)
        self.cell = QSize(192, 192)
        self.late: list[QRect] = []
        """Cells of the page whose photo was drawn roughly, for want of time."""

    def begin_page(self) -> None:
        """What is painted from now on is another page."""
        self._rounded.begin_page()
        self.late = []

    def set_cell_width(self, width_px: int) -> None:
        """Make all cells as wide as this and as high as they need to be."""
        height = (width_px - 2 * MARGIN_PX) * SHAPE + 2 * MARGIN_PX + self._name_metrics.height()
        self.cell = QSize(width_px, round(height) + SPACE_PX)

    def sizeHint(  # noqa: N802 - Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All cells are alike."""
        return self.cell

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell of a hit."""
        hit: SearchHit = index.data(HIT_ROLE)
        state: QStyle.StateFlag = option.state
        cell = QRectF(option.rect).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fold: Fold | None = index.data(FOLD_ROLE)
        if fold is not None and fold.is_tinted:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent_soft", _OPEN_ALPHA))
            painter.drawRoundedRect(cell, _CELL_RADIUS_PX, _CELL_RADIUS_PX)
        self._paint_ground(painter, cell, state)
        pixmap = self._thumbnails.get(hit.photo_id)
        picture = _picture(option.rect, pixmap)
        if pixmap is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(picture, RADIUS_PX, RADIUS_PX)
        else:
            ratio = painter.device().devicePixelRatio()
            rounded = self._rounded.get_in_time(pixmap, picture.size().toSize(), ratio)
            painter.setOpacity(OFFLINE_OPACITY if hit.offline else 1.0)
            # It has its size and its smooth edges; to look for them once more takes four times as
            # long.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if rounded is None:
                painter.drawPixmap(picture.toRect(), pixmap)
                self.late.append(QRect(option.rect))
            else:
                painter.drawPixmap(picture.topLeft(), rounded)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(1.0)
        self._paint_badges(painter, picture, hit)
        if fold is not None and fold.near:
            self._paint_badge(painter, *self._mark(picture, fold), role="accent")
        if hit.offline:
            corner = picture.topLeft() + QPointF(SPACE_PX, SPACE_PX)
            area = QRectF(corner.x(), corner.y(), _ICON_PX, _ICON_PX)
            self._icons.renderer("offline", "text").render(painter, area)
        place = _place(option.rect)
        line = QRectF(place.left(), place.bottom() + 4, place.width(), 0)
        line.setBottom(cell.bottom() - 2)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        self._paint_name(painter, line, index, mirrored=mirrored)
        painter.restore()

    def _paint_ground(self, painter: QPainter, cell: QRectF, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if not (selected or hovered or focused):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or focused:
            painter.setPen(QPen(self._theme.colour("accent"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected or hovered:
            painter.setBrush(self._theme.colour("accent_soft" if selected else "hover"))
        painter.drawRoundedRect(cell, _CELL_RADIUS_PX, _CELL_RADIUS_PX)

    def fold_mark(
        self, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> tuple[QRectF, str] | None:
        """Where the cell of a rectangle shows how many near copies it has, and in which words."""
        fold: Fold | None = index.data(FOLD_ROLE)
        if fold is None or not fold.near:
            return None
        pixmap = self._thumbnails.get(index.data(HIT_ROLE).photo_id)
        return self._mark(_picture(rect, pixmap), fold)

    def _mark(self, picture: QRectF, fold: Fold) -> tuple[QRectF, str]:
        text = f"{'−' if fold.is_open else '+'}{figure(fold.near)}"  # noqa: RUF001 - of one width
        size = self._badge_size(text)
        right, top = picture.right() - _BADGE_GAP_PX, picture.top() + _BADGE_GAP_PX
        return QRectF(QPointF(right - size.width(), top), size), text

    def _paint_badges(self, painter: QPainter, picture: QRectF, hit: SearchHit) -> None:
        bits = hit.distance if hit.compared else hit.from_lead
        distance = "" if bits is None else figure(bits)
        size = self._badge_size(distance)
        bottom = picture.bottom() - size.height() - _BADGE_GAP_PX
        right = picture.right() - size.width() - _BADGE_GAP_PX
        if distance:
            self._paint_badge(painter, QRectF(QPointF(right, bottom), size), distance)
        if hit.copies:
            count = len(hit.copies) + 1
            copies = plural("{n} copy", "{n} copies", count)
            left = picture.left() + _BADGE_GAP_PX
            if left + self._badge_size(copies).width() + _BADGE_GAP_PX > right:
                copies = f"×{figure(count)}"  # noqa: RUF001 - the sign for "times"
            place = QRectF(QPointF(left, bottom), self._badge_size(copies))
            self._paint_badge(painter, place, copies)

    def _badge_size(self, text: str) -> QSizeF:
        height = self._badge_metrics.height() + 2
        return QSizeF(max(self._badge_metrics.horizontalAdvance(text) + 12, height), height)

    def _paint_badge(
        self, painter: QPainter, badge: QRectF, text: str, role: str = "badge"
    ) -> None:
        alpha = _BADGE_ALPHA if role == "badge" else 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(role, alpha))
        painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setPen(self._theme.colour(f"on_{role}"))
        painter.setFont(self._badge_font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_name(
        self,
        painter: QPainter,
        line: QRectF,
        index: QModelIndex | QPersistentModelIndex,
        *,
        mirrored: bool,
    ) -> None:
        """Draw the dots of the albums and the name, both together in the middle of a line."""
        albums: Sequence[Album] = index.data(ALBUMS_ROLE)
        painter.setFont(self._name_font)
        room = line.width() - self._dots.width(albums)
        name = self._name_metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room)
        if albums:
            name_px = self._name_metrics.horizontalAdvance(name)
            spare = max(0.0, room - name_px) / 2
            line.adjust(spare, 0, -spare, 0)
            dots = QRectF(line)
            if mirrored:
                dots.setLeft(line.right() - self._dots.width(albums))
                line.setRight(dots.left())
            else:
                dots.setRight(line.left() + self._dots.width(albums))
                line.setLeft(dots.right())
            self._dots.draw(painter, dots, albums, mirrored=mirrored)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)


def _place(rect: QRect) -> QRectF:
    """The place of a photo in the cell of a rectangle."""
    width = rect.width() - 2 * _INSET_PX - 2 * MARGIN_PX
    left, top = rect.left() + _INSET_PX + MARGIN_PX, rect.top() + _INSET_PX + MARGIN_PX
    return QRectF(left, top, width, width * SHAPE)


def _picture(rect: QRect, pixmap: QPixmap | None) -> QRectF:
    """Where the cell of a rectangle shows its photo."""
    place = _place(rect)
    return place if pixmap is None else QRectF(fit(pixmap, place).toRect())


def fit(pixmap: QPixmap, place: QRectF) -> QRectF:
    """The largest area of the pixmap's shape in the middle of a place."""
    factor = min(place.width() / pixmap.width(), place.height() / pixmap.height())
    width, height = pixmap.width() * factor, pixmap.height() * factor
    return QRectF(place.center().x() - width / 2, place.center().y() - height / 2, width, height)
