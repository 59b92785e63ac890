"""The library in the grid: shows all photos, or those of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopsearch.domain.search import Query
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class LibraryListing(QObject):
    """Does it for one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.panel.show_wanted.connect(self.show)
        window.searches.began.connect(self._mark)
        window.searches.cleared.connect(self._mark)

    def show(self, folder: bytes | None) -> None:
        """Show the photos of a folder, or all photos."""
        if folder is None:
            self._window.searches.ask(Query(all_photos=True), _("All photos"))
        else:
            self._window.searches.ask(Query(folder=folder), name_of(folder))

    def _mark(self) -> None:
        current = self._window.searches.current
        query = Query() if current is None else current.query
        self._window.panel.mark(all_photos=query.all_photos, folder=query.folder)
