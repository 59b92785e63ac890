"""The duplicates of all the library, group by group, in the place of what a ranking gives.

Belongs to the thread of the library, and gives it back after every few milliseconds: many photos
take minutes. Must never touch a user's file.
"""

from __future__ import annotations

import time

from desktopsearch.domain.library import PlacedFile
from desktopsearch.domain.search import NEAR_COPY_BITS, Query
from desktopsearch.services.differing import told_apart
from desktopsearch.services.duplicates import Group, Grouping
from desktopsearch.services.filtering import photos_within
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Candidate, wanted_first
from desktopsearch.storage import photos

_PLACED_AT_ONCE = 500


class DuplicateListing:
    """Groups by their first path, found like the candidates of a ``Shortlist``."""

    counts: tuple[int, ...] = ()
    """Distances are within groups."""
    codes: tuple[bytes, ...] = ()
    """There are no pictures."""

    def __init__(self, library: Library, query: Query) -> None:
        """Begin.

        Args:
            library: That has the photos.
            query: For its filter, and for how many photos are wanted at most.

        Raises:
            DesktopSearchError: As ``photos_within``.
        """
        started_at = time.perf_counter()
        self.candidates: list[Candidate] = []
        self.search_ms = 0.0
        self.snapshot = library.snapshot
        self.listed = 0
        """How many photos are in groups, also beyond the limit; known once it is ready."""
        self.is_ready = False
        """Whether ``candidates`` holds them all; until then ``go_on`` is to be called."""
        self._library = library
        self._query = query
        among = photos_within(library, query.filter)
        self.apart = told_apart(library)
        self._grouping = Grouping(library, NEAR_COPY_BITS, self.apart, among)
        self._unplaced: list[int] | None = None
        self._places: dict[int, tuple[PlacedFile, ...]] = {}
        self._count_time(started_at)

    def go_on(self) -> None:
        """Compare some more photos; then look up where some more of those in groups lie."""
        started_at = time.perf_counter()
        if not self._grouping.is_done:
            self._grouping.go_on()
        elif self._unplaced is None:
            self._unplaced = [photo_id for group in self._grouping.groups for _, photo_id in group]
            self.listed = len(self._unplaced)
        elif self._unplaced:
            some = self._unplaced[-_PLACED_AT_ONCE:]
            del self._unplaced[-_PLACED_AT_ONCE:]
            with self._library.database.read() as connection:
                places = photos.places(connection, some)
            folder = self._query.filter.folder
            self._places |= {each: wanted_first(folder, places.get(each, [])) for each in some}
        else:
            self._sort()
            self.is_ready = True
        self._count_time(started_at)

    def _sort(self) -> None:
        """Put the groups in order, and leave out whole ones beyond the limit.

        The first is cut if need be: a camera that was left on may have made a group of more photos
        than are wanted at all.
        """
        for group in sorted(self._grouping.groups, key=self._first_path):
            room = self._query.limit - len(self.candidates)
            if len(group) > room and self.candidates:
                break
            lead = group[0][1]
            self.candidates += [
                Candidate(
                    photo_id,
                    0,
                    None,
                    self._places[photo_id],
                    compared=False,
                    lead=None if photo_id == lead else lead,
                    from_lead=None if photo_id == lead else distance,
                )
                for distance, photo_id in group[:room]
            ]

    def _first_path(self, group: Group) -> bytes:
        return next((place.path for _, each in group for place in self._places[each]), b"")

    def _count_time(self, started_at: float) -> None:
        self.search_ms += (time.perf_counter() - started_at) * 1000
