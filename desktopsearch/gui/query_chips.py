"""The pictures of a query as small chips: what photos are to be like, and what unlike.

A query of one picture has none. Changes nothing itself: it says by signals what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QToolButton, QWidget

from desktopsearch.gui.icons import Icons
from desktopsearch.gui.query_picture import filling
from desktopsearch.gui.rounded import draw_rounded
from desktopsearch.gui.searches import NamedPicture
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

_EDGE_PX = 30
_ICON_PX = 14
_BUTTON_PX = 24
_GAP_PX: Final = SPACE_PX // 2


class QueryChips(QWidget):
    """Chips in as many rows as they need."""

    turn_wanted = Signal(int)
    """Photos are to be unlike the picture at this position, or like it again."""
    removal_wanted = Signal(int)
    """The picture at this position is to leave the query."""
    arranged = Signal()
    """There are other chips than before."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.chips: list[Chip] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP_PX)
        self._columns = 0
        self.hide()

    def show_pictures(self, pictures: Sequence[NamedPicture]) -> None:
        """Show the pictures of another query; a single one is shown elsewhere."""
        focus = self._focused()
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        shown = pictures if len(pictures) > 1 else ()
        meant = sum(picture.alike for picture, _name in shown)
        self.chips = [
            self._chip(position, pictures[position], only=meant == 1)
            for position in range(len(shown))
        ]
        self._columns = 0
        self._arrange()
        self.setVisible(bool(self.chips))
        self.arranged.emit()
        if focus is not None and self.chips:
            position, is_removal = focus
            chip = self.chips[min(position, len(self.chips) - 1)]
            (chip.remove if is_removal and chip.remove.isEnabled() else chip.sign).setFocus()

    def show_proxies(self, proxies: Sequence[bytes]) -> None:
        """Show the pictures as they were compared.

        Args:
            proxies: Small JPEGs, in the order of the pictures; empty while there is no answer.
        """
        for chip, proxy in zip(self.chips, proxies, strict=False):
            chip.show_proxy(proxy)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as one chip, so that the window can be made narrow."""
        hint = super().minimumSizeHint()
        return QSize(
            max((each.sizeHint().width() for each in self.chips), default=0), hint.height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Break the row where it must be."""
        super().resizeEvent(event)
        self._arrange()

    def _chip(self, position: int, named: NamedPicture, *, only: bool) -> Chip:
        picture, name = named
        chip = Chip(self._theme, self._icons, name, alike=picture.alike)
        # Something must be looked for.
        for button in (chip.sign, chip.remove):
            button.setEnabled(not (only and picture.alike))
        chip.sign.clicked.connect(lambda: self.turn_wanted.emit(position))
        chip.remove.clicked.connect(lambda: self.removal_wanted.emit(position))
        return chip

    def _focused(self) -> tuple[int, bool] | None:
        for position, chip in enumerate(self.chips):
            if chip.sign.hasFocus() or chip.remove.hasFocus():
                return position, chip.remove.hasFocus()
        return None

    def _arrange(self) -> None:
        if not self.chips:
            return
        width = max(chip.sizeHint().width() for chip in self.chips) + _GAP_PX
        columns = max(1, (self.width() + _GAP_PX) // width)
        if columns == self._columns:
            return
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for position, chip in enumerate(self.chips):
            self._grid.addWidget(chip, position // columns, position % columns)
        self._grid.setColumnStretch(columns, 1)


class Chip(QFrame):
    """One picture with its sign and a button to take it out."""

    def __init__(self, theme: Theme, icons: Icons, name: str, *, alike: bool) -> None:
        super().__init__()
        self.setObjectName("queryChip")
        self.setProperty("alike", alike)
        said = (_("Like “{name}”") if alike else _("Unlike “{name}”")).format(name=name)
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.sign = QToolButton()
        self.sign.setIcon(icons.get("add", "accent") if alike else icons.get("minus", "danger"))
        self.sign.setAccessibleName(said)
        turned = _("Look for photos unlike it") if alike else _("Look for photos like it")
        self.sign.setAccessibleDescription(turned)
        self.sign.setToolTip(turned)
        self._picture = _Picture(theme)
        self.remove = QToolButton()
        self.remove.setIcon(icons.get("close", "muted"))
        self.remove.setToolTip(_("Take it out of the query"))
        self.remove.setAccessibleName(_("Take “{name}” out of the query").format(name=name))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        for button in (self.sign, self.remove):
            button.setObjectName("chipButton")
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        for widget in (self.sign, self._picture, self.remove):
            layout.addWidget(widget)

    def show_proxy(self, proxy: bytes) -> None:
        """Show the picture."""
        pixmap = QPixmap()
        pixmap.loadFromData(proxy)
        self._picture.show_pixmap(pixmap)


class _Picture(QWidget):
    """The middle of a picture as a small square."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmap = QPixmap()
        self.setFixedSize(_EDGE_PX, _EDGE_PX)

    def show_pixmap(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pixmap.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(self.rect(), SPACE_PX / 2, SPACE_PX / 2)
        else:
            edge = round(_EDGE_PX * self.devicePixelRatioF())
            draw_rounded(painter, filling(self._pixmap, edge), QRectF(self.rect()))
        painter.end()
