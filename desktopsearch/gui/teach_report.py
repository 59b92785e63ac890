"""What came of a teaching, and whether it is used: a page of the Teach dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.gui.example_searches import ExampleSearches
from desktopsearch.gui.paired_bars import Pair, PairedBars
from desktopsearch.gui.teach_methods import filling_text, name_of
from desktopsearch.gui.texts import _, decimal, figure, plural
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.thumbnails import Thumbnails
from desktopsearch.hashing.teaching.proof import NEW, OLD
from desktopsearch.teaching_texts import (
    PLACES,
    depth_sentence,
    layer_names,
    loss_sentence,
    verdict_sentence,
)

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import GenerationFilling
    from desktopsearch.gui.teach_bridge import GenerationEntry, TeachingReport


class ReportPage(QWidget):
    """Shows verdict and figures; asks for what is to be used."""

    use_wanted = Signal(int)
    """The id of a generation."""
    undo_wanted = Signal()
    again_wanted = Signal()
    """Teach once more."""

    def __init__(self, theme: Theme, pictures: Thumbnails) -> None:
        super().__init__()
        self._generation_id, self._switching = 0, False
        self._verdict = QLabel()
        self._verdict.setProperty("role", "strong")
        self._loss = QLabel()
        self._loss.setProperty("role", "warning")
        self._made = QLabel()
        self._made.setProperty("role", "muted")
        self._state = QLabel()
        for label in (self._verdict, self._loss, self._made, self._state):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._use = QPushButton()
        self._use.clicked.connect(lambda: self.use_wanted.emit(self._generation_id))
        self._undo = QPushButton(_("Undo"))
        self._undo.setToolTip(_("Search again with what was used before."))
        self._undo.clicked.connect(self.undo_wanted)
        again = QPushButton(_("Teach again"))
        again.clicked.connect(self.again_wanted)
        self.table = QTableWidget(len(layer_names()), 3)
        self.table.setProperty("role", "lines")
        self.table.setAccessibleName(_("Figures"))
        self.table.setHorizontalHeaderLabels(["", _("mAP"), _("precision@10")])
        self.table.verticalHeader().hide()
        self._cells: dict[tuple[str, int], QTableWidgetItem] = {}
        for row, (key, name) in enumerate(layer_names()):
            self.table.setItem(row, 0, QTableWidgetItem(name))
            for column in (1, 2):
                cell = self._cells[key, column] = QTableWidgetItem()
                cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(row, column, cell)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        # As the names below it stand, unlike the figures.
        codes = QTableWidgetItem(_("Codes"))
        codes.setTextAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.table.setHorizontalHeaderItem(0, codes)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setAccessibleName(_("Figures"))
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.bars = PairedBars(theme)
        self._drawn = QLabel(
            _(
                "Searches for photos that were not learnt from, drawn at random."
                " A ring: in an album with the one looked for."
            )
        )
        self._drawn.setProperty("role", "muted")
        self._drawn.setWordWrap(True)
        self.examples = ExampleSearches(theme, pictures)
        state = QHBoxLayout()
        state.setSpacing(SPACE_PX)
        state.addWidget(self._state, 1)
        for button in (self._use, self._undo, again):
            state.addWidget(button)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(*[SPACE_PX] * 4)
        inner.setSpacing(2 * SPACE_PX)
        figures = (self.table, self.bars, self._drawn, self.examples)
        for widget in (self._verdict, self._loss, self._made, *figures):
            inner.addWidget(widget)
        inner.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setProperty("role", "text")
        scroll.setAccessibleName(_("What came of it"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(scroll, 1)
        layout.addLayout(state)

    @property
    def text(self) -> str:
        """Verdict and state."""
        said = (self._verdict, self._loss, self._made, self._state)
        return "\n".join(label.text() for label in said if not label.isHidden())

    @property
    def generation_id(self) -> int:
        """Whose report is shown."""
        return self._generation_id

    def show_report(
        self,
        entry: GenerationEntry,
        report: TeachingReport,
        *,
        switching: bool,
        teaching: bool,
    ) -> None:
        """Show what was proven of a generation.

        Args:
            entry: The generation.
            report: Its report.
            switching: Whether another generation is about to be used, maybe this one.
            teaching: Whether another teaching is under way.
        """
        self._generation_id, self._switching = entry.generation.id, switching
        self._verdict.setText(verdict_sentence(report, decimal))
        loss = loss_sentence(report, decimal)
        self._loss.setText(loss)
        self._loss.setVisible(bool(loss))
        made = _("{method}, {bits} bits, from {photos}, in {seconds} s").format(
            method=name_of(report.objective),
            bits=figure(report.bits),
            photos=plural("{n} photo in albums", "{n} photos in albums", report.labelled),
            seconds=decimal(report.seconds, 0),
        )
        depth = depth_sentence(report, decimal)
        self._made.setText(f"{made}\n{depth}" if depth else made)
        self._show_figures(report)
        if switching:
            state = _("All photos get their new codes…")
        elif entry.active:
            state = _("Search uses it now.")
        else:
            state = _("It is kept aside; search does not use it.")
        if teaching:
            state += "\n" + _("While search is taught, nothing else can be used or deleted.")
        self._state.setText(state)
        self._use.setText(_("Use it") if report.accepted else _("Use it anyway"))
        self._use.setVisible(not entry.active)
        self._undo.setVisible(entry.active)
        for button in (self._use, self._undo):
            button.setEnabled(not switching and not teaching)

    def show_filling(self, filling: GenerationFilling) -> None:
        """So many photos have been encoded with another model."""
        if self._switching:
            self._state.setText(filling_text(filling.done, filling.total))

    def _show_figures(self, report: TeachingReport) -> None:
        proof = report.proof
        self.examples.set_searches(report.examples)
        for each in (self._drawn, self.examples):
            each.setVisible(bool(report.examples))
        self.table.setVisible(proof is not None)
        self.bars.setVisible(proof is not None)
        if proof is None:
            return
        for key, _name in layer_names():
            figures = proof.figures[key]
            self._cells[key, 1].setText(decimal(figures.mean_ap, PLACES))
            self._cells[key, 2].setText(decimal(figures.precision_at_10, PLACES))
        self.table.resizeRowsToContents()
        height = (
            self.table.verticalHeader().length() + self.table.horizontalHeader().sizeHint().height()
        )
        self.table.setFixedHeight(height + 2 * self.table.frameWidth())
        self.bars.set_pairs(
            [
                Pair(
                    report.albums[each.album].name,
                    each.figures[OLD].mean_ap,
                    each.figures[NEW].mean_ap,
                )
                for each in proof.albums
                if each.figures
            ]
        )
