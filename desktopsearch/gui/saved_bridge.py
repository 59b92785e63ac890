"""The part of the way to the services that concerns saved searches; see ``bridge``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktopsearch.domain.kept_queries import SavedQuery, SavedSearch
from desktopsearch.gui.album_bridge import Answer
from desktopsearch.gui.bridge import Bridge, Failure

if TYPE_CHECKING:
    from desktopsearch.services.session import WritingSession


class SavedBridge:
    """What the window asks of the services about them; answers come on the GUI thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch(self, answer: Callable[[list[SavedSearch] | Failure], None]) -> None:
        """All of them, in the order of their names."""

        def work(session: WritingSession) -> list[SavedSearch]:
            from desktopsearch.services import saved_searches

            return saved_searches.every(session.library)

        self._bridge.ask(work, answer)

    def make_ready(
        self, search: SavedSearch, answer: Callable[[SavedQuery | Failure], None]
    ) -> None:
        """What a search asks now: photos by their ids of today."""

        def work(session: WritingSession) -> SavedQuery:
            from desktopsearch.services import saved_searches

            return saved_searches.ready(session.library, search)

        self._bridge.ask(work, answer)

    def save(self, name: str, query: SavedQuery, answer: Answer, *, replacing: bool) -> None:
        """Keep a search under a name."""
        self._bridge.ask(
            lambda session: session.saved_searches.save(name, query, replacing=replacing), answer
        )

    def rename(self, search_id: int, name: str, answer: Answer) -> None:
        """Give a search another name."""
        self._bridge.ask(lambda session: session.saved_searches.rename(search_id, name), answer)

    def delete(self, search_id: int, answer: Answer) -> None:
        """Forget a search; no photo is touched."""
        self._bridge.ask(lambda session: session.saved_searches.delete(search_id), answer)
