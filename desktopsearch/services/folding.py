"""Folds near copies among hits: each behind the nearest hit that it is hardly different from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.differences import Apart
from desktopsearch.domain.search import NEAR_COPY_BITS, SearchHit
from desktopsearch.index import HammingIndex

FOLDED: Final = 1_000
"""How many of the first hits are compared with each other; it takes some ten milliseconds."""


def fold(index: HammingIndex, hits: Sequence[SearchHit], apart: Apart) -> list[SearchHit]:
    """Name for each near copy the hit that it folds behind.

    A hit is compared with those before it that are no near copies themselves, so that a chain of
    small differences ties nothing together, as in ``duplicates.find``.

    Args:
        index: With the codes of the hits; those without one fold behind nothing.
        hits: In their order, which they keep.
        apart: Which photos fold behind which never.
    """
    first = hits[:FOLDED]
    photo_ids = np.array([hit.photo_id for hit in first], dtype=np.int64)
    there, codes = index.codes_of(photo_ids)
    leads = np.full(len(first), -1)
    for row, position in enumerate(there.tolist()):
        if leads[position] == -1:
            later = there[row + 1 :]
            near = hamming_distances(codes[row], codes[row + 1 :]) <= NEAR_COPY_BITS
            if strangers := apart.get(photo_ids[position]):
                near &= ~np.isin(photo_ids[later], list(strangers))
            leads[later[near & (leads[later] == -1)]] = position
    folded = [
        hit if lead == -1 else replace(hit, lead=first[lead].photo_id)
        for hit, lead in zip(first, leads.tolist(), strict=True)
    ]
    return folded + list(hits[FOLDED:])
