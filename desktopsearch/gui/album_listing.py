"""Albums in the grid: shows their photos, and follows what is said of photos and albums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopsearch.domain.albums import Album
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.gui.searches import Asked

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class AlbumListing(QObject):
    """Does it for one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._shown: Album | None = None
        self._answered: int | None = None
        self._leaving: set[int] = set()
        """Photos that were taken out but are shown until there is an answer."""
        window.searches.began.connect(self._on_began)
        window.searches.answered.connect(self._on_answered)
        window.searches.cleared.connect(self._mark)
        window.albums.show_wanted.connect(self.show)
        window.albums.changed.connect(self._follow)
        window.query_pane.suggestions.clicked.connect(self._suggest)
        window.results.taking_out_wanted.connect(self._take_out)

    @property
    def album(self) -> Album | None:
        """The album whose photos are looked for, if it is one and is there."""
        album_id = self._window.searches.album_id
        return None if album_id is None else self._window.albums.album(album_id)

    def show(self, album: Album) -> None:
        """Show the photos of an album."""
        self._window.searches.ask(Query(album_id=album.id), album.name)

    def _on_began(self, asked: Asked) -> None:
        self._mark()
        self._leaving.clear()
        self._shown = self.album
        if self._shown is not None:
            # It may have got another name since this was asked the last time.
            asked.title = self._shown.name

    def _on_answered(self, answer: SearchAnswer) -> None:
        self._answered = answer.query.album_id
        if self._leaving:
            self._leaving.intersection_update(hit.photo_id for hit in answer.hits)

    def _follow(self) -> None:
        popup = self._window.query_pane.filters.popup
        popup.show_albums(self._window.albums.albums)
        current, album = self._window.searches.current, self.album
        if current is None:
            return
        is_other = current.query.album_id is not None and album != self._shown
        if is_other:
            self._shown = album
            if album is not None:
                current.title = album.name
                self._window.query_pane.show_title(album.name)
        if is_other or popup.filter.heeds_albums:
            self._window.searches.refresh()

    def _mark(self) -> None:
        self._window.albums_panel.view.mark_listed(self._window.searches.album_id)

    def _suggest(self) -> None:
        if self.album is not None:
            self._window.albums.suggestions_wanted.emit(self.album)

    def _take_out(self) -> None:
        album, hits = self.album, self._window.results.selected_hits()
        # Until the answer is there, the photos of what was shown before are chosen.
        if album is not None and album.id == self._answered and hits:
            photo_ids = [hit.photo_id for hit in hits]
            self._window.albums.remove(album, photo_ids)
            # At once, so that the key may be pressed again before there is an answer.
            self._leaving.update(photo_ids)
            self._window.results.select_following(self._leaving)
