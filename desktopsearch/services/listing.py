"""Photos of an album, of a folder or of all the library, the latest first.

In the place of what a picture's ranking gives. Belongs to the thread of the library, and gives it
back after every few milliseconds. Must never touch a user's file.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.library import Root, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.services.differing import told_apart
from desktopsearch.services.filtering import photos_within
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Candidate, wanted_first
from desktopsearch.storage import albums, dates, photos, roots

_DATED_AT_ONCE = 2_000
_PLACED_AT_ONCE = 500
_EARLIEST, _LATEST = -(2**63), 2**63 - 1
_NOTHING = np.empty(0, dtype=np.int64)


class Listing:
    """All photos that a query lists, found like the candidates of a ``Shortlist``."""

    counts: tuple[int, ...] = ()
    """There are no distances to count."""
    codes: tuple[bytes, ...] = ()
    """There are no pictures."""

    def __init__(self, library: Library, query: Query) -> None:
        """Begin.

        Args:
            library: That has the photos.
            query: For what to list, its filter, and its limit unless it lists an album.

        Raises:
            DesktopSearchError: ALBUM_GONE; FOLDER_UNKNOWN for either folder.
        """
        started_at = time.perf_counter()
        self.candidates: list[Candidate] = []
        self.search_ms = 0.0
        self.apart = told_apart(library) if query.folded else {}
        self.snapshot = library.snapshot
        self.listed = 0
        """How many there are, also beyond the limit; known once it is ready."""
        self._library = library
        self._limit = query.limit if query.album_id is None else None
        self._folders = [each for each in (query.filter.folder, query.folder) if each is not None]
        with library.database.read() as connection:
            self._parts = [_parts(connection, folder) for folder in self._folders]
            self._among = _among(connection, query)
            # Here, since a photo that has no code yet is listed too.
            self._left_out = (
                albums.memberships(connection) if query.filter.without_album else _NOTHING
            )
        self._first, self._end = _span(query.filter)
        rest = replace(
            query.filter, folder=None, without_album=False, first_day=None, last_day=None
        )
        passing = photos_within(library, rest)
        if passing is not None:
            self._among = (
                passing if isinstance(self._among, range) else np.intersect1d(self._among, passing)
            )
        self._read = 0
        self._dated = [(_NOTHING, _NOTHING)]
        self._dropped = 0
        self._photo_ids: list[int] | None = None
        self._count_time(started_at)

    @property
    def is_ready(self) -> bool:
        """Whether ``candidates`` holds them all; until then ``go_on`` is to be called."""
        return self._photo_ids is not None and len(self.candidates) == len(self._photo_ids)

    def go_on(self) -> None:
        """Look up when some more of them were taken; then order them; then where they lie."""
        started_at = time.perf_counter()
        if self._read < len(self._among):
            self._date()
        elif self._photo_ids is None:
            self._sort()
            self._photo_ids = self._dated[0][0].tolist()
        else:
            self._place(self._photo_ids)
        self._count_time(started_at)

    def _date(self) -> None:
        some = self._among[self._read : self._read + _DATED_AT_ONCE]
        self._read += len(some)
        with self._library.database.read() as connection:
            photo_ids, moments = dates.dated(connection, some, self._parts)
        listed = (moments >= self._first) & (moments < self._end)
        listed &= ~np.isin(photo_ids, self._left_out)
        self.listed += int(listed.sum())
        self._dated.append((photo_ids[listed], moments[listed]))
        # Half a million sorted at once would take too long.
        if self._limit is not None and self.listed - self._dropped > 2 * self._limit:
            self._sort()

    def _sort(self) -> None:
        """Put what has been dated in order, and drop what is beyond the limit."""
        photo_ids, moments = (np.concatenate(each) for each in zip(*self._dated, strict=True))
        order = np.lexsort((photo_ids, moments))[::-1][: self._limit]
        self._dropped = self.listed - len(order)
        self._dated = [(photo_ids[order], moments[order])]

    def _place(self, photo_ids: list[int]) -> None:
        placed = len(self.candidates)
        some = photo_ids[placed : placed + _PLACED_AT_ONCE]
        with self._library.database.read() as connection:
            places = photos.places(connection, some)
        wanted = self._folders[0] if self._folders else None
        self.candidates += [
            Candidate(
                photo_id, 0, None, wanted_first(wanted, places.get(photo_id, [])), compared=False
            )
            for photo_id in some
        ]

    def _count_time(self, started_at: float) -> None:
        self.search_ms += (time.perf_counter() - started_at) * 1000


def _parts(connection: Connection, folder: bytes) -> list[tuple[Root, bytes]]:
    parts = roots.parts_below(connection, folder)
    if not parts:
        raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(folder))
    return parts


def _among(connection: Connection, query: Query) -> range | NDArray[np.int64]:
    """The ids, ascending, of photos of an album, or of all, some of which may be gone."""
    if query.album_id is None:
        return range(1, dates.latest_id(connection) + 1)
    if albums.read(connection, query.album_id) is None:
        raise DesktopSearchError(ProblemCode.ALBUM_GONE)
    return np.array(albums.photo_ids(connection, query.album_id), dtype=np.int64)


def _span(wanted: Filter) -> tuple[int, int]:
    """The first moment of the days that are wanted, and the one after the last, as ``dates``."""
    first = _EARLIEST if wanted.first_day is None else _midnight(wanted.first_day)
    if wanted.last_day is None or wanted.last_day == date.max:
        return first, _LATEST
    return first, _midnight(wanted.last_day + timedelta(days=1))


def _midnight(day: date) -> int:
    return int(np.datetime64(day, "us").astype(np.int64))
