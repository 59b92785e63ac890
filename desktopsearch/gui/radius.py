"""How far photos may be from the query: a slider that says how many photos are that close."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from desktopsearch.gui.texts import _, figure, plural
from desktopsearch.gui.theme import SPACE_PX

FARTHEST: Final = 128
"""The slider's end, in bits: half of a code, where photos have nothing in common."""


class Radius(QWidget):
    """A largest distance, or none."""

    changed = Signal(object)
    """The largest distance, or None for any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Sequence[int] = ()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, FARTHEST)
        self._slider.setValue(FARTHEST)
        self._slider.setMinimumWidth(80)
        self._slider.setMaximumWidth(180)
        self._slider.setAccessibleName(_("Largest distance"))
        self._slider.valueChanged.connect(self._on_moved)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._text)
        self._show()

    @property
    def distance(self) -> int | None:
        """The largest distance, or None for any."""
        value = self._slider.value()
        return None if value == FARTHEST else value

    @property
    def text(self) -> str:
        """What is said beside the slider."""
        return self._text.text()

    def set_distance(self, distance: int | None) -> None:
        """Move the slider."""
        self._slider.setValue(FARTHEST if distance is None else distance)

    def show_counts(self, counts: Sequence[int]) -> None:
        """Say from now on how many photos are within the distance.

        Args:
            counts: How many lie at each distance, from 0 on; empty when nothing is known.
        """
        self._counts = list(accumulate(counts))
        self._show()

    def _on_moved(self) -> None:
        self._show()
        self.changed.emit(self.distance)

    def _show(self) -> None:
        distance = self.distance
        if distance is None:
            text = _("Any distance")
        elif not self._counts:
            text = _("Up to distance {n}").format(n=figure(distance))
        else:
            within = self._counts[min(distance, len(self._counts) - 1)]
            text = _("Up to distance {n}: {photos}").format(
                n=figure(distance), photos=plural("{n} photo", "{n} photos", within)
            )
        self._text.setText(text)
        self._slider.setAccessibleDescription(text)
        # As wide as its longest text, so that the slider stays still under the mouse.
        if self._counts:
            longest = _("Up to distance {n}: {photos}").format(
                n=figure(FARTHEST - 1), photos=plural("{n} photo", "{n} photos", self._counts[-1])
            )
            self._text.setMinimumWidth(self._text.fontMetrics().horizontalAdvance(longest) + 2)
