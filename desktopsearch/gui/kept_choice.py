"""A choice among things that come and go; what is chosen stays chosen as long as it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

_LETTERS: Final = 24
_ARROW_PX: Final = 46
"""Of the box, with all that is no text."""


class Entry(NamedTuple):
    """Something to choose."""

    text: str
    value: object
    description: str = ""
    """What a screen reader says besides."""


class KeptChoice(QComboBox):
    """First some entries that are always there, of which the first stands for no choice."""

    def __init__(self, fixed: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Long names are cut off in the box; its list is as wide as they need.
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LETTERS)
        self._fixed = len(fixed)
        self._entries: list[Entry] = []
        self._guest: Entry | None = None
        self._fill(fixed)

    @property
    def value(self) -> object:
        """Of what is chosen."""
        return self._entries[self.currentIndex()].value

    def choose(self, entry: Entry) -> None:
        """Choose something; what is not offered stays among the rest as long as it is chosen."""
        values = [each.value for each in self._entries]
        if entry.value not in values:
            self._guest = entry
            values.append(entry.value)
            with QSignalBlocker(self):
                self._add(entry)
        self.setCurrentIndex(values.index(entry.value))

    def offer(self, entries: Sequence[Entry]) -> None:
        """Offer these after the fixed ones; says so if what was chosen is not among them."""
        fixed = self._entries[: self._fixed]
        chosen = self.value
        guest = self._guest
        if guest is not None and guest.value == chosen not in [each.value for each in entries]:
            entries = [*entries, guest]
        if self._entries == [*fixed, *entries]:
            return
        with QSignalBlocker(self):
            self.clear()
            self._fill([*fixed, *entries])
            values = [entry.value for entry in self._entries]
            self.setCurrentIndex(values.index(chosen) if chosen in values else 0)
        # Also told where the same thing has another name now.
        self.currentIndexChanged.emit(self.currentIndex())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as usual, but end what does not fit with a mark."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideMiddle, self.width() - _ARROW_PX
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _fill(self, entries: Sequence[Entry]) -> None:
        self._entries = []
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        row = len(self._entries)
        self._entries.append(entry)
        self.addItem(entry.text)
        self.setItemData(row, entry.text, Qt.ItemDataRole.ToolTipRole)
        self.setItemData(row, entry.description, Qt.ItemDataRole.AccessibleDescriptionRole)
