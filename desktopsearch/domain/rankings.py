"""Rankings of the same items for many queries, as groups of ties with the nearest group first.

Owns what a ranking is and how it comes from codes or from real-valued vectors, for as many queries
at once as fit the memory (``blocks``). What is relevant to what is the caller's business, and how
good a ranking is ``metrics`` says. Never changes its arguments.

Levels say how relevant an item is to a query: 0 not at all, else the number of labels they share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import hamming_distances

_CELLS_PER_BLOCK = 4_000_000
# Float32 products differ by about 1e-7 with the place in a matrix; what is closer is a tie.
_SCORE_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class TiedRankings:
    """Rankings of the same items for Q queries, as G groups of ties with the nearest first."""

    items: NDArray[np.int64]
    """(Q, G): how many items each group holds; it may be none."""
    relevant: NDArray[np.int64]
    """(Q, G): how many of them are relevant."""
    levels: NDArray[np.int64]
    """(Q, G): the sum of their levels."""
    gains: NDArray[np.float64]
    """(Q, G): the sum of 2 ** level - 1 over them."""
    of_level: NDArray[np.int64]
    """(Q, L): how many items of all groups have level 1 to L."""


def blocks(queries: int, items: int) -> Iterator[slice]:
    """Cut the queries into runs whose distances to all items fit the memory well."""
    rows = max(1, _CELLS_PER_BLOCK // max(1, items))
    for start in range(0, queries, rows):
        yield slice(start, min(start + rows, queries))


def shared_labels(queries: NDArray[np.bool_], items: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many labels each query shares with each item: (Q, C) and (N, C) give (Q, N)."""
    # Small whole numbers are exact in float32, and only floats are multiplied fast.
    return (queries.astype(np.float32) @ items.astype(np.float32).T).astype(np.int64)


def unit_rows(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the rows as float32 of length one; a row of zeros stays one."""
    rows = vectors.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return rows


def cosines(queries: NDArray[np.float32], items: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inner products of ``unit_rows``, rounded to what float32 can bear.

    (Q, D) and (N, D) give (Q, N). Equal vectors have equal cosines wherever they stand.
    """
    products: NDArray[np.float32] = np.round(queries @ items.T, _SCORE_DECIMALS)
    return products


def rank_codes(
    queries: NDArray[np.uint8],
    items: NDArray[np.uint8],
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Group items by the Hamming distance of their codes.

    Args:
        queries: (Q, W) packed codes.
        items: (N, W) packed codes.
        levels: (Q, N).
        excluded: (Q, N); these neither rank nor count as relevant, such as the query itself.
    """
    distances = np.empty((len(queries), len(items)), dtype=np.int32)
    for row, code in enumerate(queries):
        distances[row] = hamming_distances(code, items)
    return rank_by_distance(distances, levels, 8 * items.shape[1], excluded)


def rank_vectors(
    queries: NDArray[np.float32],
    items: NDArray[np.float32],
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Group items by the cosines of their vectors.

    Args:
        queries: (Q, D); of ``unit_rows``.
        items: (N, D); of ``unit_rows``.
        levels: (Q, N).
        excluded: (Q, N); these neither rank nor count as relevant, such as the query itself.
    """
    return rank_by_score(cosines(queries, items), levels, excluded)


def rank_by_distance(
    distances: NDArray[np.integer],
    levels: NDArray[np.integer],
    largest: int,
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Group items by integer distance, so that group ``d`` is what lies at the distance ``d``.

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
    return rank_by_group(
        groups,
        np.take_along_axis(levels, order, axis=1),
        None if excluded is None else np.take_along_axis(excluded, order, axis=1),
    )


def rank_by_group(
    groups: NDArray[np.integer],
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None = None,
) -> TiedRankings:
    """Count what lies in groups of ties that are known already.

    Args:
        groups: (Q, N) the group of each item, from 0 for the nearest to at most N - 1.
        levels: (Q, N).
        excluded: (Q, N); these neither rank nor count as relevant, such as the query itself.
    """
    return _grouped(groups, groups.shape[1], levels, excluded)


def _grouped(
    groups: NDArray[np.integer],
    count: int,
    levels: NDArray[np.integer],
    excluded: NDArray[np.bool_] | None,
) -> TiedRankings:
    """Count what lies in each group, query by query: a row at a time stays in the cache."""
    shape = (len(groups), count)
    items, relevant = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    sums, gains = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.float64)
    highest = max(1, int(levels.max(initial=0)))
    of_level = np.empty((len(groups), highest), dtype=np.int64)
    for row in range(len(groups)):
        cells, graded = groups[row], levels[row]
        if excluded is not None:
            kept = ~excluded[row]
            cells, graded = cells[kept], graded[kept]
        items[row] = np.bincount(cells, minlength=count)
        found = np.flatnonzero(graded)
        cells, graded = cells[found], graded[found]
        relevant[row] = np.bincount(cells, minlength=count)
        sums[row] = np.bincount(cells, graded, count)
        gains[row] = np.bincount(cells, np.exp2(graded) - 1.0, count)
        of_level[row] = np.bincount(graded, minlength=highest + 1)[1:]
    return TiedRankings(items, relevant, sums, gains, of_level)
