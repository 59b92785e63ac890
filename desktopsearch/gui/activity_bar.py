"""The line at the bottom: what the library does and holds, pause and speed, and the problems."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from desktopsearch.domain.preferences import Preferences
from desktopsearch.gui.bridge import Phase, RunFinished, RunProgress
from desktopsearch.gui.device_text import device_text
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.narrow import ElidedLabel
from desktopsearch.gui.texts import _, clock, figure, plural
from desktopsearch.gui.theme import SPACE_PX
from desktopsearch.gui.time_left import TimeLeft, time_text

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import Status

_LEAST_TEXT_PX = 40


class ActivityBar(QFrame):
    """Shows progress while a run is under way, and figures when it is over."""

    pause_wanted = Signal(bool)
    hour_wanted = Signal()
    """Pause, and go on by itself after an hour."""
    go_on_wanted = Signal()
    """Work on battery this once."""
    gentle_wanted = Signal(bool)
    problems_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activityBar")
        self._icons = icons
        self._running = self._paused = False
        self._progress: RunProgress | None = None
        self._until: datetime | None = None
        self._time_left = TimeLeft()
        self._icon = IconLabel(icons, "done", 18, "muted")
        self._text = ElidedLabel()
        self._detail = ElidedLabel()
        self._detail.setProperty("role", "muted")
        for label in (self._text, self._detail):
            # As wide as its text, unless the window is narrow.
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            label.setMinimumWidth(_LEAST_TEXT_PX)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._bar.setAccessibleName(_("Progress"))
        self._pause = QPushButton()
        self._pause.setProperty("role", "quiet")
        self._pause.clicked.connect(lambda: self.pause_wanted.emit(not self._paused))
        self._pauses = QToolButton()
        self._pauses.setIcon(icons.get("chevron"))
        self._pauses.setToolTip(_("Other ways to pause"))
        self._pauses.setAccessibleName(_("Other ways to pause"))
        self._pauses.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._pauses)
        menu.addAction(_("Pause for an hour")).triggered.connect(self.hour_wanted)
        self._pauses.setMenu(menu)
        self._anyway = QPushButton(icons.get("play"), _("Go on anyway"))
        self._anyway.setProperty("role", "quiet")
        self._anyway.clicked.connect(self.go_on_wanted)
        self._gentle = QToolButton()
        self._gentle.setText(_("Gentle"))
        self._gentle.setCheckable(True)
        self._gentle.setProperty("role", "switch")
        self._gentle.setToolTip(
            _("Work in the background with a part of the processor, behind all other programs.")
        )
        self._gentle.toggled.connect(self.gentle_wanted)
        self._problems = QPushButton()
        self._problems.setProperty("role", "warning")
        self._problems.setIcon(icons.get("problem", "warning"))
        self._problems.clicked.connect(self.problems_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 6, 2 * SPACE_PX, 6)
        layout.setSpacing(SPACE_PX)
        for widget in (self._icon, self._text, self._bar, self._detail):
            layout.addWidget(widget)
        # Here, so that the buttons stay still under the mouse while the texts change.
        layout.addStretch()
        for button in (self._pause, self._pauses, self._anyway, self._gentle):
            layout.addWidget(button)
        layout.addWidget(self._problems)
        self.setFixedHeight(44)
        self._show_running(running=False)
        self._problems.hide()
        self._text.setText(_("Opening the library…"))

    @property
    def text(self) -> str:
        """What is going on."""
        return self._text.text()

    @property
    def detail(self) -> str:
        """How fast it goes, for how long, and on what."""
        return self._detail.text()

    def show_preferences(self, preferences: Preferences) -> None:
        """Show which speed is set, and until when the work stands still."""
        with QSignalBlocker(self._gentle):
            self._gentle.setChecked(preferences.speed == "gentle")
        self._until = preferences.paused if isinstance(preferences.paused, datetime) else None
        if self._progress is not None:
            self.show_progress(self._progress)

    def show_progress(self, progress: RunProgress) -> None:
        """Follow a run."""
        self._show_running(running=True)
        self._progress = progress
        self._paused = progress.paused
        self._icon.show_icon(_icon(progress), "muted" if progress.paused else "accent")
        self._pause.setText(_("Go on") if progress.paused else _("Pause"))
        self._pause.setIcon(self._icons.get("play" if progress.paused else "pause"))
        self._pause.setVisible(not progress.on_battery)
        self._pauses.setVisible(not progress.paused)
        self._anyway.setVisible(progress.on_battery)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        self._bar.setVisible(progress.total > 0)
        self._text.setText(_phase(progress, self._until))
        self._detail.setText(self._speed(progress))

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
        if not running:
            self._icon.show_icon("done", "muted")
            self._progress = None
            self._time_left.reset()
            self._anyway.hide()
        for widget in (self._bar, self._pause, self._pauses, self._gentle, self._detail):
            widget.setVisible(running)

    def _speed(self, progress: RunProgress) -> str:
        parts = []
        if progress.paused:
            self._time_left.reset()
        elif progress.images_per_second >= 1:
            speed = round(progress.images_per_second)
            parts.append(plural("{n} photo/s", "{n} photos/s", speed))
            seconds = self._time_left.after(
                progress.left, progress.images_per_second, time.monotonic()
            )
            if seconds is not None:
                parts.append(time_text(seconds))
        if progress.device:
            parts.append(device_text(progress.device))
        return " · ".join(parts)


def _icon(progress: RunProgress) -> str:
    if progress.on_battery:
        return "battery"
    return "pause" if progress.paused else "again"


def _phase(progress: RunProgress, until: datetime | None) -> str:
    if progress.on_battery:
        start = _("Paused on battery")
    elif progress.paused and until is not None:
        start = _("Paused until {time}").format(time=clock(until))
    elif progress.paused:
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
