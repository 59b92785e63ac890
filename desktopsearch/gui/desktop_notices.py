"""Says on the desktop that long work is over, to somebody who looks elsewhere meanwhile.

Owns an icon in the tray for as long as a message is shown, where there is a tray; else the window
asks for attention in the way of the system.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.preferences import DEFAULTS, Preferences
from desktopsearch.gui.bridge import Failure, RunFinished
from desktopsearch.gui.texts import _, decimal, failure_sentence, plural
from desktopsearch.teaching_texts import verdict_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.teach_bridge import Outcome

LONG_S: Final = 300.0
"""A run that took less is not worth a message."""
_SHOWN_MS: Final = 20_000


class DesktopNotices(QObject):
    """Tells what one window has to say while it is not looked at."""

    def __init__(self, window: MainWindow, on_clicked: Callable[[], object]) -> None:
        """Begin to listen.

        Args:
            window: That is told of.
            on_clicked: Brings the window to the front.
        """
        super().__init__(window)
        self._window = window
        self._on_clicked = on_clicked
        self._wanted = DEFAULTS.notify
        window.bridge.preferences_changed.connect(self._on_preferences_changed)
        window.bridge.finished.connect(self._on_finished)
        window.teach_acts.ended.connect(self._on_teaching_ended)

    def _on_preferences_changed(self, preferences: Preferences) -> None:
        self._wanted = preferences.notify

    def _on_finished(self, finished: RunFinished) -> None:
        if finished.cancelled or finished.seconds < LONG_S:
            return
        text = plural("{n} photo was read.", "{n} photos were read.", finished.indexed)
        if finished.failed:
            text += " " + plural(
                "{n} file could not be read.", "{n} files could not be read.", finished.failed
            )
        self._tell(_("The library is up to date"), text)

    def _on_teaching_ended(self, outcome: Outcome | Failure) -> None:
        if isinstance(outcome, Cancelled):
            return
        if isinstance(outcome, Exception):
            self._tell(_("Teaching has failed"), failure_sentence(outcome))
        else:
            self._tell(_("Teaching is over"), verdict_sentence(outcome[1], decimal))

    def _tell(self, title: str, text: str) -> None:
        if not self._wanted or QApplication.activeWindow() is not None:
            return
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            QApplication.alert(self._window)
            return
        picture = QApplication.windowIcon()
        icon = QSystemTrayIcon(picture, self)
        icon.messageClicked.connect(self._on_clicked)
        icon.activated.connect(lambda _reason: self._on_clicked())
        icon.show()
        icon.showMessage(title, text, picture, _SHOWN_MS)
        vanishing = QTimer(icon, singleShot=True, interval=_SHOWN_MS)
        vanishing.timeout.connect(icon.deleteLater)
        vanishing.start()
