"""What was taught so far, what each came to, and which of them searches use. A page of Teach."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.teaching import Depth
from desktopsearch.gui.teach_methods import filling_text, name_of
from desktopsearch.gui.texts import _, decimal, figure, moment, plural
from desktopsearch.gui.theme import SPACE_PX
from desktopsearch.hashing.teaching.proof import NEW, OLD
from desktopsearch.teaching_texts import PLACES, signed

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import GenerationFilling
    from desktopsearch.gui.teach_bridge import GenerationEntry, Generations

_TEXTS, _FIGURES = (1, 2), (3, 4, 5, 6)
"""Columns: of texts that may be long, and of numbers."""
_LEAST_TEXT_PX, _MOST_TEXT_PX = 96, 200


class HistoryPage(QWidget):
    """Lists the generations, the newest first; asks for what is to be done with one of them."""

    use_wanted = Signal(int)
    """The id of a generation, as those that follow."""
    report_wanted = Signal(int)
    delete_wanted = Signal(int)
    undo_wanted = Signal()
    """Search again with what was used before."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Generations | None = None
        self._entries: list[GenerationEntry] = []
        explanation = QLabel(
            _(
                "All of it can be used; for another network all photos are encoded first, unless"
                " they were before. What is deleted has to be taught anew."
            )
        )
        explanation.setProperty("role", "muted")
        explanation.setWordWrap(True)
        self.table = QTableWidget(0, 8)
        self.table.setProperty("role", "lines")
        self.table.setAccessibleName(_("What was taught"))
        self.table.setHorizontalHeaderLabels(
            [
                _("Made"),
                _("Method"),
                _("Albums"),
                _("Bits"),
                _("mAP before"),
                _("mAP taught"),
                _("Gain"),
                _("State"),
            ]
        )
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in _TEXTS:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header.setHighlightSections(False)
        header.setAccessibleName(_("What was taught"))
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.itemActivated.connect(self._on_activated)
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._use = QPushButton(_("Use it"))
        self._use.clicked.connect(lambda: self.use_wanted.emit(self._chosen_id))
        self._report = QPushButton(_("Show report"))
        self._report.clicked.connect(lambda: self.report_wanted.emit(self._chosen_id))
        self._delete = QPushButton(_("Delete…"))
        self._delete.clicked.connect(lambda: self.delete_wanted.emit(self._chosen_id))
        self._undo = QPushButton(_("Go back"))
        self._undo.setToolTip(_("Search again with what was used before."))
        self._undo.clicked.connect(self.undo_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        for button in (self._use, self._report, self._delete):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self._undo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(explanation)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._state)
        layout.addLayout(buttons)
        self._enable()

    @property
    def text(self) -> str:
        """What is going on."""
        return self._state.text()

    def show_generations(self, found: Generations) -> None:
        """List what there is now; what is chosen stays so."""
        chosen = self._chosen
        kept = chosen.generation.id if chosen else None
        self._found = found
        self._entries = found.entries[::-1]
        self.table.setRowCount(len(self._entries))
        for row, entry in enumerate(self._entries):
            for column, text in enumerate(_cells(entry)):
                cell = QTableWidgetItem(text)
                if column in _TEXTS:
                    cell.setToolTip(text)
                if column in _FIGURES:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(row, column, cell)
        for column in _TEXTS:
            wide = self.table.sizeHintForColumn(column)
            self.table.setColumnWidth(column, min(max(wide, _LEAST_TEXT_PX), _MOST_TEXT_PX))
        ids = [entry.generation.id for entry in self._entries]
        active = next((row for row, entry in enumerate(self._entries) if entry.active), 0)
        self.table.setCurrentCell(ids.index(kept) if kept in ids else active, 0)
        self._enable()

    def show_filling(self, filling: GenerationFilling) -> None:
        """So many photos have been encoded with another model."""
        if self._found is not None and self._found.switching:
            self._state.setText(filling_text(filling.done, filling.total))

    @property
    def _chosen(self) -> GenerationEntry | None:
        row = self.table.currentRow()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    @property
    def _chosen_id(self) -> int:
        assert self._chosen is not None
        return self._chosen.generation.id

    def _on_activated(self) -> None:
        if self._report.isEnabled():
            self.report_wanted.emit(self._chosen_id)

    def _enable(self) -> None:
        entry, found = self._chosen, self._found
        free = found is not None and not (found.switching or found.teaching)
        taught = entry is not None and entry.report is not None
        fitted = entry is not None and entry.fitted_to is not None
        aside = entry is not None and not entry.active and free
        self._use.setEnabled(aside)
        self._report.setEnabled(taught)
        self._delete.setEnabled(aside and (taught or fitted))
        self._undo.setEnabled(found is not None and found.can_go_back and free)
        state = ""
        if found is not None and found.switching:
            state = _("All photos get their new codes…")
        elif found is not None and found.teaching:
            state = _("While search is taught, nothing else can be used or deleted.")
        self._state.setText(state)
        self._state.setVisible(bool(state))


def _cells(entry: GenerationEntry) -> list[str]:
    made, report = entry.generation, entry.report
    before = after = gain = ""
    if report is not None and report.proof is not None:
        before = decimal(report.proof.figures[OLD].mean_ap, PLACES)
        after = decimal(report.proof.figures[NEW].mean_ap, PLACES)
        gain = signed(report.proof.verdict.gain, decimal)
    if entry.fitted_to is not None:
        method = plural("Fitted to {n} photo", "Fitted to {n} photos", entry.fitted_to)
    elif report is None:
        method = _("Untaught: {model}").format(model=made.model)
    else:
        method = name_of(report.objective)
        if report.depth is Depth.DEEP:
            method = _("{method}, deep").format(method=method)
    albums = ", ".join(album.name for album in report.albums) if report is not None else ""
    return [
        moment(datetime.fromtimestamp(made.created_at).astimezone()),
        method,
        albums,
        figure(made.bits),
        before,
        after,
        gain,
        _("in use") if entry.active else "",
    ]
