"""The library in the grid: shows all photos, those of a folder, or all duplicates."""

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

    def show(self, query: Query) -> None:
        """Show what a query lists."""
        if query.folder is not None:
            title = name_of(query.folder)
        else:
            title = _("Duplicates") if query.duplicates else _("All photos")
        self._window.searches.ask(query, title)

    def show_all(self) -> None:
        """Show all photos."""
        self.show(Query(all_photos=True))

    def show_duplicates(self) -> None:
        """Show the duplicates of all the library."""
        self.show(Query(duplicates=True))

    def _mark(self) -> None:
        current = self._window.searches.current
        self._window.panel.mark(Query() if current is None else current.query)
