"""Suggests photos for albums: a part of the loop that learns and looks a few milliseconds a turn.

Touches no file: whether a photo is still where it lay is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection

from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.suggesting import Suggestions
from desktopsearch.services.embedding_rows import EmbeddingRows
from desktopsearch.services.library import Library
from desktopsearch.services.suggestion_job import SuggestionJob

Answer = Callable[[Suggestions | DesktopSearchError | Cancelled], None]


class Suggesting:
    """One album at a time; the newest question wins."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows = EmbeddingRows(library)
        self._job: SuggestionJob | None = None
        self._answer: Answer | None = None

    @property
    def busy(self) -> bool:
        """Whether suggestions are being looked for."""
        return self._job is not None

    def suggest(self, album_id: int, limit: int, answer: Answer, *, ask: bool = True) -> None:
        """Look for photos that may belong to an album.

        Args:
            album_id: Of the album.
            limit: How many photos of each kind.
            answer: Called once on the loop's thread: with suggestions, with ALBUM_GONE or
                SUGGEST_TOO_FEW, or with ``Cancelled`` when a newer question took its place.
            ask: Whether to look also for those of which the answer teaches most.
        """
        self._finish(Cancelled())
        self._answer = answer
        self._job = SuggestionJob(self._library, self._rows, album_id, limit, ask=ask)

    def forget(self) -> None:
        """Answer no more, and let go of what is kept in memory."""
        self._finish(Cancelled())
        self._rows.forget()

    def waitables(self) -> Iterable[Connection]:
        """There are no pipes."""
        return ()

    def due_at(self) -> float:
        """At once while there is something to do."""
        return float("inf") if self._job is None else 0.0

    def turn(self) -> None:
        """Do a little, and answer when it is done."""
        if self._job is None:
            return
        try:
            self._job.go_on()
        except DesktopSearchError as error:
            self._finish(error)
            return
        if self._job.suggestions is not None:
            self._finish(self._job.suggestions)

    def close(self) -> None:
        """There is no child to end."""

    def _finish(self, result: Suggestions | DesktopSearchError | Cancelled) -> None:
        answer, self._answer, self._job = self._answer, None, None
        if answer is not None:
            answer(result)
