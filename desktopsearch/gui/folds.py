"""Which hits are folded behind which, and which of these are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.search import SearchHit, grouped


@dataclass(frozen=True, slots=True)
class Fold:
    """What a cell shows of near copies."""

    near: int
    """How many stand or fold behind it; 0 for one of them."""
    is_open: bool
    """Whether they are shown."""
    is_tinted: bool
    """Whether a ground shows that they belong together."""


class Folds:
    """The near copies among the hits of one answer."""

    def __init__(
        self, hits: Sequence[SearchHit], toggled: set[int], *, unfolded: bool = False
    ) -> None:
        """Put near copies behind their leads.

        Args:
            hits: In their order; some name a lead.
            toggled: Leads that somebody has opened, or folded where all are open, as photos.
            unfolded: Whether all are open by themselves, as one group beside the other.
        """
        groups = grouped(hits)
        self._toggled = toggled
        self._unfolded = unfolded
        self._groups = {lead.photo_id: number for number, (lead, _near) in enumerate(groups)}
        self.hits = [hit for lead, near in groups for hit in (lead, *near)]
        """All of them, each lead with its near copies after it."""
        self._near = {lead.photo_id: len(near) for lead, near in groups if near}
        sizes = np.array([len(near) for _, near in groups], dtype=np.int64)
        starts = np.cumsum(sizes + 1) - sizes - 1
        self._leads = np.repeat(starts, sizes + 1)
        self._is_lead = np.zeros(len(self.hits), dtype=np.bool_)
        self._is_lead[starts] = True
        self._is_open = self._all_open()

    def shown(self, within: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Which of ``hits`` are shown, of those within a distance."""
        shown: NDArray[np.bool_] = self._is_lead | self._is_open[self._leads]
        if within is not None:
            # Where the lead itself is too far away, its near copies stand for themselves.
            shown = within & (shown | ~within[self._leads])
        return shown

    def of(self, hit: SearchHit) -> Fold | None:
        """What the cell of a hit shows; None if it has nothing to do with near copies."""
        lead = lead_of(hit)
        if self._unfolded:
            is_tinted = self._groups[lead] % 2 == 1
        elif lead not in self._near:
            return None
        else:
            is_tinted = lead in self._toggled
        near = self._near.get(lead, 0) if hit.lead is None else 0
        return Fold(near, (lead in self._toggled) != self._unfolded, is_tinted)

    def toggle(self, lead: int) -> None:
        """Open or fold what is behind a photo."""
        self._toggled ^= {lead} & self._near.keys()
        self._is_open = self._all_open()

    def _all_open(self) -> NDArray[np.bool_]:
        toggled = [hit.photo_id in self._toggled for hit in self.hits]
        opened: NDArray[np.bool_] = np.array(toggled, dtype=np.bool_) ^ self._unfolded
        return opened


def lead_of(hit: SearchHit) -> int:
    """The photo behind which a hit folds, which may be its own."""
    return hit.photo_id if hit.lead is None else hit.lead
