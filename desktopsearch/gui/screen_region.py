"""A part of the screen as the query, where the platform lets a program see the screen.

The window goes aside meanwhile, and comes back with the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from desktopsearch.domain.examples import Example
from desktopsearch.gui import dropped
from desktopsearch.gui.screen_view import ScreenView
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

# What a desktop takes to fade a window out.
_GONE_MS = 350


class ScreenRegion(QObject):
    """Takes it for one window."""

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self.views: list[ScreenView] = []
        """One over each screen, while a part is chosen."""
        self._going = QTimer(self, singleShot=True, interval=_GONE_MS)
        self._going.timeout.connect(self._grab)

    def take(self) -> None:
        """Let a part of the screen be chosen, and look for it."""
        if self.views or self._going.isActive():
            return
        if QGuiApplication.platformName().startswith("wayland"):
            self._refuse()
            return
        self._window.hide()
        self._going.start()

    def close(self) -> None:
        """Give up; the window goes."""
        self._going.stop()
        self._clear()

    def _grab(self) -> None:
        shots = [(screen, screen.grabWindow(0)) for screen in QGuiApplication.screens()]
        if any(shot.isNull() for _screen, shot in shots):
            self._come_back()
            self._refuse()
            return
        for screen, shot in shots:
            view = ScreenView(self._theme, shot, screen.geometry())
            view.chosen.connect(self._on_chosen)
            view.given_up.connect(self._come_back)
            self.views.append(view)
            view.show()
        self.views[0].raise_()
        self.views[0].activateWindow()
        self.views[0].setFocus()

    def _on_chosen(self, image: QImage) -> None:
        self._come_back()
        picture = Example(data=dropped.as_bitmap(image))
        self._window.searches.ask_for([(picture, _("Part of the screen"))])

    def _come_back(self) -> None:
        self._clear()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _clear(self) -> None:
        views, self.views = self.views, []
        for view in views:
            # To close one gives up, which would lead here again.
            view.given_up.disconnect(self._come_back)
            view.close()
            view.deleteLater()

    def _refuse(self) -> None:
        self._window.notices.say(
            _(
                "This desktop does not let programs see the screen. Take a screenshot with its own"
                " key, copy it, and paste it here with Ctrl+V."
            )
        )
