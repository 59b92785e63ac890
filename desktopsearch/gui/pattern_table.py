"""The exclude patterns of the library, each with what it hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktopsearch.domain.excludes import DEFAULT_PATTERNS
from desktopsearch.gui.texts import _, plural


class PatternTable(QTableWidget):
    """Lists patterns, those that a person has added first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self.patterns: list[str] = []
        self.setHorizontalHeaderLabels([_("Pattern"), _("Hides now")])
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setProperty("role", "lines")
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(_("Patterns"))

    @property
    def chosen(self) -> list[str]:
        """The patterns that are selected."""
        return [self.patterns[row] for row in sorted({i.row() for i in self.selectedIndexes()})]

    def show_patterns(self, patterns: Sequence[str]) -> None:
        """List these; what they hide is not known yet."""
        self.patterns = sorted(patterns, key=lambda each: (each in DEFAULT_PATTERNS, each.lower()))
        self.setRowCount(len(patterns))
        for row, pattern in enumerate(self.patterns):
            self.setItem(row, 0, QTableWidgetItem(pattern))
            self.setItem(row, 1, QTableWidgetItem("…"))

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Say how many files each hides; of none, nothing is said."""
        for row, pattern in enumerate(self.patterns):
            number = counts.get(pattern, 0)
            text = plural("{n} file", "{n} files", number) if number else ""
            self.setItem(row, 1, QTableWidgetItem(text))
