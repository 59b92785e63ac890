"""What people do about suggestions: asks for them, hands answers on as labels, ranks anew.

Owns which photo is asked about and which were skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from desktopsearch.domain.albums import Album
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.suggesting import SuggestedPhoto, Suggestions
from desktopsearch.gui.album_bridge import AlbumBridge
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.preview import WHOLE_PX
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.suggestion_dialog import SuggestionDialog
from desktopsearch.gui.texts import _, failure_sentence, plural
from desktopsearch.gui.theme import Theme

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow

_AT_ONCE: Final = 20


class SuggestionActs(QObject):
    """Does for one window what the dialog of suggestions asks for."""

    def __init__(self, window: MainWindow, theme: Theme, icons: Icons) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = AlbumBridge(window.bridge)
        self._pictures = window.preview.proxies
        self._album_id: int | None = None
        self._found: Suggestions | None = None
        self._current: SuggestedPhoto | None = None
        self._answered: list[SuggestedPhoto] = []
        self._skipped: set[int] = set()
        self._on_page: Callable[[], None] = lambda: None
        self.dialog = SuggestionDialog(theme, icons, window)
        self.dialog.answered.connect(self._on_answered)
        self.dialog.asking_changed.connect(lambda _asking: self._turn_over())
        self.dialog.page_clicked.connect(lambda: self._on_page())
        self.dialog.finished.connect(self._on_closed)
        window.albums.suggestions_wanted.connect(self.show)
        window.albums.changed.connect(self._fetch)
        window.bridge.generation_changed.connect(self._fetch)
        self._pictures.loaded.connect(self._on_loaded)

    @property
    def current(self) -> SuggestedPhoto | None:
        """The photo that is asked about."""
        return self._current

    def show(self, album: Album) -> None:
        """Begin to ask about an album."""
        self._album_id, self._found, self._current = album.id, None, None
        self._answered, self._skipped = [], set()
        self._pictures.start()
        self._pictures.retry_missing()
        self.dialog.show_album(album.name, "")
        self.dialog.show_page("search", _("Looking…"))
        self.dialog.show_way_back(there_is=False)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._fetch()

    def close(self) -> None:
        """The window goes."""
        self.dialog.close()

    @property
    def _album(self) -> Album | None:
        return None if self._album_id is None else self._window.albums.album(self._album_id)

    def _fetch(self) -> None:
        if self._album_id is not None:
            limit = _AT_ONCE + len(self._skipped)
            self._bridge.suggest(self._album_id, limit, self._on_found)

    def _on_found(self, found: Suggestions | Failure) -> None:
        if isinstance(found, Suggestions):
            if found.album.id != self._album_id:
                return
            self._found = found
            left = plural("{n} photo is undecided", "{n} photos are undecided", found.left)
            self.dialog.show_album(found.album.name, left)
            self._go_on()
        elif isinstance(found, DesktopSearchError) and self._album_id is not None:
            self._found, self._current = None, None
            self._say_failure(found)

    def _go_on(self) -> None:
        """Ask about the next photo, unless one is asked about already."""
        if self._found is None:
            return
        known = self._skipped | {photo.photo_id for photo in self._answered}
        ranked = list(self._found.likely)
        if self.dialog.is_asking:
            # Those that are left out as alike come at last.
            ranked = [*self._found.informative, *ranked]
        queue = [photo for photo in ranked if photo.photo_id not in known]
        if self._current is None and queue:
            self._current = queue[0]
            self.dialog.show_photo(queue[0])
            self._show_picture()
        if self._current is None:
            self._say_done()
        else:
            ahead = [photo.photo_id for photo in queue[:3]]
            self._pictures.want([self._current.photo_id, *ahead], WHOLE_PX)

    def _turn_over(self) -> None:
        self._current = None
        self._go_on()

    def _on_answered(self, act: Act) -> None:
        album, photo = self._album, self._current
        if act is Act.UNDO_ANSWER:
            self._undo()
        elif album is not None and photo is not None:
            self._current = None
            if act is Act.SKIP:
                self._skipped.add(photo.photo_id)
            else:
                self._answered.append(photo)
                say = self._window.albums.add if act is Act.ACCEPT else self._window.albums.reject
                say(album, [photo.photo_id])
            self.dialog.show_way_back(there_is=bool(self._answered))
            self._go_on()
            self._fetch()

    def _undo(self) -> None:
        self._window.albums.undo()
        self._current = self._answered.pop()
        self.dialog.show_photo(self._current)
        self._show_picture()
        self.dialog.show_way_back(there_is=bool(self._answered))

    def _say_done(self) -> None:
        assert self._found is not None
        if self._found.left > len(self._found.likely):
            # Answers came faster than the ranking, which is under way.
            self.dialog.show_page("search", _("Looking…"))
        elif self._skipped:
            self._on_page = self._ask_again
            self.dialog.show_page(
                "done",
                _("You have seen all suggestions"),
                _("Those that you have skipped can be asked about once more."),
                _("Ask again"),
            )
        else:
            self._on_page = self._show_album
            self.dialog.show_page(
                "done",
                _("There is nothing left to ask"),
                _("Every photo that is searched has its place, in this album or out of it."),
                _("Show the photos"),
            )

    def _say_failure(self, failure: DesktopSearchError) -> None:
        self._on_page = self._show_album
        few = failure.code is ProblemCode.SUGGEST_TOO_FEW
        title = _("Not enough photos to learn from") if few else _("No suggestions")
        self.dialog.show_page(
            "picture" if few else "problem", title, failure_sentence(failure), _("Show the photos")
        )

    def _ask_again(self) -> None:
        self._skipped.clear()
        self._go_on()

    def _show_album(self) -> None:
        album = self._album
        self.dialog.close()
        if album is not None:
            self._window.albums.show_wanted.emit(album)

    def _on_loaded(self, photo_id: int) -> None:
        if self._current is not None and self._current.photo_id == photo_id:
            self._show_picture()

    def _show_picture(self) -> None:
        assert self._current is not None
        photo_id = self._current.photo_id
        whole = self._pictures.get(photo_id)
        pixmap = whole if whole is not None else self._window.thumbnails.get(photo_id)
        self.dialog.show_pixmap(pixmap, faded=self._current.offline)

    def _on_closed(self) -> None:
        if self._album_id is not None:
            self._album_id, self._found, self._current = None, None, None
            self._bridge.forget_suggestions()
