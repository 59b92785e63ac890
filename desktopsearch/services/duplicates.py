"""Groups photos whose codes are nearly the same, and copies of one content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.differences import Apart
from desktopsearch.domain.search import DuplicateGroup, DuplicateMember, SearchHit
from desktopsearch.index import HammingIndex
from desktopsearch.services.differing import told_apart
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
        self,
        library: Library,
        radius: int,
        apart: Apart,
        among: NDArray[np.int64] | None = None,
    ) -> None:
        """Begin.

        Args:
            library: That has the photos.
            radius: In bits.
            apart: Which photos come into no group with which.
            among: Consider these photo ids only.
        """
        index = library.snapshot.index
        photo_ids, codes = index.copied(among)
        order = np.argsort(photo_ids)
        self._bits, self._radius, self._apart = index.bits, radius, apart
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
        lead = int(self._photo_ids[row])
        others = sorted(zip(distances[free].tolist(), near[free].tolist(), strict=True))
        if self._apart:
            others = self._without_strangers(lead, others)
        if others or self._copied[row]:
            chosen = np.array([photo_id for _, photo_id in others], dtype=np.int64)
            self._taken[np.searchsorted(self._photo_ids, chosen)] = True
            self.groups.append([(0, lead), *others])

    def _without_strangers(self, lead: int, others: Group) -> Group:
        """Leave out what was told apart from the lead or from what is nearer to it."""
        inside = {lead}
        kept: Group = []
        for distance, photo_id in others:
            if inside.isdisjoint(self._apart.get(photo_id, ())):
                inside.add(photo_id)
                kept.append((distance, photo_id))
        return kept

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
    grouping = Grouping(library, radius, told_apart(library))
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


def regrouped(hits: Sequence[SearchHit], index: HammingIndex) -> list[SearchHit]:
    """Return what is left of groups when files are gone: those of two files or more.

    Args:
        hits: Group by group, the first of each before those that name it.
        index: With their codes, for distances to another first.
    """
    return [hit for group in _groups(hits) for hit in _led(group, index)]


def set_apart(
    hits: Sequence[SearchHit], marked: Collection[int], index: HammingIndex
) -> list[SearchHit]:
    """Return the groups without the photos that were marked as no duplicates of the rest.

    A marked photo that lies in several places is a group of its own. Whether others are near copies
    of a marked one shows when duplicates are looked for anew.

    Args:
        hits: As ``regrouped`` has them.
        marked: Photos.
        index: With the codes of all of them.
    """
    left: list[SearchHit] = []
    for group in _groups(hits):
        left += _led([hit for hit in group if hit.photo_id not in marked], index)
        for hit in group:
            if hit.photo_id in marked:
                left += _led([replace(hit, lead=None, from_lead=None)], index)
    return left


def _groups(hits: Sequence[SearchHit]) -> Iterator[list[SearchHit]]:
    groups: dict[int, list[SearchHit]] = {}
    for hit in hits:
        groups.setdefault(hit.photo_id if hit.lead is None else hit.lead, []).append(hit)
    yield from groups.values()


def _led(group: Sequence[SearchHit], index: HammingIndex) -> list[SearchHit]:
    """A group with its first photo as its lead; nothing if it is a single file."""
    if not group or (len(group) == 1 and not group[0].copies):
        return []
    first, others = group[0], group[1:]
    if first.lead is None:
        return list(group)
    there, codes = index.codes_of(np.array([hit.photo_id for hit in group], dtype=np.int64))
    from_first: dict[int, int] = {}
    if 0 in there:
        gaps = hamming_distances(codes[0], codes)
        from_first = dict(zip(there.tolist(), gaps.tolist(), strict=True))
    return [
        replace(first, lead=None, from_lead=None),
        *(
            replace(hit, lead=first.photo_id, from_lead=from_first.get(place))
            for place, hit in enumerate(others, 1)
        ),
    ]
