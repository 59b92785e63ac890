"""How good rankings are, exactly, where many items lie at the same distance.

Hamming distances tie all the time, and the order inside a tie is chance. Every figure here is the
exact mean over all orders inside the ties, in closed form: no sorting of ties, no sampling. Owns
definitions only; what is relevant to what is the caller's business. Never changes its arguments.

Levels say how relevant an item is to a query: 0 not at all, else the number of labels they share.
A query to which nothing is relevant has no average precision; it is NaN, never 0.

Source: McSherry and Najork, Computing information retrieval performance measures efficiently in
the presence of tied scores (ECIR 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TiedRankings:
    """Rankings of the same items for Q queries, as groups of ties with the nearest group first."""

    items: NDArray[np.int64]
    """(Q, G): how many items each group holds; it may be none."""
    relevant: NDArray[np.int64]
    """(Q, G): how many of them are relevant."""
    gains: NDArray[np.float64]
    """(Q, G): the sum of 2 ** level - 1 over them."""
    of_level: NDArray[np.int64]
    """(Q, L): how many items of all groups have level 1 to L."""


def rank_by_distance(
    distances: NDArray[np.integer],
    levels: NDArray[np.integer],
    largest: int,
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Group items by integer distance.

    Args:
        distances: (Q, N), from 0 to ``largest``.
        levels: (Q, N).
        largest: The largest possible distance, the bits of the codes.
        excluded: (Q, N); these neither rank nor count as relevant, such as the query itself.
    """
    return _grouped(distances, largest + 1, levels, excluded)


def rank_by_score(
    scores: NDArray[np.floating],
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Group items by real-valued score, the highest first; equal scores are ties.

    Args:
        scores: (Q, N), without NaN. Rounding them is up to the caller.
        levels: (Q, N).
        excluded: (Q, N); these neither rank nor count as relevant, such as the query itself.
    """
    order = np.argsort(-scores, axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    groups = np.zeros(scores.shape, dtype=np.int64)
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=groups[:, 1:])
    return _grouped(
        groups,
        scores.shape[1],
        np.take_along_axis(levels, order, axis=1),
        None if excluded is None else np.take_along_axis(excluded, order, axis=1),
    )


def average_precision(rankings: TiedRankings, k: int | None = None) -> NDArray[np.float64]:
    """Average precision, over the first ``k`` ranks where given.

    The denominator is the number of relevant items, or ``k`` if that is smaller.

    Returns:
        (Q,); NaN for a query without relevant items.
    """
    items, relevant = rankings.items, rankings.relevant
    nearer, shown = _nearer_and_shown(items, k)
    relevant_nearer = relevant.cumsum(axis=1) - relevant
    # Inside a group the expected count of relevant items ahead of a relevant one grows linearly.
    slope = np.where(items > 1, (relevant - 1) / np.maximum(items - 1, 1), 0.0)
    harmonic = _prefix_sums(1.0 / np.arange(1, items.sum(axis=1).max(initial=0) + 1))
    reciprocals = harmonic[nearer + shown] - harmonic[nearer]
    precisions = (relevant_nearer + 1 - slope * (nearer + 1)) * reciprocals + slope * shown
    total = (relevant / np.maximum(items, 1) * precisions).sum(axis=1)
    possible = relevant.sum(axis=1)
    return _divided(total, possible if k is None else np.minimum(possible, k))


def precision_at(rankings: TiedRankings, k: int) -> NDArray[np.float64]:
    """Share of relevant items among the first ``k`` ranks; a missing item counts as irrelevant.

    Returns:
        (Q,).
    """
    _, shown = _nearer_and_shown(rankings.items, k)
    share = rankings.relevant / np.maximum(rankings.items, 1)
    precision: NDArray[np.float64] = (shown * share).sum(axis=1) / k
    return precision


def ndcg(rankings: TiedRankings, k: int | None = None) -> NDArray[np.float64]:
    """Discounted cumulative gain over that of the best order, over the first ``k`` ranks.

    Returns:
        (Q,); NaN for a query without relevant items.
    """
    best_first = rankings.of_level[:, ::-1]
    best_gains = best_first * _gain(np.arange(best_first.shape[1], 0, -1))
    return _divided(
        _discounted_gain(rankings.items, rankings.gains, k),
        _discounted_gain(best_first, best_gains, k),
    )


def _grouped(
    groups: NDArray[np.integer],
    count: int,
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None,
) -> TiedRankings:
    queries = len(groups)
    cells = groups + np.arange(queries)[:, None] * count
    kept = np.ones(groups.shape, dtype=np.bool_) if excluded is None else ~excluded
    items = np.bincount(cells[kept], minlength=queries * count)
    kept &= levels > 0
    cells, found = cells[kept], levels[kept].astype(np.int64)
    relevant = np.bincount(cells, minlength=queries * count)
    gains = np.bincount(cells, _gain(found), queries * count).astype(np.float64)
    highest = int(found.max(initial=1))
    level_cells = cells // count * highest + found - 1
    of_level = np.bincount(level_cells, minlength=queries * highest)
    return TiedRankings(
        items.reshape(queries, count),
        relevant.reshape(queries, count),
        gains.reshape(queries, count),
        of_level.reshape(queries, highest),
    )


def _gain(levels: NDArray[np.int64]) -> NDArray[np.float64]:
    gain: NDArray[np.float64] = np.exp2(levels) - 1.0
    return gain


def _nearer_and_shown(
    items: NDArray[np.int64], k: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many items stand before each group, and how many ranks of it are within k."""
    nearer = items.cumsum(axis=1) - items
    return nearer, items if k is None else np.clip(k - nearer, 0, items)


def _discounted_gain(
    items: NDArray[np.int64], gains: NDArray[np.float64], k: int | None
) -> NDArray[np.float64]:
    nearer, shown = _nearer_and_shown(items, k)
    longest = items.sum(axis=1).max(initial=0)
    discounts = _prefix_sums(1.0 / np.log2(np.arange(1, longest + 1) + 1))
    total: NDArray[np.float64] = (
        gains / np.maximum(items, 1) * (discounts[nearer + shown] - discounts[nearer])
    ).sum(axis=1)
    return total


def _prefix_sums(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate(([0.0], np.cumsum(terms)))


def _divided(
    totals: NDArray[np.float64], by: NDArray[np.integer] | NDArray[np.float64]
) -> NDArray[np.float64]:
    quotients: NDArray[np.float64] = np.full(len(totals), np.nan)
    np.divide(totals, by, out=quotients, where=by > 0)
    return quotients
