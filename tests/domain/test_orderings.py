"""The search's two orders against hand-computed cases and brute force over permutations."""

from __future__ import annotations

from itertools import groupby, permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import pack
from desktopsearch.domain.metrics import average_precision
from desktopsearch.domain.orderings import Ordering, order_anew, order_by_code, rank_ordering
from desktopsearch.index import HammingIndex

# One query whose bits are all set; it is surest of the second bit of each item's byte.
OUTPUTS = np.array([[0.1, 0.5, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8]], dtype=np.float32)


def codes_without(*missing: tuple[int, ...]) -> NDArray[np.uint8]:
    """Codes that differ from the query's in these bits."""
    bits = np.ones((len(missing), 8))
    for row, positions in zip(bits, missing, strict=True):
        row[list(positions)] = -1
    return pack(bits)


def nobody(items: int, queries: int = 1) -> NDArray[np.bool_]:
    return np.zeros((queries, items), dtype=bool)


def test_distance_comes_before_the_finer_distance() -> None:
    codes = codes_without((7,), (0, 2), (1,), (), (1,), (0,))
    ordering = order_by_code(OUTPUTS, codes, nobody(6))
    # Distances 1 2 1 0 1 1; the lost outputs are .8 .3 .5 0 .5 .1.
    assert ordering.items.tolist() == [[3, 5, 2, 4, 0, 1]]
    assert ordering.groups.tolist() == [[0, 1, 2, 2, 3, 4]]
    # Relevant are 5 and 4: at the second rank, and at the third or the fourth.
    rankings = rank_ordering(ordering, np.array([[0, 0, 0, 0, 1, 1]]))
    assert average_precision(rankings)[0] == pytest.approx((1 / 2 + (2 / 3 + 2 / 4) / 2) / 2)


def test_what_is_excluded_stands_behind_everything() -> None:
    codes = codes_without((7,), (), (1,), (0,))
    excluded = np.array([[False, True, False, True]])
    ordering = order_by_code(OUTPUTS, codes, excluded)
    assert ordering.items[0, :2].tolist() == [2, 0]
    assert ordering.counted.tolist() == [2]
    rankings = rank_ordering(ordering, np.array([[1, 1, 0, 1]]))
    assert (rankings.items.sum(), rankings.relevant.sum()) == (2, 1)
    assert average_precision(rankings)[0] == pytest.approx(1 / 2)
    anew = order_anew(ordering, np.array([[0.9, 2.0, 0.1, 3.0]]), 3)
    assert average_precision(rank_ordering(anew, np.array([[1, 1, 0, 1]])))[0] == 1.0


def test_the_second_stage_orders_the_first_and_leaves_the_rest() -> None:
    ordering = order_by_code(OUTPUTS, codes_without((), (0,), (1,), (7,), (0, 1)), nobody(5))
    scores = np.array([[0.1, 0.5, 0.5, 0.9, 1.0]])
    anew = order_anew(ordering, scores, 3)
    # The equal scores of 1 and 2 keep their order; 3 and 4 stay behind, whatever their scores.
    assert anew.items.tolist() == [[1, 2, 0, 3, 4]]
    assert anew.groups.tolist() == [[0, 1, 2, 3, 4]]
    assert ordering.items.tolist() == [[0, 1, 2, 3, 4]]


def test_ties_with_the_last_of_the_first_belong_to_them() -> None:
    codes = codes_without((), (1,), (1,), (1,), (0, 1))
    ordering = order_by_code(OUTPUTS, codes, nobody(5))
    scores = np.array([[0.1, 0.3, 0.2, 0.2, 0.9]])
    for first in (2, 3, 4):
        anew = order_anew(ordering, scores, first)
        assert anew.items.tolist() == [[1, 2, 3, 0, 4]]
        assert anew.groups.tolist() == [[0, 1, 1, 2, 3]]
    np.testing.assert_array_equal(order_anew(ordering, scores, 0).items, ordering.items)
    np.testing.assert_array_equal(order_anew(ordering, scores, 1).groups, ordering.groups)
    assert order_anew(ordering, scores, 99).items[0, 0] == 4


def mean_over_ties(ordering: Ordering, levels: NDArray[np.int64]) -> float:
    """Average precision over all orders inside the groups, straight from the definition."""
    count = int(ordering.counted[0])
    places = list(zip(ordering.groups[0].tolist(), ordering.items[0].tolist(), strict=True))
    runs = [[item for _, item in run] for _, run in groupby(places[:count], lambda place: place[0])]
    orders: list[list[int]] = [[]]
    for run in runs:
        orders = [[*order, *inside] for order in orders for inside in permutations(run)]
    found = []
    for order in orders:
        relevant = levels[0, order] > 0
        precisions = relevant.cumsum() / np.arange(1, count + 1) * relevant
        found.append(precisions.sum() / relevant.sum())
    return float(np.mean(found))


@pytest.mark.parametrize("seed", range(12))
def test_average_precision_is_the_mean_over_all_orders_of_ties(seed: int) -> None:
    generator = np.random.default_rng(seed)
    outputs = generator.standard_normal((1, 8)).astype(np.float32)
    codes = generator.integers(0, 4, (7, 1)).astype(np.uint8)
    excluded = generator.random((1, 7)) < 0.2
    excluded[0, :2] = False
    levels = generator.integers(0, 3, (1, 7))
    levels[0, 0] = 1
    scores = generator.integers(0, 3, (1, 7)).astype(np.float32)
    ordering = order_by_code(outputs, codes, excluded)
    for each in (ordering, *(order_anew(ordering, scores, first) for first in (1, 3, 5, 9))):
        assert sorted(each.items[0].tolist()) == list(range(7))
        figure = average_precision(rank_ordering(each, levels))[0]
        assert figure == pytest.approx(mean_over_ties(each, levels))


def test_the_order_is_that_of_the_index() -> None:
    generator = np.random.default_rng(3)
    codes = generator.integers(0, 256, (400, 4), dtype=np.uint8)
    codes[:, 1:] &= 0x03
    outputs = generator.standard_normal((20, 32)).astype(np.float32)
    index = HammingIndex(32, np.arange(400), codes)
    ordering = order_by_code(outputs, codes, nobody(400, 20))
    for row, query in enumerate(outputs):
        found = index.search(pack(query), query, limit=400).photo_ids
        # The index breaks the last ties by number; numpy's sort is stable, so that is the same.
        np.testing.assert_array_equal(ordering.items[row], found)
        groups = ordering.groups[row]
        for place in np.flatnonzero(groups[1:] == groups[:-1]):
            np.testing.assert_array_equal(codes[found[place]], codes[found[place + 1]])


def test_the_order_of_the_items_does_not_matter() -> None:
    generator = np.random.default_rng(5)
    codes = generator.integers(0, 8, (60, 2), dtype=np.uint8)
    outputs = generator.standard_normal((4, 16)).astype(np.float32)
    levels = generator.integers(0, 2, (4, 60))
    scores = generator.integers(0, 9, (4, 60)).astype(np.float32)
    excluded = generator.random((4, 60)) < 0.1
    shuffle = generator.permutation(60)

    def figures(order: NDArray[np.int64]) -> NDArray[np.float64]:
        ordering = order_by_code(outputs, codes[order], excluded[:, order])
        anew = order_anew(ordering, scores[:, order], 20)
        return np.stack(
            [average_precision(rank_ordering(each, levels[:, order])) for each in (ordering, anew)]
        )

    np.testing.assert_allclose(figures(shuffle), figures(np.arange(60)), rtol=1e-12)
