"""What the window remembers: where it stood, how photos were shown, and what was looked for.

Lies in the data folder of the library, so that ``--data-dir`` moves it too. The query itself is the
latest of the recent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QByteArray, QObject, QSettings

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.results_view import USUAL_PX
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.standpoint import Standpoint, standpoint

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

_GEOMETRY, _SPLITTER, _ZOOM, _FINER = "geometry", "splitter", "zoom_px", "finer_order"
_PLACE = "place"


class WindowState:
    """The small file in which it is kept; a missing or damaged one is as good as none."""

    def __init__(self, paths: LibraryPaths) -> None:
        self._settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: MainWindow) -> None:
        """Put a window where the last one was; what was looked for follows with the library."""
        for name, restore in (
            (_GEOMETRY, window.restoreGeometry),
            (_SPLITTER, window.splitter.restoreState),
        ):
            state = self._settings.value(name)
            if isinstance(state, QByteArray):
                restore(state)
        zoom = str(self._settings.value(_ZOOM, USUAL_PX))
        window.results.set_zoom(int(zoom) if zoom.isdecimal() else USUAL_PX)
        # The file itself knows texts only.
        window.query_pane.set_finer(str(self._settings.value(_FINER)).lower() == "true")
        place = _place(str(self._settings.value(_PLACE, "")))
        if place is not None:
            _Resumption(window, place)

    def save(self, window: MainWindow) -> None:
        """Remember how a window is now."""
        self._settings.setValue(_GEOMETRY, window.saveGeometry())
        self._settings.setValue(_SPLITTER, window.splitter.saveState())
        self._settings.setValue(_ZOOM, window.results.zoom_px)
        self._settings.setValue(_FINER, window.query_pane.finer)
        if window.model.hits and window.searches.album_id is None:
            place = msgspec.json.encode(standpoint(window.results, window.model)).decode("ascii")
            self._settings.setValue(_PLACE, place)
        else:
            self._settings.remove(_PLACE)
        self._settings.sync()


class _Resumption(QObject):
    """Asks the latest query once more when the recent ones are there, unless there is another."""

    def __init__(self, window: MainWindow, place: Standpoint) -> None:
        super().__init__(window)
        self._window = window
        self._place = place
        window.recent.changed.connect(self._on_recent)

    def _on_recent(self) -> None:
        window = self._window
        window.recent.changed.disconnect(self._on_recent)
        if self._asked() is not None or not window.recent.entries:
            return
        window.searches.failed.connect(self._on_failed)
        window.searches.answered.connect(self._on_answered)
        window.intake.look_again(window.recent.entries[0])
        if (asked := self._asked()) is not None:
            asked.standpoint = self._place

    def _asked(self) -> Asked | None:
        return self._window.searches.current

    def _on_failed(self) -> None:
        self._on_answered()
        # Nobody has asked for it today: that its file is gone is no matter.
        self._window.searches.clear()

    def _on_answered(self) -> None:
        self._window.searches.failed.disconnect(self._on_failed)
        self._window.searches.answered.disconnect(self._on_answered)


def _place(text: str) -> Standpoint | None:
    try:
        return msgspec.json.decode(text, type=Standpoint)
    except msgspec.DecodeError:
        return None
