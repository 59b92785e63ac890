"""What the user is looking for: the query, its answer, and the queries before it.

Owns which query is the latest. Must never draw anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.gui.bridge import Bridge, Failure

MOST_HITS = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with the name under which it is shown."""

    query: Query
    title: str


class Searches(QObject):
    """Asks for photos like a picture; only the answer to the latest query counts."""

    began = Signal(object)
    """An ``Asked``."""
    answered = Signal(object)
    """A ``SearchAnswer``."""
    failed = Signal(object)
    """A ``Failure``, never ``Cancelled``."""
    cleared = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._before: list[Asked] = []
        self.current: Asked | None = None
        self._folder: bytes | None = None
        self._rerank = False
        self._number = 0

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier query."""
        return bool(self._before)

    def ask(self, query: Query, title: str) -> None:
        """Look for photos like this picture."""
        if self.current is not None:
            self._before.append(self.current)
        self._begin(Asked(query, title))

    def go_back(self) -> None:
        """Show the answer to the query before."""
        if self._before:
            self._begin(self._before.pop())

    def set_folder(self, folder: bytes | None) -> None:
        """Look only in one folder, or everywhere."""
        if folder != self._folder:
            self._folder = folder
            self.refresh()

    def set_rerank(self, rerank: bool) -> None:
        """Have the nearest ordered anew by the second stage, or not."""
        if rerank != self._rerank:
            self._rerank = rerank
            self.refresh()

    def refresh(self) -> None:
        """Ask the same again, since the library or what is wanted of it has changed."""
        if self.current is not None:
            self._send()

    def clear(self) -> None:
        """Forget the query."""
        self._number += 1
        self.current = None
        self._before.clear()
        self.cleared.emit()

    def _begin(self, asked: Asked) -> None:
        self.current = asked
        self.began.emit(asked)
        self._send()

    def _send(self) -> None:
        assert self.current is not None
        self._number += 1
        number = self._number

        def answer(result: SearchAnswer | Failure) -> None:
            if number != self._number:
                return
            if isinstance(result, SearchAnswer):
                self.answered.emit(result)
            elif not isinstance(result, Cancelled):
                self.failed.emit(result)

        self._bridge.search(
            replace(self.current.query, limit=MOST_HITS, folder=self._folder, rerank=self._rerank),
            answer,
        )
