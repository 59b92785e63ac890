"""The button that opens the filters, and beside it what they are set to."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from desktopsearch.domain.filters import Filter
from desktopsearch.gui.filter_popup import FilterPopup
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.narrow import ElidedLabel
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

_CHIP_PX = 190


class FilterButton(QWidget):
    """Says by a signal which photos are looked among."""

    changed = Signal(object)
    """A ``Filter``."""
    opened = Signal()
    """The choice is about to be shown."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = Filter()
        self._button = QToolButton()
        self._button.setIcon(icons.get("filter"))
        self._button.setText(_("Filter"))
        self._button.setToolTip(_("Look only among some of the photos"))
        self._button.setProperty("role", "switch")
        self._button.setToolButtonStyle(self._button.toolButtonStyle().ToolButtonTextBesideIcon)
        self._button.clicked.connect(self._open)
        self.popup = FilterPopup(self)
        self.popup.changed.connect(self._on_changed)
        self._text = ElidedLabel()
        clear = QToolButton()
        clear.setObjectName("chipButton")
        clear.setIcon(icons.get("close"))
        clear.setToolTip(_("Clear filters"))
        clear.setAccessibleName(_("Clear filters"))
        clear.clicked.connect(self.popup.clear)
        self.chip = QFrame()
        self.chip.setObjectName("chip")
        inside = QHBoxLayout(self.chip)
        inside.setContentsMargins(SPACE_PX, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._text, 1)
        inside.addWidget(clear)
        self.chip.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._button)
        layout.addWidget(self.chip)

    @property
    def text(self) -> str:
        """What the filters are set to; empty if they leave nothing out."""
        return self._text.text()

    def _open(self) -> None:
        self.opened.emit()
        self.popup.adjustSize()
        below = self._button.rect().bottomLeft() + QPoint(0, SPACE_PX // 2)
        if self.isRightToLeft():
            below.setX(self._button.width() - self.popup.width())
        place = self._button.mapToGlobal(below)
        room = self.screen().availableGeometry()
        place.setX(max(room.left(), min(place.x(), room.right() - self.popup.width())))
        self.popup.move(place)
        self.popup.show()

    def _on_changed(self) -> None:
        text = self.popup.describe()
        self._text.setText(text)
        self.chip.setAccessibleName(_("Filters: {filters}").format(filters=text))
        self.chip.setVisible(bool(text))
        needed = self._text.fontMetrics().horizontalAdvance(text) + 1
        self._text.setMinimumWidth(min(needed, _CHIP_PX))
        wanted = self.popup.filter
        if wanted != self._last:
            self._last = wanted
            self.changed.emit(wanted)
