"""The small picture of the query; pressing it opens the query to be cropped."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton

from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.rounded import draw_rounded
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

EDGE_PX = 104
_ICON_PX = 18
_GROUND_ALPHA = 0.72


class QueryPicture(QAbstractButton):
    """The middle of the query as a square, with the sign for cropping in its corner."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self._icons = icons
        self._pixmap: QPixmap | None = None
        self._square = QPixmap()
        self.setFixedSize(QSize(EDGE_PX, EDGE_PX))
        self.setToolTip(shortcuts.tool_tip(Act.CROP))
        self.setAccessibleName(_("The picture that is looked for"))
        self.setAccessibleDescription(shortcuts.describe(Act.CROP))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setEnabled(False)

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show another one, or an empty place that cannot be pressed."""
        self._pixmap = pixmap
        self._square = QPixmap()
        self.setEnabled(pixmap is not None)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        place = QRectF(self.rect())
        if self._pixmap is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(place, SPACE_PX, SPACE_PX)
        else:
            wanted_px = round(EDGE_PX * self.devicePixelRatioF())
            if self._square.width() != wanted_px:
                self._square = filling(self._pixmap, wanted_px)
            draw_rounded(painter, self._square, place)
            self._paint_sign(painter)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), SPACE_PX, SPACE_PX)
        painter.end()

    def _paint_sign(self, painter: QPainter) -> None:
        edge = _ICON_PX + SPACE_PX
        corner = QPoint(self.width() - edge - 4, self.height() - edge - 4)
        ground = QRectF(corner.x(), corner.y(), edge, edge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("badge", 1.0 if self.underMouse() else _GROUND_ALPHA))
        painter.drawRoundedRect(ground, SPACE_PX / 2, SPACE_PX / 2)
        margin = SPACE_PX / 2
        self._icons.renderer("crop", "on_badge").render(
            painter, ground.adjusted(margin, margin, -margin, -margin)
        )


def filling(pixmap: QPixmap, edge_px: int) -> QPixmap:
    """The middle of a picture as a square of this size."""
    edge = min(pixmap.width(), pixmap.height())
    square = pixmap.copy((pixmap.width() - edge) // 2, (pixmap.height() - edge) // 2, edge, edge)
    return square.scaled(
        edge_px,
        edge_px,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
