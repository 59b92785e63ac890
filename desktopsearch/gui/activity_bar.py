"""The line at the bottom: what the library does and holds, pause, and the number of problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktopsearch.gui.bridge import Phase, RunFinished, RunProgress
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.texts import _, figure, plural
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import Status


class ActivityBar(QFrame):
    """Shows progress while a run is under way, and figures when it is over."""

    pause_wanted = Signal(bool)
    problems_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activityBar")
        self._icons = icons
        self._paused = False
        self._running = False
        self._icon = IconLabel(icons, "done", 18, "muted")
        self._text = QLabel()
        self._detail = QLabel()
        self._detail.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(_("Progress"))
        self._pause = QPushButton()
        self._pause.setProperty("role", "quiet")
        self._pause.clicked.connect(lambda: self.pause_wanted.emit(not self._paused))
        self._problems = QPushButton()
        self._problems.setProperty("role", "warning")
        self._problems.setIcon(icons.get("problem", "warning"))
        self._problems.clicked.connect(self.problems_wanted)
        for label in (self._text, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 6, 2 * SPACE_PX, 6)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._icon)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)
        layout.addWidget(self._detail)
        layout.addWidget(self._pause)
        layout.addStretch()
        layout.addWidget(self._problems)
        self.setFixedHeight(44)
        self._show_running(running=False)
        self._problems.hide()
        self._text.setText(_("Opening the library…"))

    @property
    def text(self) -> str:
        """What is going on."""
        return self._text.text()

    def show_progress(self, progress: RunProgress) -> None:
        """Follow a run."""
        self._show_running(running=True)
        self._paused = progress.paused
        self._pause.setText(_("Go on") if progress.paused else _("Pause"))
        self._pause.setIcon(self._icons.get("play" if progress.paused else "pause"))
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self._bar.setVisible(progress.total > 0)
        self._text.setText(_phase(progress))
        self._detail.setText(_speed(progress))

    def show_finished(self, finished: RunFinished) -> None:
        """The run is over; the figures follow with the status."""
        self._show_running(running=False)
        if finished.cancelled:
            self._text.setText(_("Stopped"))

    def show_stopped(self) -> None:
        """The services have ended."""
        self._show_running(running=False)
        self._text.setText(_("The library is closed"))

    def show_status(self, status: Status) -> None:
        """Show what the library holds."""
        problems = status.totals.problems
        self._problems.setText(plural("{n} problem", "{n} problems", problems))
        self._problems.setVisible(problems > 0)
        if self._running:
            return
        if not status.folders:
            self._text.setText(_("No folders yet"))
        elif status.totals.photos:
            self._text.setText(
                plural("{n} photo, up to date", "{n} photos, up to date", status.totals.photos)
            )
        else:
            self._text.setText(_("No photos in these folders"))

    def _show_running(self, *, running: bool) -> None:
        self._running = running
        self._icon.show_icon("again" if running else "done", "accent" if running else "muted")
        for widget in (self._bar, self._pause, self._detail):
            widget.setVisible(running)


def _phase(progress: RunProgress) -> str:
    if progress.paused:
        start = _("Paused")
    else:
        start = {
            Phase.SCANNING: _("Looking for photos"),
            Phase.READING: _("Reading photos"),
            Phase.ENCODING: _("Getting photos ready for the search"),
        }[progress.phase]
    if not progress.total:
        return start
    return _("{phase} · {done} of {total}").format(
        phase=start, done=figure(progress.done), total=figure(progress.total)
    )


def _speed(progress: RunProgress) -> str:
    parts = []
    if progress.images_per_second >= 1 and not progress.paused:
        speed = round(progress.images_per_second)
        parts.append(plural("{n} photo/s", "{n} photos/s", speed))
        left_s = (progress.total - progress.done) / progress.images_per_second
        if left_s >= 60:
            parts.append(plural("{n} minute left", "{n} minutes left", round(left_s / 60)))
    if progress.device:
        parts.append(progress.device)
    return " · ".join(parts)
