"""How good rankings are, exactly, where many items lie at the same distance.

Hamming distances tie all the time, and the order inside a tie is chance. Every figure here is the
exact mean over all orders inside the ties, in closed form: no sorting of ties, no sampling. Owns
definitions only. Never changes its arguments.

A query to which nothing is relevant has no average precision; it is NaN, never 0.

Source: McSherry and Najork, Computing information retrieval performance measures efficiently in
the presence of tied scores (ECIR 2008).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.rankings import TiedRankings


def average_precision(rankings: TiedRankings, k: int | None = None) -> NDArray[np.float64]:
    """Average precision, over the first ``k`` ranks where given.

    The denominator is the number of relevant items, or ``k`` if that is smaller.

    Returns:
        (Q,); NaN for a query without relevant items.
    """
    possible = rankings.relevant.sum(axis=1)
    total = _precisions(rankings, rankings.relevant, k).sum(axis=1)
    return _divided(total, possible if k is None else np.minimum(possible, k))


def average_precision_of_found(rankings: TiedRankings, k: int) -> NDArray[np.float64]:
    """AP@k as most of the hashing literature counts it: over the relevant items *found* in k ranks.

    It rewards finding less (one relevant item at the first rank and nothing else scores 1), and is
    here only to stand beside published figures.

    Returns:
        (Q,); 0 where none is found, NaN for a query without relevant items.
    """
    return _over_found(rankings, rankings.relevant, k)


def weighted_average_precision(rankings: TiedRankings, k: int | None = None) -> NDArray[np.float64]:
    """Average precision in which an item counts by its level, as the DSRH paper measures it.

    The precision at a rank is the mean level up to it, so the figure may exceed 1. With ``k`` the
    denominator is the number of relevant items found in the first ``k`` ranks, as in the paper.

    Returns:
        (Q,); 0 where none is found, NaN for a query without relevant items.
    """
    if k is not None:
        return _over_found(rankings, rankings.levels, k)
    total = _precisions(rankings, rankings.levels, None).sum(axis=1)
    return _divided(total, rankings.relevant.sum(axis=1))


def cumulative_gain_at(rankings: TiedRankings, k: int) -> NDArray[np.float64]:
    """ACG@k, the mean level of the first ``k`` ranks; a missing item counts as irrelevant.

    Returns:
        (Q,).
    """
    return _mean_shown(rankings, rankings.levels, k)


def precision_at(rankings: TiedRankings, k: int) -> NDArray[np.float64]:
    """Share of relevant items among the first ``k`` ranks; a missing item counts as irrelevant.

    Returns:
        (Q,).
    """
    return _mean_shown(rankings, rankings.relevant, k)


def precision_and_recall(
    rankings: TiedRankings, ranks: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall at several cut-offs.

    Args:
        rankings: Of Q queries.
        ranks: (R,) cut-offs, each at least 1 and at most the number of items.

    Returns:
        Twice (Q, R); recall is NaN for a query without relevant items.
    """
    # Inside a group of ties the expected number of relevant items grows linearly with the rank.
    found = np.stack(
        [
            np.interp(ranks, np.append(0, items.cumsum()), np.append(0, relevant.cumsum()))
            for items, relevant in zip(rankings.items, rankings.relevant, strict=True)
        ]
    )
    recall = [_divided(column, rankings.relevant.sum(axis=1)) for column in found.T]
    return found / ranks, np.stack(recall, axis=1)


def precision_within(rankings: TiedRankings, radius: int) -> NDArray[np.float64]:
    """Share of relevant items among those within a Hamming radius; 0 where there are none at all.

    Args:
        rankings: By distance.
        radius: Largest distance that counts.

    Returns:
        (Q,).
    """
    items = rankings.items[:, : radius + 1].sum(axis=1)
    relevant = rankings.relevant[:, : radius + 1].sum(axis=1)
    precision: NDArray[np.float64] = relevant / np.maximum(items, 1)
    return precision


def nothing_within(rankings: TiedRankings, radius: int) -> NDArray[np.bool_]:
    """Return which queries have no item at all within a Hamming radius: (Q,)."""
    empty: NDArray[np.bool_] = rankings.items[:, : radius + 1].sum(axis=1) == 0
    return empty


