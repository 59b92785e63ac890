"""The order in which the search shows photos, for many queries at once, with its ties told.

Owns the same two orders as the search: by code with the finer distance inside ties, and the second
stage over it. What the search leaves to chance, the number of a photo, is a tie here. Never changes
its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import finer_distances, hamming_distances, pack
from desktopsearch.domain.rankings import TiedRankings, rank_by_group


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """N items in the order of Q queries each, nearest first; what does not count comes last."""

    items: NDArray[np.int64]
    """(Q, N): positions of the items."""
    groups: NDArray[np.int64]
    """(Q, N): the number of the group of ties at each place, ascending from 0."""
    counted: NDArray[np.int64]
    """(Q,): at how many places items stand that count."""


def order_by_code(
    outputs: NDArray[np.float32],
    codes: NDArray[np.uint8],
    excluded: NDArray[np.bool_],
) -> Ordering:
    """Order by Hamming distance, then by ``finer_distances``, as the index does.

    Args:
        outputs: (Q, K) real-valued outputs of the queries.
        codes: (N, K / 8) packed codes of the items.
        excluded: (Q, N); these do not count, such as the query itself.
    """
    shape = (len(outputs), len(codes))
    items, groups = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    for row, query in enumerate(outputs):
        distances = hamming_distances(pack(query), codes)
        finer = finer_distances(query, codes)
        order = np.lexsort((finer, distances, excluded[row]))
        items[row] = order
        groups[row] = _groups(distances[order], finer[order])
    return Ordering(items, groups, shape[1] - excluded.sum(axis=1))


def order_anew(ordering: Ordering, scores: NDArray[np.floating], first: int) -> Ordering:
    """Order the first items by score, the highest first, as the second stage does.

    Equal scores keep their order. What is tied with the last of the first belongs to them, since
    nothing but chance would part them.

    Args:
        ordering: Of N items for Q queries.
        scores: (Q, N), without NaN.
        first: How many items are ordered anew.
    """
    items, groups = ordering.items.copy(), ordering.groups.copy()
    for row in range(len(items)):
        last = min(first, int(ordering.counted[row]))
        if not last:
            continue
        tied = ordering.groups[row, : ordering.counted[row]]
        stop = int(np.searchsorted(tied, tied[last - 1], side="right"))
        head = items[row, :stop]
        order = np.argsort(-scores[row, head], kind="stable")
        anew = _groups(scores[row, head[order]], tied[order])
        groups[row, stop:] += anew[-1] - groups[row, stop - 1]
        items[row, :stop], groups[row, :stop] = head[order], anew
    return Ordering(items, groups, ordering.counted)


def rank_ordering(ordering: Ordering, levels: NDArray[np.integer]) -> TiedRankings:
    """Count what lies in each group of ties.

    Args:
        ordering: Of N items for Q queries.
        levels: (Q, N) of the items, not of the places.
    """
    places = np.arange(ordering.items.shape[1])
    return rank_by_group(
        ordering.groups,
        np.take_along_axis(levels, ordering.items, axis=1),
        places >= ordering.counted[:, None],
    )


def _groups(*keys: NDArray[np.generic]) -> NDArray[np.int64]:
    """Number the runs of equal keys: (N,) each give (N,), ascending from 0."""
    groups = np.zeros(len(keys[0]), dtype=np.int64)
    changes = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    np.cumsum(changes, out=groups[1:])
    return groups
