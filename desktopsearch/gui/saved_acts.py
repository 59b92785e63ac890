"""What people do with saved searches: save the present one, ask one again, rename and delete.

Owns the saved searches as the window knows them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktopsearch.domain.albums import Act, folded
from desktopsearch.domain.kept_queries import SavedQuery, SavedSearch, circumstances
from desktopsearch.domain.search import NEAR_COPY_BITS, Query, SearchAnswer
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.name_dialog import NameDialog
from desktopsearch.gui.recent_queries import kept
from desktopsearch.gui.saved_bridge import SavedBridge
from desktopsearch.gui.saved_dialog import SavedDialog
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.texts import _, failure_sentence

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class SavedActs(QObject):
    """Does it for one window."""

    changed = Signal()
    """They are not what they were; also told at the start."""
    savable_changed = Signal(bool)
    """Whether there is something to save now."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = SavedBridge(window.bridge)
        self._answered: tuple[Asked, SearchAnswer] | None = None
        self._dialog: SavedDialog | None = None
        self.searches: list[SavedSearch] = []
        """All of them, in the order of their names."""
        bridge, searches, button = window.bridge, window.searches, window.query_pane.saved
        for signal in (bridge.opened, bridge.searches_changed):
            signal.connect(self._fetch)
        searches.answered.connect(self._on_answered)
        for ended in (searches.began, searches.failed, searches.cleared):
            ended.connect(self._on_unanswered)
        self.savable_changed.connect(button.offer_to_save)
        button.wanted.connect(self.ask_again)
        button.save_wanted.connect(self.ask_to_save)
        button.all_wanted.connect(self.show_all)
        for wanted in (window.query_pane.recent.saved_wanted, window.pages.saved_wanted):
            wanted.connect(self.show_all)

    def show_all(self) -> None:
        """List them, to be asked again, renamed and deleted."""
        if self._dialog is None:
            self._dialog = SavedDialog(self, self._window)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def close(self) -> None:
        """Close the list; the window goes."""
        if self._dialog is not None:
            self._dialog.close()

    @property
    def can_save(self) -> bool:
        """Whether something is looked for and has been answered."""
        return self._answered is not None

    def ask_to_save(self, over: QWidget | None = None) -> None:
        """Keep what is looked for now under a name, which is asked for over a dialog, if any."""
        if self._answered is None:
            self._window.notices.say(_("Look for something first; then it can be saved."))
            return
        query = self._made_of(*self._answered)
        dialog = NameDialog(
            _("Save this search"), _("Name of the search"), "", _("Save"), over or self._window
        )

        def describe(name: str) -> None:
            known = next((each for each in self.searches if _same(each.name, name)), None)
            dialog.give.setText(_("Save") if known is None else _("Replace"))
            if known is not None:
                dialog.hint(
                    _("“{name}” is saved already, and becomes this search.").format(name=known.name)
                )

        def answer(result: Act | Failure | None) -> None:
            self._close_or_say(dialog, result)

        dialog.name.textChanged.connect(describe)
        dialog.given.connect(
            lambda name: self._bridge.save(name, query, answer, replacing=self._knows(name))
        )
        dialog.open()

    def ask_again(self, search: SavedSearch) -> None:
        """Look for what a search looks for."""
        self._bridge.make_ready(search, self._on_ready)

    def ask_to_rename(self, search: SavedSearch, over: QWidget) -> None:
        """Give a search another name, which is asked for over a dialog."""
        dialog = NameDialog(
            _("Rename the search"),
            _("Name of the search"),
            search.name,
            _("Rename"),
            over,
        )

        def answer(result: Act | Failure | None) -> None:
            self._close_or_say(dialog, result)

        dialog.given.connect(lambda name: self._bridge.rename(search.id, name, answer))
        dialog.open()

    def delete(self, search: SavedSearch) -> None:
        """Forget a search, which can be undone."""
        self._bridge.delete(search.id, self._window.albums.tell)

    def _close_or_say(self, dialog: NameDialog, result: Act | Failure | None) -> None:
        if result is None or isinstance(result, Act):
            dialog.answer("")
            self._window.albums.tell(result)
        else:
            dialog.answer(failure_sentence(result))

    def _knows(self, name: str) -> bool:
        return any(_same(each.name, name) for each in self.searches)

    def _made_of(self, asked: Asked, answer: SearchAnswer) -> SavedQuery:
        pane = self._window.query_pane
        distance = NEAR_COPY_BITS if asked.duplicates else pane.radius.distance
        listing = asked.query.is_listing
        how = replace(circumstances(answer.query), max_distance=None if listing else distance)
        return SavedQuery(
            how,
            None if listing else kept(asked, answer),
            lately=pane.filters.popup.lately,
        )

    def _on_ready(self, saved: SavedQuery | Failure) -> None:
        if not isinstance(saved, SavedQuery):
            self._window.presenter.show_failure(saved)
            return
        window, pane = self._window, self._window.query_pane
        query = saved.query(date.today())  # noqa: DTZ011 - as the person sees it
        names = {album.id: album.name for album in window.albums.albums}
        pane.filters.popup.set_filter(query.filter, saved.lately, names)
        pane.filters.popup.set_folding(query.folded)
        if saved.pictures is None:
            self._list(query)
            return
        pane.set_finer(query.rerank)
        pane.taste.set_share(query.taste)
        if not query.near_copies:
            window.duplicate_searches.forget()
            pane.radius.set_distance(query.max_distance)
        window.searches.ask(
            saved.pictures.query,
            saved.pictures.title,
            saved.pictures.names,
            duplicates=query.near_copies,
        )

    def _list(self, query: Query) -> None:
        album = None if query.album_id is None else self._window.albums.album(query.album_id)
        if album is not None:
            self._window.album_listing.show(album)
        else:
            self._window.library_listing.show(
                Query(
                    folder=query.folder,
                    all_photos=query.all_photos,
                    duplicates=query.duplicates,
                )
            )

    def _on_answered(self, answer: SearchAnswer) -> None:
        current = self._window.searches.current
        self._note(None if current is None else (current, answer))

    def _on_unanswered(self) -> None:
        self._note(None)

    def _note(self, answered: tuple[Asked, SearchAnswer] | None) -> None:
        could_save, self._answered = self.can_save, answered
        if self.can_save is not could_save:
            self.savable_changed.emit(self.can_save)

    def _fetch(self) -> None:
        self._bridge.fetch(self._on_fetched)

    def _on_fetched(self, searches: list[SavedSearch] | Failure) -> None:
        if not isinstance(searches, list):
            self._window.presenter.show_failure(searches)
        elif searches != self.searches:
            self.searches = searches
            self._window.query_pane.saved.show_searches(searches)
            self._window.query_pane.recent.offer_saved(bool(searches))
            self._window.presenter.show_idle_page()
            self.changed.emit()


def _same(one: str, other: str) -> bool:
    return folded(one) == folded(other.strip())
