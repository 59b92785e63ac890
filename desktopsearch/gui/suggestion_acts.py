"""What people do about suggestions: asks for them, hands answers on as labels, ranks anew.

Owns which photo is asked about and which were skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from desktopsearch.domain.albums import Album
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.suggesting import SuggestedPhoto, Suggestions
from desktopsearch.gui.album_bridge import AlbumBridge
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.given_answers import GivenAnswers
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
        self._answers = GivenAnswers(window.albums.history)
        self._skipped: set[int] = set()
        self._fetched = 0
        self._under_way = False
        self._on_page: Callable[[], None] = lambda: None
        self.dialog = SuggestionDialog(theme, icons, window)
        self.dialog.answered.connect(self._on_answered)
        self.dialog.asking_changed.connect(lambda _asking: self._turn_over())
        self.dialog.page_clicked.connect(lambda: self._on_page())
        self.dialog.finished.connect(self._on_closed)
        window.albums.suggestions_wanted.connect(self.show)
        window.albums.changed.connect(self._on_albums_changed)
        window.bridge.generation_changed.connect(self._fetch)
        self._pictures.loaded.connect(self._on_loaded)

    @property
    def current(self) -> SuggestedPhoto | None:
        """The photo that is asked about."""
        return self._current

    def show(self, album: Album) -> None:
        """Begin to ask about an album."""
        self._album_id, self._found, self._current = album.id, None, None
        self._answers, self._skipped = GivenAnswers(self._window.albums.history), set()
        self._pictures.start()
        self._pictures.retry_missing()
        self.dialog.show_album(album.name, "")
        self.dialog.show_page("search", _("Looking…"))
        self._show_way_back()
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
        if self._album_id is None:
            return
        self._fetched += 1
        number, self._under_way = self._fetched, True

        def answer(found: Suggestions | Failure) -> None:
            if number == self._fetched and self._album_id is not None:
                self._under_way = False
                self._on_found(found)

        self._bridge.suggest(self._album_id, _AT_ONCE + len(self._skipped), answer)

    def _on_found(self, found: Suggestions | Failure) -> None:
        if isinstance(found, Suggestions):
            self._found = found
            # It was asked for after the last answer: what is in it has no label, whatever was said.
            self._answers.forget({photo.photo_id for photo in (*found.likely, *found.informative)})
            self._show_way_back()
            left = plural("{n} photo is undecided", "{n} photos are undecided", found.left)
            self.dialog.show_album(found.album.name, left)
            self._go_on()
        elif isinstance(found, DesktopSearchError | BugError):
            self._found, self._current = None, None
            self._say_failure(found)

    def _on_albums_changed(self) -> None:
        self._answers.heed(self._window.albums.history)
        self._show_way_back()
        self._fetch()

    def _go_on(self) -> None:
        """Ask about the next photo, unless one is asked about already."""
        if self._found is None:
            return
        known = self._skipped | self._answers.photo_ids
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
                say = self._window.albums.add if act is Act.ACCEPT else self._window.albums.reject
                say(album, [photo.photo_id], self._answers.add(photo))
            self._show_way_back()
            self._fetch()
            self._go_on()

    def _show_way_back(self) -> None:
        self.dialog.show_way_back(there_is=self._answers.can_undo)

    def _undo(self) -> None:
        self._window.albums.undo()
        self._current = self._answers.pop()
        self.dialog.show_photo(self._current)
        self._show_picture()
        self._show_way_back()

    def _say_done(self) -> None:
        assert self._found is not None
        if self._under_way:
            # Answers came faster than the ranking.
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

    def _say_failure(self, failure: DesktopSearchError | BugError) -> None:
        self._on_page = self._show_album
        few = (
            isinstance(failure, DesktopSearchError) and failure.code is ProblemCode.SUGGEST_TOO_FEW
        )
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
            self._under_way = False
            self._bridge.forget_suggestions()
