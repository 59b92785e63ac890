"""What the window remembers: where it stood, how photos were shown, and what was looked for.

Lies in the data folder of the library, so that ``--data-dir`` moves it too. The query itself is a
listing, or the latest of the recent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QByteArray, QObject, QSettings

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.search import Query
from desktopsearch.gui.results_view import USUAL_PX
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.standpoint import Standpoint, standpoint

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

_GEOMETRY, _SPLITTER, _ZOOM, _FINER = "geometry", "splitter", "zoom_px", "finer_order"
_PLACE, _ALBUM = "place", "album"
_ALL_PHOTOS, _FOLDER, _DUPLICATES = "all_photos", "folder", "duplicates"


class WindowState:
    """The small file in which it is kept; a missing or damaged one is as good as none."""

    def __init__(self, paths: LibraryPaths) -> None:
        self._settings = QSettings(str(paths.window_state), QSettings.Format.IniFormat)

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
            album = str(self._settings.value(_ALBUM, ""))
            album_id = int(album) if album.isdecimal() else None
            _Resumption(window, place, album_id, self._listed())

    def save(self, window: MainWindow) -> None:
        """Remember how a window is now."""
        self._settings.setValue(_GEOMETRY, window.saveGeometry())
        self._settings.setValue(_SPLITTER, window.splitter.saveState())
        self._settings.setValue(_ZOOM, window.results.zoom_px)
        self._settings.setValue(_FINER, window.query_pane.finer)
        for name in (_PLACE, _ALBUM, _ALL_PHOTOS, _FOLDER, _DUPLICATES):
            self._settings.remove(name)
        if window.model.hits:
            place = msgspec.json.encode(standpoint(window.results, window.model)).decode("ascii")
            self._settings.setValue(_PLACE, place)
            asked = window.searches.current
            query = Query() if asked is None else asked.query
            if query.album_id is not None:
                self._settings.setValue(_ALBUM, query.album_id)
            elif query.folder is not None:
                self._settings.setValue(_FOLDER, query.folder.hex())
            elif query.all_photos:
                self._settings.setValue(_ALL_PHOTOS, True)
            elif query.duplicates:
                self._settings.setValue(_DUPLICATES, True)
        self._settings.sync()

    def _listed(self) -> Query | None:
        """What was listed of the library; None for nothing and for an album."""
        if self._settings.contains(_ALL_PHOTOS):
            return Query(all_photos=True)
        if self._settings.contains(_DUPLICATES):
            return Query(duplicates=True)
        try:
            folder = bytes.fromhex(str(self._settings.value(_FOLDER, "")))
        except ValueError:
            return None
        return Query(folder=folder) if folder else None


class _Resumption(QObject):
    """Asks the same once more when what it takes is there, unless there is another."""

    def __init__(
        self, window: MainWindow, place: Standpoint, album_id: int | None, listed: Query | None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._place = place
        self._album_id = album_id
        self._listed = listed
        if listed is not None:
            self._ready = window.bridge.opened
        else:
            self._ready = window.recent.changed if album_id is None else window.albums.changed
        self._ready.connect(self._on_ready)

    def _on_ready(self) -> None:
        window = self._window
        self._ready.disconnect(self._on_ready)
        album = None if self._album_id is None else window.albums.album(self._album_id)
        is_there = window.recent.entries if self._album_id is None else album
        if self._asked() is not None or not (is_there or self._listed is not None):
            return
        window.searches.failed.connect(self._on_failed)
        window.searches.answered.connect(self._on_answered)
        if self._listed is not None:
            window.library_listing.show(self._listed)
        elif album is None:
            window.intake.look_again(window.recent.entries[0])
        else:
            window.album_listing.show(album)
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
