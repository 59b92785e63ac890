"""The photos of an album, the latest first, in the place of what a picture's ranking gives.

Belongs to the thread of the library, and gives it back after every few milliseconds. Must never
touch a user's file.
"""

from __future__ import annotations

import time

import numpy as np

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.filtering import photos_within
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Candidate, wanted_first
from desktopsearch.storage import albums, photos

_PLACED_AT_ONCE = 500


class Listing:
    """All photos of an album, found like the candidates of a ``Shortlist``."""

    counts: tuple[int, ...] = ()
    """There are no distances to count."""
    codes: tuple[bytes, ...] = ()
    """There are no pictures."""

    def __init__(self, library: Library, album_id: int, wanted: Filter) -> None:
        """Begin.

        Args:
            library: That has the album.
            album_id: Of the album.
            wanted: Which of its photos to list.

        Raises:
            DesktopSearchError: ALBUM_GONE; as ``photos_within``.
        """
        started_at = time.perf_counter()
        self.candidates: list[Candidate] = []
        self.search_ms = 0.0
        self.snapshot = library.snapshot
        self._library = library
        self._folder = wanted.folder
        with library.database.read() as connection:
            if albums.read(connection, album_id) is None:
                raise DesktopSearchError(ProblemCode.ALBUM_GONE)
            self._photo_ids = albums.latest_first(connection, album_id)
        among = photos_within(library, wanted)
        if among is not None:
            passed = np.isin(self._photo_ids, among).tolist()
            both = zip(self._photo_ids, passed, strict=True)
            self._photo_ids = [photo_id for photo_id, passes in both if passes]
        self._count_time(started_at)

    @property
    def is_ready(self) -> bool:
        """Whether ``candidates`` holds them all; until then ``go_on`` is to be called."""
        return len(self.candidates) == len(self._photo_ids)

    def go_on(self) -> None:
        """Look up where some more of them lie."""
        started_at = time.perf_counter()
        placed = len(self.candidates)
        some = self._photo_ids[placed : placed + _PLACED_AT_ONCE]
        with self._library.database.read() as connection:
            places = photos.places(connection, some)
        self.candidates += [
            Candidate(
                photo_id,
                0,
                None,
                wanted_first(self._folder, places.get(photo_id, [])),
                compared=False,
            )
            for photo_id in some
        ]
        self._count_time(started_at)

    def _count_time(self, started_at: float) -> None:
        self.search_ms += (time.perf_counter() - started_at) * 1000
