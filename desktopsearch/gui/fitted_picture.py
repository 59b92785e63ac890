"""A picture that fills its place as far as its shape allows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from desktopsearch.gui.results_delegate import OFFLINE_OPACITY, fit
from desktopsearch.gui.rounded import draw_rounded
from desktopsearch.gui.theme import SPACE_PX, Theme


class FittedPicture(QWidget):
    """One pixmap in the middle of its place, as large as fits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self._faded = False

    def show_pixmap(self, pixmap: QPixmap | None, *, faded: bool) -> None:
        """Show another one, or an empty place as long as there is none."""
        self._pixmap, self._faded = pixmap, faded
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
            painter.setOpacity(OFFLINE_OPACITY if self._faded else 1.0)
            area = fit(self._pixmap, place).toRect()
            # Brought to size first: a brush that is stretched blends opposite edges.
            sized = self._pixmap.scaled(
                area.size() * self.devicePixelRatioF(),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            draw_rounded(painter, sized, QRectF(area))
        painter.end()
