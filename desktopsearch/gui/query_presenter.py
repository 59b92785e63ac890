"""What the window shows of a query and its answer.

That is the pane above, the photos or a page in their stead, and where somebody stood among them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktopsearch.domain.search import NEAR_COPY_BITS, SearchAnswer
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.listing_pages import ListingPages
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.standpoint import Standpoint, return_to, standpoint
from desktopsearch.gui.texts import _, figure, plural

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


# A crop is answered sooner than this as a rule, and words that come and go would flicker.
_SLOW_MS = 400


class QueryPresenter(QObject):
    """Listens to the searches of a window."""

    def __init__(self, window: MainWindow, show_idle: Callable[[], None]) -> None:
        """Begin to listen.

        Args:
            window: Whose parts show it.
            show_idle: Shows a page for when nobody asks for anything.
        """
        super().__init__(window)
        self._window = window
        self._show_idle = show_idle
        self._answer: SearchAnswer | None = None
        self._failure: Failure | None = None
        self._is_new = False
        self._answered: Asked | None = None
        """What the answer is to."""
        self._entered: Asked | None = None
        """The listing of which the photos are shown, whether or not its folder is there."""
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(lambda: window.query_pane.show_summary(_("Looking…")))
        self._pages = ListingPages(window)
        self._comparing = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._comparing.timeout.connect(self._on_comparing)
        searches = window.searches
        window.query_pane.crop.framing_changed.connect(self._on_reframed)
        searches.left.connect(self._on_left)
        searches.began.connect(self._on_began)
        searches.answered.connect(self._on_answered)
        searches.failed.connect(self._on_failed)
        searches.cleared.connect(self._on_cleared)
        window.query_pane.radius.changed.connect(self._on_radius_changed)

    def show_page(self) -> None:
        """Show photos, or a page that says why there are none."""
        self._slow.stop()
        pages, pane, model = self._window.pages, self._window.query_pane, self._window.model
        if self._failure is not None:
            pane.show_summary(_("No answer"))
            if self._window.searches.album_id is not None:
                title = _("This album cannot be shown")
            elif self._window.searches.is_listing:
                title = _("These photos cannot be shown")
            else:
                title = _("This picture cannot be searched for")
            pages.show_failure(title, self._failure)
        elif self._answer is not None and self._answer.query.is_listing:
            self._show_listing(self._answer)
        elif self._answer is not None:
            pane.show_summary(_summary(self._answer, model.rowCount()))
            distance = pane.radius.distance
            if self._is_without_duplicates(self._answer):
                self._pages.show_no_near_copies(told_apart=self._answer.told_apart)
            elif model.rowCount():
                pages.show_results()
            elif self._answer.hits and distance is not None:
                pages.show_nothing_close(self._answer, distance)
            elif self._answer.query.filter:
                pages.show_nothing_passes(pane.filters.text)
            else:
                pages.show_nothing_searched()
        elif self._window.searches.current is None:
            self._show_idle()
        elif self._window.searches.current.query.duplicates:
            self._pages.show_looking_for_duplicates()

    def _is_without_duplicates(self, answer: SearchAnswer) -> bool:
        current, model = self._window.searches.current, self._window.model
        if current is None or not current.duplicates or answer.query.filter:
            return False
        at_usual = self._window.query_pane.radius.distance == NEAR_COPY_BITS
        own = [hit for hit in model.hits[:1] if hit.photo_id == answer.query.photo_id]
        return at_usual and model.rowCount() == 1 and bool(own) and not own[0].copies

    def _show_listing(self, answer: SearchAnswer) -> None:
        pages, rows = self._window.pages, self._window.model.rowCount()
        filters = self._window.query_pane.filters.text if answer.query.filter else ""
        album = self._window.album_listing.album
        gone = 0 if album is None else album.photos - album.present
        if answer.query.duplicates:
            self._window.query_pane.show_summary(_duplicates_summary(answer))
        else:
            self._window.query_pane.show_summary(_listing_summary(answer, rows, gone))
        if self._is_shut(answer, rows):
            return
        if rows:
            pages.show_results()
        elif answer.query.duplicates:
            self._pages.show_no_duplicates(filters, told_apart=answer.told_apart)
        elif answer.query.filter:
            pages.show_nothing_passes(filters)
        elif album is not None:
            self._pages.show_empty_album(album, self._window.albums.key_of(album))
        elif answer.query.album_id is None:
            self._pages.show_nothing_listed()

    def _is_shut(self, answer: SearchAnswer, rows: int) -> bool:
        """Whether a page says that a folder is offline, before its photos are shown."""
        # Not the current one, which may have no answer yet.
        asked = self._answered
        folder = self._window.panel.folder(answer.query.folder)
        if folder is None or not folder.offline:
            # One that goes away while its photos are looked at does not take them away.
            self._entered = asked
        elif asked is not self._entered:

            def enter() -> None:
                self._entered = asked
                self.show_page()

            self._pages.show_offline(folder, enter if rows else None)
            return True
        return False

    def _on_comparing(self) -> None:
        current = self._window.searches.current
        if self._is_new and current is not None and current.query.duplicates:
            # Not yet answered: what was shown before would seem to be the answer.
            self._answer = self._failure = None
            self._window.model.set_hits(())
            self.show_page()

    def _on_reframed(self) -> None:
        if not self._slow.isActive():
            self._slow.start()

    def _on_left(self, asked: Asked) -> None:
        # Without an answer to this one, another's photos may still be on the screen.
        if self._answer is not None and not self._is_new:
            asked.standpoint = standpoint(self._window.results, self._window.model)

    def _on_began(self, asked: Asked) -> None:
        self._is_new = True
        self._comparing.start()
        self._window.preview.close()
        pane, searches = self._window.query_pane, self._window.searches
        title = asked.title
        if asked.duplicates:
            title = _("Duplicates of {name}").format(name=title)
        pane.show_query(
            title,
            back=searches.can_go_back,
            forward=searches.can_go_forward,
            listing=searches.is_listing,
            album=searches.album_id is not None,
        )
        pane.chips.show_pictures(asked.pictures)
        pane.show()

    def _on_answered(self, answer: SearchAnswer) -> None:
        window, asked = self._window, self._window.searches.current
        assert asked is not None
        before, self._answer, self._failure = self._answer, answer, None
        self._answered = asked
        is_other = self._is_new or before is None or before.query != answer.query
        place = asked.standpoint if self._is_new else None
        self._is_new = False
        window.query_pane.show_answer(answer)
        window.model.set_hits(
            answer.hits, folded=answer.query.folded, unfolded=answer.query.duplicates
        )
        self.show_page()
        if isinstance(place, Standpoint):
            return_to(place, window.results, window.model)
        elif is_other:
            window.results.scrollToTop()
        if is_other and not answer.query.is_listing:
            window.recent.keep(asked, answer)

    def _on_failed(self, failure: Failure) -> None:
        self._answer, self._failure = None, failure
        self._window.model.set_hits(())
        self.show_page()

    def _on_cleared(self) -> None:
        self._answer = self._failure = None
        self._window.query_pane.hide()
        self._window.model.set_hits(())
        self.show_page()

    def _on_radius_changed(self, distance: int | None) -> None:
        self._window.model.set_cut(distance)
        self.show_page()


def _duplicates_summary(answer: SearchAnswer) -> str:
    if not answer.hits:
        return ""
    groups = sum(hit.lead is None for hit in answer.hits)
    files = sum(1 + len(hit.copies) for hit in answer.hits)
    told = ", ".join(
        (plural("{n} group", "{n} groups", groups), plural("{n} file", "{n} files", files))
    )
    if answer.listed > answer.query.limit:
        return _("The first {groups}; filters lead to the others").format(groups=told)
    return told


def _listing_summary(answer: SearchAnswer, shown: int, gone: int) -> str:
    if answer.query.album_id is None and answer.listed > answer.query.limit:
        photos = plural("{n} photo", "{n} photos", answer.listed)
        return _("The latest {shown} of {photos}; filters lead to the others").format(
            shown=figure(shown), photos=photos
        )
    photos = plural("{n} photo", "{n} photos", shown)
    parts = [_("{photos}, the latest first").format(photos=photos) if shown > 1 else photos]
    if gone:
        parts.append(plural("{n} is gone", "{n} are gone", gone))
    return ", ".join(parts)


def _summary(answer: SearchAnswer, shown: int) -> str:
    searched = plural("{n} searched", "{n} searched", answer.searched)
    if not shown:
        return searched
    return _("{shown} of {photos}, most similar first").format(
        shown=figure(shown), photos=plural("{n} photo", "{n} photos", answer.searched)
    )
