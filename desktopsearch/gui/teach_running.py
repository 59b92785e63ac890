"""A teaching while it goes on: how far it is and how it does. A page of the Teach dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktopsearch.gui.bridge import TeachingHeld
from desktopsearch.gui.device_text import device_text
from desktopsearch.gui.texts import _, decimal, figure
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.time_left import time_text
from desktopsearch.gui.validation_curve import ValidationCurve
from desktopsearch.teaching_texts import forecast_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import TeachingForetold, TeachingPrepared, TeachingProgress

_STEPS = 1_000
"""Of the progress bar."""


class RunningPage(QWidget):
    """Follows a teaching; asks for its end."""

    cancel_wanted = Signal()
    pause_wanted = Signal(bool)
    """Whether all background work is to stand still."""
    go_on_wanted = Signal()
    """Work on battery this once."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._held = TeachingHeld(held=False, on_battery=False)
        self._phase = QLabel()
        self._phase.setProperty("role", "strong")
        self._device = QLabel()
        self._device.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress of teaching"))
        self.curve = ValidationCurve(theme)
        self._caption = QLabel()
        self._caption.setProperty("role", "small")
        self._caption.setWordWrap(True)
        usable = QLabel(
            _(
                "You can go on searching meanwhile. If you close the window, teaching can go on"
                " when it is opened again."
            )
        )
        usable.setProperty("role", "muted")
        usable.setWordWrap(True)
        self._pause = QPushButton()
        self._pause.clicked.connect(self._on_pause)
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.cancel_wanted)
        top = QHBoxLayout()
        top.addWidget(self._phase, 1)
        top.addWidget(self._device)
        top.addWidget(self._pause)
        top.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addWidget(self.curve, 1)
        layout.addWidget(self._caption)
        layout.addWidget(usable)
        self._show_pause()

    @property
    def text(self) -> str:
        """What is going on."""
        return self._phase.text()

    @property
    def caption(self) -> str:
        """What the curves are."""
        return self._caption.text()

    @property
    def detail(self) -> str:
        """How long it still takes, and on what."""
        return self._device.text()

    def begin(self) -> None:
        """A teaching has been asked for."""
        self.curve.clear()
        self._caption.setText("")
        self._held = TeachingHeld(held=False, on_battery=False)
        self._show_pause()
        self._phase.setText(_("Preparing…"))
        self._device.setText("")
        self.bar.setRange(0, 0)

    def _meaning(self, lessons: int) -> str:
        """What the curves are."""
        if lessons > 1:
            return _(
                "How well photos that were kept back are found after each epoch (mAP). Several"
                " trainings prove what is taught, a line each; the strong one is under way."
            )
        if self.curve.curves:
            return _("How good the codes are after each epoch. Nothing is proven by this.")
        return _("There are too few labels to keep any back, so that nothing can be proven.")

    def show_held(self, held: TeachingHeld) -> None:
        """It stands still, or goes on."""
        self._held = held
        self._show_pause()
        self._device.setText("")
        if held.on_battery:
            self._phase.setText(_("Paused on battery"))
        elif held.held:
            self._phase.setText(_("Paused"))
        else:
            self._phase.setText(_("Preparing…"))

    def _show_pause(self) -> None:
        if self._held.on_battery:
            text = _("Go on anyway")
        else:
            text = _("Go on") if self._held.held else _("Pause")
        self._pause.setText(text)

    def _on_pause(self) -> None:
        if self._held.on_battery:
            self.go_on_wanted.emit()
        else:
            self.pause_wanted.emit(not self._held.held)

    def show_foretold(self, foretold: TeachingForetold) -> None:
        """It was measured how long it will take; photos are to pass the network first."""
        self._device.setText(forecast_sentence(foretold.low_s, foretold.high_s, decimal))

    def show_prepared(self, prepared: TeachingPrepared) -> None:
        """Photos have passed the part of the network that is not taught."""
        self._phase.setText(
            _("Looking at photos: {n} of {all}").format(
                n=figure(prepared.done), all=figure(prepared.total)
            )
        )
        self.bar.setRange(0, prepared.total)
        self.bar.setValue(prepared.done)

    def show_progress(self, progress: TeachingProgress) -> None:
        """An epoch is over."""
        epoch = progress.epoch
        phase = _("Learning and proving") if epoch.lessons > 1 else _("Learning")
        self._phase.setText(
            _("{phase}: {n} %").format(phase=phase, n=figure(int(100 * epoch.share)))
        )
        left = [time_text(progress.left_s)] if progress.left_s is not None else []
        self._device.setText(" · ".join([*left, device_text(progress.device)]))
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(round(_STEPS * epoch.share))
        if epoch.validation is not None:
            self.curve.add(epoch.lesson, epoch.epoch, epoch.validation)
        self._caption.setText(self._meaning(epoch.lessons))
