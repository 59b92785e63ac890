"""Photos among the duplicates that are none: noted, taken out of what is shown, brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopsearch.domain.albums import Act
from desktopsearch.domain.differences import pairs_of
from desktopsearch.domain.search import SearchAnswer, SearchHit, grouped
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.texts import _

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.services.session import WritingSession


@dataclass(frozen=True, slots=True)
class _Done:
    act: Act | None
    left: tuple[SearchHit, ...]
    """What there is still to show."""


class Differences(QObject):
    """Does it for one window.

    What was found stays as it is, but for the marked photos: to look for duplicates anew takes
    minutes in a large library. Whether others are copies of those shows when they are listed again.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._answer: SearchAnswer | None = None
        self._own = 0
        window.photo_menus.can_differ = self._can_differ
        for wanted in (window.photo_menus.no_duplicate_wanted, window.results.no_duplicate_wanted):
            wanted.connect(self.note)
        window.searches.answered.connect(self._on_answered)
        for ended in (window.searches.began, window.searches.failed, window.searches.cleared):
            ended.connect(self._forget)
        window.bridge.differences_changed.connect(self._on_changed)

    def note(self, hits: Sequence[SearchHit]) -> None:
        """Note that photos are no duplicates of the rest of their groups."""
        groups = self._groups_of(hits)
        if self._answer is None or not groups:
            self._window.notices.say(
                _("Photos can be told apart where “Duplicates” lists them with others in a group.")
            )
            return
        shown = self._answer
        marked = {hit.photo_id for hit in hits}
        members = marked & {each for group in groups for each in group}

        def work(session: WritingSession) -> _Done:
            from desktopsearch.services.duplicates import set_apart

            pairs = [pair for group in groups for pair in pairs_of(group, marked)]
            act = session.differing.tell_apart(pairs)
            return _Done(act, tuple(set_apart(shown.hits, members, session.library.snapshot.index)))

        self._own += 1
        self._window.bridge.ask(work, self._taking(shown))

    def _taking(self, shown: SearchAnswer) -> Callable[[_Done | Failure], None]:
        def take(result: _Done | Failure) -> None:
            self._own -= 1
            if not isinstance(result, _Done):
                self._window.presenter.show_failure(result)
                return
            listed = self._answer
            if listed is not None and (listed is not shown or self._window.searches.is_under_way):
                # Another list has come or is coming, which may know nothing of this.
                self._window.searches.refresh()
            elif listed is not None:
                left = {hit.photo_id for hit in result.left}
                gone = {hit.photo_id for hit in shown.hits} - left
                self._window.results.select_following(gone)
                left_over = replace(shown, hits=result.left, told_apart=True)
                self._window.searches.answered.emit(left_over)
            self._window.albums.tell(result.act)

        return take

    def _can_differ(self, hits: Sequence[SearchHit]) -> bool:
        return bool(self._groups_of(hits))

    def _groups_of(self, hits: Sequence[SearchHit]) -> list[list[int]]:
        """The groups of two photos or more in which some photos stand, in the listing."""
        if self._answer is None:
            return []
        wanted = {hit.photo_id for hit in hits}
        groups = (
            [lead.photo_id, *(each.photo_id for each in near)]
            for lead, near in grouped(self._answer.hits)
            if near
        )
        return [group for group in groups if not wanted.isdisjoint(group)]

    def _on_answered(self, answer: SearchAnswer) -> None:
        self._answer = answer if answer.query.duplicates else None

    def _forget(self) -> None:
        self._answer = None

    def _on_changed(self) -> None:
        # What this window has noted itself it takes out itself.
        if self._answer is not None and not self._own:
            self._window.searches.refresh()
