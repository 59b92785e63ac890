"""Groups photos whose codes are nearly the same, and copies of one content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.search import DuplicateGroup, DuplicateMember, SearchHit
from desktopsearch.index import HammingIndex
from desktopsearch.services.library import Library
from desktopsearch.storage import photos

_COMPARISONS = 2_000_000
"""Of codes in one step; it takes some ten milliseconds."""
_WORTH_LEAVING_OUT = 0.1

Group = list[tuple[int, int]]
"""(distance to the first photo, photo id), the first photo, then by distance."""


class Grouping:
    """Finds groups of two or more files at most some bits from their first photo, in short steps.

    The first photo of a group is the one that the library has known longest. A photo is in one
    group only, so a chain of small differences does not tie distant photos together. Takes the
    photos as they are at the beginning; photos that come later are not seen.
    """

    def __init__(
        self, library: Library, radius: int, among: NDArray[np.int64] | None = None
    ) -> None:
        """Begin.

        Args:
            library: That has the photos.
            radius: In bits.
            among: Consider these photo ids only.
        """
        index = library.snapshot.index
        photo_ids, codes = index.copied(among)
        order = np.argsort(photo_ids)
        self._bits, self._radius = index.bits, radius
        self._photo_ids, self._codes = photo_ids[order], codes[order]
        self._taken = np.zeros(len(order), dtype=np.bool_)
        with library.database.read() as connection:
            copied = np.array(sorted(photos.with_copies(connection)), dtype=np.int64)
        if among is not None:
            copied = np.intersect1d(copied, among)
        self._copied = np.isin(self._photo_ids, copied)
        self._at = self._left_out = 0
        self._later = HammingIndex(self._bits, self._photo_ids, self._codes)
        # What has no code yet may lie in two places all the same.
        self.groups: list[Group] = [
            [(0, each)] for each in np.setdiff1d(copied, photo_ids).tolist()
        ]
        """Those that were found so far."""

    @property
    def is_done(self) -> bool:
        """Whether ``groups`` holds all of them; until then ``go_on`` is to be called."""
        return self._at == len(self._photo_ids)

    def go_on(self) -> None:
        """Compare some photos with all that the library has known less long."""
        count = max(1, _COMPARISONS // max(1, len(self._later)))
        end = min(self._at + count, len(self._photo_ids))
        rows = self._at + np.flatnonzero(~self._taken[self._at : end])
        limits, near, distances = self._later.within(self._codes[rows], self._radius)
        worth_a_look = (np.diff(limits) > 1) | self._copied[rows]
        for position in np.flatnonzero(worth_a_look).tolist():
            part = slice(limits[position], limits[position + 1])
            self._gather(int(rows[position]), near[part], distances[part])
        self._at = end
        self._leave_out_what_is_done()

    def _gather(self, row: int, near: NDArray[np.int64], distances: NDArray[np.int32]) -> None:
        """Make a group of what is near a photo, unless it has come into one meanwhile."""
        if self._taken[row]:
            return
        rows = np.searchsorted(self._photo_ids, near)
        free = (rows > row) & ~self._taken[rows]
        if free.any() or self._copied[row]:
            self._taken[rows[free]] = True
            others = zip(distances[free].tolist(), near[free].tolist(), strict=True)
            self.groups.append([(0, int(self._photo_ids[row])), *sorted(others)])

    def _leave_out_what_is_done(self) -> None:
        """Now and then, so that all in all half the comparisons are made."""
        left = len(self._photo_ids) - self._left_out
        if self._at - self._left_out > _WORTH_LEAVING_OUT * left:
            self._left_out = self._at
            free = self._at + np.flatnonzero(~self._taken[self._at :])
            self._later = HammingIndex(self._bits, self._photo_ids[free], self._codes[free])


def find(library: Library, radius: int) -> list[DuplicateGroup]:
    """Find all groups, as ``Grouping`` has them.

    Returns:
        Groups by their first path, each ordered by distance, then by path.
    """
    grouping = Grouping(library, radius)
    while not grouping.is_done:
        grouping.go_on()
    with library.database.read() as connection:
        places = photos.places(
            connection, [photo_id for group in grouping.groups for _, photo_id in group]
        )
    groups = [
        tuple(
            DuplicateMember(photo_id, place.path, distance)
            for distance, photo_id in sorted(group)
            for place in places[photo_id]
        )
        for group in grouping.groups
    ]
    return sorted(groups, key=lambda group: group[0].path)


def regrouped(hits: Sequence[SearchHit]) -> list[SearchHit]:
    """Return what is left of groups when files are gone: those of two files or more.

    Args:
        hits: Group by group, the first of each before those that name it.
    """
    groups: dict[int, list[SearchHit]] = {}
    for hit in hits:
        groups.setdefault(hit.photo_id if hit.lead is None else hit.lead, []).append(hit)
    return [
        replace(hit, lead=None if hit is group[0] else group[0].photo_id)
        for group in groups.values()
        if len(group) > 1 or group[0].copies
        for hit in group
    ]
