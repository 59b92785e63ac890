"""The Teach dialog: what there is to learn from, a teaching while it goes on, what came of it.

One page more lists all that was taught so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.gui.bridge import TeachingForetold, TeachingPrepared, TeachingProgress
from desktopsearch.gui.teach_history import HistoryPage
from desktopsearch.gui.teach_prospect import ProspectPage
from desktopsearch.gui.teach_report import ReportPage
from desktopsearch.gui.teach_running import RunningPage
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import GenerationFilling
    from desktopsearch.gui.teach_bridge import GenerationEntry, TeachingReport

_SIZE_PX = (720, 600)
_HISTORY_WIDTH_PX = 960


class TeachDialog(QDialog):
    """Shows one page at a time; the window stays usable beside it."""

    looked_at = Signal()
    """It came to the front; what is shown of the albums may be out of date."""
    history_wanted = Signal()
    teach_wanted = Signal()
    """To leave the list of what was taught for what there is to learn from, or is being learnt."""

    def __init__(self, theme: Theme, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Teach"))
        self.resize(*_SIZE_PX)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._message = QLabel()
        self._message.setProperty("role", "warning")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        self._message.hide()
        self.prospect = ProspectPage()
        self.running = RunningPage(theme)
        self.report = ReportPage(theme, pictures)
        self.history = HistoryPage()
        self._titles: dict[QWidget, str] = {
            self.prospect: _("Teach search what is alike to you"),
            self.running: _("Teaching"),
            self.report: _("What came of it"),
            self.history: _("What was taught"),
        }
        self._pages = QStackedWidget()
        for page in self._titles:
            self._pages.addWidget(page)
        self._history = QPushButton(_("What was taught…"))
        self._history.clicked.connect(self.history_wanted)
        self._teach = QPushButton(_("Teach…"))
        self._teach.clicked.connect(self.teach_wanted)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self._history)
        buttons.addWidget(self._teach)
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(self._heading)
        layout.addWidget(self._message)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._turn_to(self.prospect)

    @property
    def page(self) -> QWidget | None:
        """The one that is shown."""
        return self._pages.currentWidget()

    @property
    def message(self) -> str:
        """What went wrong; empty if nothing did."""
        return self._message.text()

    def say(self, message: str) -> None:
        """Say what went wrong, until another page is shown."""
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def offer(self) -> None:
        """Show what there is to learn from, to begin with it."""
        self._turn_to(self.prospect)

    def follow(self) -> None:
        """Show the teaching that is under way."""
        self._turn_to(self.running)

    def show_history(self) -> None:
        """Show all that was taught, with room for all columns of it."""
        self.resize(max(self.width(), _HISTORY_WIDTH_PX), self.height())
        self._turn_to(self.history)
        self.history.table.setFocus()

    def show_beginning(self) -> None:
        """A teaching has been asked for."""
        self.running.begin()
        self._turn_to(self.running)

    def show_progress(self, told: TeachingForetold | TeachingPrepared | TeachingProgress) -> None:
        """It has come further, or it is known how long it will take."""
        match told:
            case TeachingForetold():
                self.running.show_foretold(told)
            case TeachingPrepared():
                self.running.show_prepared(told)
            case TeachingProgress():
                self.running.show_progress(told)

    def show_filling(self, filling: GenerationFilling) -> None:
        """Photos are being encoded with another model."""
        self.report.show_filling(filling)
        self.history.show_filling(filling)

    def show_report(
        self,
        entry: GenerationEntry,
        report: TeachingReport,
        *,
        switching: bool,
        teaching: bool = False,
    ) -> None:
        """Show what came of it, or what has become of that."""
        self.report.show_report(entry, report, switching=switching, teaching=teaching)
        if self.page is not self.report:
            self._turn_to(self.report)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for what is new when it comes to the front."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.looked_at.emit()

    def _turn_to(self, page: QWidget) -> None:
        self.say("")
        self._history.setVisible(page is not self.history)
        self._teach.setVisible(page is self.history)
        self._heading.setText(self._titles[page])
        self._pages.setCurrentWidget(page)
