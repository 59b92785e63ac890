"""What the window remembers: where it stood, how large photos were and how they were ordered.

Lies in the data folder of the library, so that ``--data-dir`` moves it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.results_view import USUAL_PX

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

_GEOMETRY, _ZOOM, _FINER = "geometry", "zoom_px", "finer_order"


class WindowState:
    """The small file in which it is kept; a missing or damaged one is as good as none."""

    def __init__(self, paths: LibraryPaths) -> None:
        self._settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: MainWindow) -> None:
        """Put a window where the last one was."""
        geometry = self._settings.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        zoom = str(self._settings.value(_ZOOM, USUAL_PX))
        window.results.set_zoom(int(zoom) if zoom.isdecimal() else USUAL_PX)
        # The file itself knows texts only.
        window.query_pane.set_finer(str(self._settings.value(_FINER)).lower() == "true")

    def save(self, window: MainWindow) -> None:
        """Remember how a window is now."""
        self._settings.setValue(_GEOMETRY, window.saveGeometry())
        self._settings.setValue(_ZOOM, window.results.zoom_px)
        self._settings.setValue(_FINER, window.query_pane.finer)
        self._settings.sync()
