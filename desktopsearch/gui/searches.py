"""What the user is looking for: the query, its answer, and the queries before and after it.

Owns which query is the latest. Must never draw anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.examples import Example
from desktopsearch.domain.filters import EVERYTHING, Filter
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.gui.bridge import Bridge, Failure

MOST_HITS: Final = 1_000
MOST_LISTED: Final = 20_000
"""Of a folder, of all photos or of duplicates; filters by day reach the others."""
_MOST_STEPS: Final = 50

NamedPicture = tuple[Example, str]
"""A picture of a query, and the name under which it is shown."""


@dataclass(slots=True, eq=False)
class Asked:
    """A query with the name under which it is shown."""

    query: Query
    title: str
    names: tuple[str, ...] = ()
    """Of the further pictures."""
    duplicates: bool = False
    """Whether only near copies of the picture are wanted."""
    standpoint: object = None
    """Where its results were left, for whoever shows them; None if they are to be seen anew."""

    @property
    def pictures(self) -> tuple[NamedPicture, ...]:
        """What is looked for; nothing if photos are listed."""
        if self.query.is_listing:
            return ()
        return tuple(zip(self.query.pictures, (self.title, *self.names), strict=True))


class Searches(QObject):
    """Asks for photos like a picture or for a listing; the answer to the latest query counts."""

    left = Signal(object)
    """An ``Asked`` of which the answer is shown still, but another is about to take its place."""
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
        self._before: deque[Asked] = deque(maxlen=_MOST_STEPS)
        self._after: deque[Asked] = deque(maxlen=_MOST_STEPS)
        self.current: Asked | None = None
        self._filter = EVERYTHING
        self._rerank = self._folded = False
        self._taste = 1.0
        self._number = 0
        self._under_way = self._reframed = False

    @property
    def album_id(self) -> int | None:
        """The album whose photos are looked for, if it is one."""
        return None if self.current is None else self.current.query.album_id

    @property
    def is_listing(self) -> bool:
        """Whether photos are listed, and nothing is compared."""
        return self.current is not None and self.current.query.is_listing

    @property
    def pictures(self) -> tuple[NamedPicture, ...]:
        """The pictures of the query, if there is one and it is no listing."""
        return () if self.current is None else self.current.pictures

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is still to come."""
        return self._under_way

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier query."""
        return bool(self._before)

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a query that was left by going back."""
        return bool(self._after)

    def ask(
        self, query: Query, title: str, names: Sequence[str] = (), *, duplicates: bool = False
    ) -> None:
        """Look for photos like this picture, or for those of this album or folder.

        Args:
            query: With all its pictures.
            title: The name of the first of them, or of what is listed.
            names: Those of the others.
            duplicates: Whether only near copies are wanted.
        """
        asked = Asked(query, title, tuple(names), duplicates)
        # The same picture dropped once more is no step to go back over.
        if self.current is None or _subject(self.current) != _subject(asked):
            self._leave_for(self._before)
            self._after.clear()
        self._begin(asked)

    def ask_for(self, pictures: Sequence[NamedPicture]) -> None:
        """Look for photos like some pictures and unlike others; the first that is meant leads."""
        first = next(named for named in pictures if named[0].alike)
        ordered = sorted(pictures, key=lambda named: named is not first)
        query = Query().with_pictures([each for each, _name in ordered])
        names = [name for _each, name in ordered]
        self.ask(query, names[0], names[1:])

    def go_back(self) -> None:
        """Show the answer to the query before."""
        if self._before:
            asked = self._before.pop()
            self._leave_for(self._after)
            self._begin(asked)

    def go_forward(self) -> None:
        """Show the answer to the query that was left by going back."""
        if self._after:
            asked = self._after.pop()
            self._leave_for(self._before)
            self._begin(asked)

    def reframe(self, framing: Framing | None) -> None:
        """Look for another part of the same picture.

        May be called at every move of a mouse: one query is under way at a time, and the latest
        is the next.
        """
        if self.current is None or self.current.query.framing == framing:
            return
        self.current.query = replace(self.current.query, framing=framing)
        if self._under_way:
            self._reframed = True
        else:
            self._send()

    def set_filter(self, wanted: Filter) -> None:
        """Look only among some photos, or among all of them."""
        if wanted != self._filter:
            self._filter = wanted
            self.refresh()

    def set_rerank(self, rerank: bool) -> None:
        """Have the nearest ordered anew by the second stage, or not."""
        if rerank != self._rerank:
            self._rerank = rerank
            self.refresh()

    def set_taste(self, taste: float) -> None:
        """Have the distances of taught codes mixed with those of the model's own; 1 is not."""
        if taste != self._taste:
            self._taste = taste
            self.refresh()

    def set_folded(self, folded: bool) -> None:
        """Have near copies among the photos named, or not."""
        if folded != self._folded:
            self._folded = folded
            self.refresh()

    def refresh(self) -> None:
        """Ask the same again, since the library or what is wanted of it has changed."""
        if self.current is not None:
            self._send()

    def clear(self) -> None:
        """Look for nothing; the way back leads to the query that was there."""
        self._number += 1
        if self.current is not None and self.current.query.duplicates:
            self._bridge.give_up_duplicates()
        self._leave_for(self._before)
        self.current = None
        self.cleared.emit()

    def forget(self) -> None:
        """Look for nothing, and forget all that was looked for."""
        self.clear()
        self._before.clear()
        self._after.clear()

    def _leave_for(self, steps: deque[Asked]) -> None:
        if self.current is not None:
            self.left.emit(self.current)
            steps.append(self.current)

    def _begin(self, asked: Asked) -> None:
        self.current = asked
        self.began.emit(asked)
        self._send()

    def _send(self) -> None:
        assert self.current is not None
        self._number += 1
        number = self._number
        self._under_way, self._reframed = True, False

        def answer(result: SearchAnswer | Failure) -> None:
            if number == self._number:
                self._under_way = False
                self._take(result)

        query = replace(
            self.current.query,
            limit=MOST_LISTED if self.current.query.is_listing else MOST_HITS,
            filter=self._filter,
            rerank=self._rerank,
            taste=self._taste,
            folded=self._folded,
            near_copies=self.current.duplicates,
            counted=True,
        )
        self._bridge.search(query, answer)

    def _take(self, result: SearchAnswer | Failure) -> None:
        reframed = self._reframed
        if isinstance(result, SearchAnswer):
            self.answered.emit(result)
        elif not isinstance(result, Cancelled):
            self.failed.emit(result)
        if reframed:
            self.refresh()


def subject_of(picture: Example) -> tuple[bytes | None, bytes | None, int | None]:
    """Which picture it is, however it is framed and whatever it is taken for."""
    return picture.path, picture.data, picture.photo_id


def _subject(asked: Asked) -> object:
    query = asked.query
    pictures = [(subject_of(each), each.alike) for each in query.pictures]
    listed = query.album_id, query.folder, query.all_photos, query.duplicates
    return listed, asked.duplicates, pictures
