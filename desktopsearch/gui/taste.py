"""How photos are compared where codes were taught: by what looks alike, or by what was learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

_STEPS: Final = 4


class Taste(QWidget):
    """A slider of five places between two words."""

    changed = Signal(float)
    """From 0, what looks alike, to 1, what was taught."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setPageStep(1)
        self._slider.setTickPosition(QSlider.TickPosition.NoTicks)
        self._slider.setMinimumWidth(60)
        self._slider.setMaximumWidth(140)
        self._slider.setAccessibleName(_("Between what looks alike and what was taught"))
        left, right = QLabel(_("looks alike")), QLabel(_("same to me"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_PX)
        for widget in (left, self._slider, right):
            layout.addWidget(widget)
        layout.addStretch()
        for label in (left, right):
            label.setProperty("role", "muted")
        self.reset()
        self._slider.valueChanged.connect(self._on_moved)
        self.hide()

    @property
    def share(self) -> float:
        """Where it stands, from 0 to 1."""
        return self._slider.value() / _STEPS

    def set_share(self, share: float) -> None:
        """Move the slider."""
        self._slider.setValue(round(share * _STEPS))

    def reset(self) -> None:
        """Stand at what was taught, and say nothing of it."""
        with QSignalBlocker(self._slider):
            self._slider.setValue(_STEPS)
        self._describe()

    def set_usable(self, usable: bool) -> None:
        """Let it be moved, or say why it cannot be."""
        self._slider.setEnabled(usable)
        self.setToolTip(
            _(
                "To the left photos are near that look alike to the neural network as it came, to"
                " the right those that are alike by what you taught; between them the distances"
                " are mixed."
            )
            if usable
            else _("The finer order compares photos in full and knows nothing of what was taught.")
        )

    def _on_moved(self) -> None:
        self._describe()
        self.changed.emit(self.share)

    def _describe(self) -> None:
        self._slider.setAccessibleDescription(
            _("{n} of {all} steps towards what was taught").format(
                n=figure(self._slider.value()), all=figure(_STEPS)
            )
        )


class TasteActs(QObject):
    """Offers the slider of one window where there is something to mix."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._photos = PhotoBridge(window.bridge)
        pane = window.query_pane
        pane.taste.changed.connect(self._apply)
        pane.finer_changed.connect(self._apply)
        for changed in (window.bridge.opened, window.bridge.generation_changed):
            changed.connect(self._on_generation_changed)
        self._apply()

    def _apply(self) -> None:
        """Look for the same with the slider as it is; the second stage would undo it."""
        pane = self._window.query_pane
        pane.taste.set_usable(not pane.finer)
        self._window.searches.set_taste(1.0 if pane.finer else pane.taste.share)

    def _on_generation_changed(self) -> None:
        self._window.query_pane.taste.reset()
        self._apply()
        self._photos.fetch_mixable(self._on_fetched)

    def _on_fetched(self, mixable: bool | Failure) -> None:
        self._window.query_pane.offer_taste(mixable is True)
