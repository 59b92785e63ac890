"""Near copies of one photo in the grid: a search like any other, but with a small distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopsearch.domain.search import NEAR_COPY_BITS, Query, SearchHit
from desktopsearch.gui.places import name_of
from desktopsearch.gui.searches import Asked

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class DuplicateSearches(QObject):
    """Does it for one window; owns the distance that was set before."""

    def __init__(self, window: MainWindow) -> None:
        """Begin to listen, before whoever shows answers does."""
        super().__init__(window)
        self._window = window
        self._shown: Asked | None = None
        self._before: tuple[int | None] | None = None
        window.photo_menus.duplicates_wanted.connect(self.find)
        window.searches.answered.connect(self._on_answered)
        window.searches.cleared.connect(self._set_back)

    def find(self, hit: SearchHit) -> None:
        """Look for near copies of a photo of the library."""
        query = Query(photo_id=hit.photo_id)
        self._window.searches.ask(query, name_of(hit.path), duplicates=True)

    def forget(self) -> None:
        """Leave the distance alone from now on; whoever calls this sets another."""
        self._before = None

    def _on_answered(self) -> None:
        asked = self._window.searches.current
        if asked is self._shown:
            return
        self._shown = asked
        if asked is None or not asked.duplicates:
            self._set_back()
        else:
            if self._before is None:
                self._before = (self._window.query_pane.radius.distance,)
            self._window.query_pane.radius.set_distance(NEAR_COPY_BITS)

    def _set_back(self) -> None:
        if self._before is not None:
            [distance] = self._before
            self._before = None
            self._window.query_pane.radius.set_distance(distance)