def ndcg(rankings: TiedRankings, k: int | None = None) -> NDArray[np.float64]:
    """Discounted cumulative gain over that of the best order, over the first ``k`` ranks.

    Returns:
        (Q,); NaN for a query without relevant items.
    """
    best_first = rankings.of_level[:, ::-1]
    best_gains = best_first * (np.exp2(np.arange(best_first.shape[1], 0, -1)) - 1.0)
    return _divided(
        _discounted_gain(rankings.items, rankings.gains, k),
        _discounted_gain(best_first, best_gains, k),
    )


def _precisions(
    rankings: TiedRankings, weights: NDArray[np.int64], k: int | None
) -> NDArray[np.float64]:
    """Expected sum of the weighted precisions at the relevant items of each group: (Q, G)."""
    items, relevant = rankings.items, rankings.relevant
    nearer, shown = _nearer_and_shown(items, k)
    before = weights.cumsum(axis=1) - weights
    # Inside a group the expected weight ahead of a relevant item grows linearly with its rank.
    slope = np.where(items > 1, weights * (relevant - 1) / np.maximum(items - 1, 1), 0.0)
    harmonic = _prefix_sums(1.0 / np.arange(1, items.sum(axis=1).max(initial=0) + 1))
    reciprocals = harmonic[nearer + shown] - harmonic[nearer]
    first = relevant * before + weights - slope * (nearer + 1)
    precisions: NDArray[np.float64] = (first * reciprocals + slope * shown) / np.maximum(items, 1)
    return precisions


def _over_found(rankings: TiedRankings, weights: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Weighted precisions over the relevant items found in the first ``k`` ranks.

    Only the group that straddles the cut leaves the number found open. It is hypergeometric; given
    it, all orders of what is shown are equally likely.
    """
    longest = int(rankings.items.sum(axis=1).max(initial=0))
    harmonic = _prefix_sums(1.0 / np.arange(1, longest + 1))
    log_factorial = _prefix_sums(np.log(np.arange(1, longest + 1)))
    nearer, shown = _nearer_and_shown(rankings.items, k)
    precisions = _precisions(rankings, weights, k)
    values: NDArray[np.float64] = np.zeros(len(weights))
    for query in np.flatnonzero(shown.any(axis=1)):
        cut = int(np.flatnonzero(shown[query])[-1])
        items, relevant = int(rankings.items[query, cut]), int(rankings.relevant[query, cut])
        drawn, ahead = int(shown[query, cut]), int(nearer[query, cut])
        found = np.arange(max(0, drawn - (items - relevant)), min(drawn, relevant) + 1)
        chances = _hypergeometric(log_factorial, items, relevant, drawn, found)
        weight = weights[query, cut] / max(relevant, 1)
        slope = weight * (found - 1) / max(drawn - 1, 1)
        first = weights[query, :cut].sum() + weight - slope * (ahead + 1)
        precision = first * (harmonic[ahead + drawn] - harmonic[ahead]) + slope * drawn
        total = precisions[query, :cut].sum() + found / drawn * precision
        by = rankings.relevant[query, :cut].sum() + found
        values[query] = (chances * total / np.maximum(by, 1)).sum()
    values[rankings.relevant.sum(axis=1) == 0] = np.nan
    return values


def _hypergeometric(
    log_factorial: NDArray[np.float64],
    items: int,
    relevant: int,
    drawn: int,
    found: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Chances to draw so many relevant items, for all numbers that are possible."""
    others = items - relevant
    logs = -(
        log_factorial[found]
        + log_factorial[relevant - found]
        + log_factorial[drawn - found]
        + log_factorial[others - drawn + found]
    )
    chances = np.exp(logs - logs.max())
    normalised: NDArray[np.float64] = chances / chances.sum()
    return normalised


def _mean_shown(rankings: TiedRankings, weights: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    _, shown = _nearer_and_shown(rankings.items, k)
    mean: NDArray[np.float64] = (shown * (weights / np.maximum(rankings.items, 1))).sum(axis=1) / k
    return mean


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
