"""The metrics against the published test vectors, brute force and what must not matter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations
from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import pack
from desktopsearch.domain.metrics import (
    average_precision,
    average_precision_of_found,
    cumulative_gain_at,
    ndcg,
    nothing_within,
    precision_and_recall,
    precision_at,
    precision_within,
    weighted_average_precision,
)
from desktopsearch.domain.rankings import (
    TiedRankings,
    rank_by_distance,
    rank_by_score,
    rank_codes,
)

Integers = NDArray[np.int64]

VECTORS = [
    # k, distances, levels, AP, AP@k, AP@k of found, NDCG@k, ACG@k, weighted AP
    pytest.param(
        2,
        [0, 1, 2, 3],
        [1, 0, 1, 0],
        (0.833333, 0.500000, 1.000000, 0.613147, 0.500000, 0.833333),
        id="T1",
    ),
    pytest.param(
        2,
        [2, 2, 2, 2],
        [1, 0, 0, 1],
        (0.680556, 0.416667, 0.666667, 0.500000, 0.500000, 0.680556),
        id="T2",
    ),
    pytest.param(
        3,
        [0, 0, 1, 1, 1],
        [1, 0, 1, 0, 1],
        (0.670370, 0.398148, 0.722222, 0.539107, 0.555556, 0.670370),
        id="T3",
    ),
    pytest.param(
        3,
        [0, 0, 1, 1, 3],
        [2, 0, 1, 1, 0],
        (0.722222, 0.472222, 0.708333, 0.713252, 1.000000, 1.166667),
        id="T4",
    ),
    pytest.param(
        3,
        [0, 1, 1, 4],
        [0, 0, 0, 3],
        (0.250000, 0.0, 0.0, 0.0, 0.0, 0.750000),
        id="T5",
    ),
]


def _ranked(distances: Sequence[int], levels: Sequence[int]) -> TiedRankings:
    return rank_by_distance(np.array([distances]), np.array([levels]), max(distances))


@pytest.mark.parametrize(("k", "distances", "levels", "expected"), VECTORS)
@pytest.mark.parametrize("by", ["distance", "score"])
def test_vectors(
    by: str, k: int, distances: list[int], levels: list[int], expected: tuple[float, ...]
) -> None:
    rankings = (
        _ranked(distances, levels)
        if by == "distance"
        else rank_by_score(-np.array([distances], dtype=np.float32), np.array([levels]))
    )
    found = [
        average_precision(rankings)[0],
        average_precision(rankings, k)[0],
        average_precision_of_found(rankings, k)[0],
        ndcg(rankings, k)[0],
        cumulative_gain_at(rankings, k)[0],
        weighted_average_precision(rankings)[0],
    ]
    assert found == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("items", "relevant", "expected"),
    [(100, 10, 0.13807), (1000, 100, 0.10584), (10000, 1000, 0.10079)],
)
def test_when_all_codes_are_equal_ap_is_close_to_the_share_of_relevant_items(
    items: int, relevant: int, expected: float
) -> None:
    levels = np.arange(items) < relevant
    rankings = _ranked([0] * items, levels.astype(int).tolist())
    assert average_precision(rankings)[0] == pytest.approx(expected, abs=5e-6)


def _figures_of_order(levels: Integers, k: int) -> list[float]:
    """Every figure of one order without ties, straight from the definitions."""
    shown = levels[:k]
    ranks = np.arange(1, len(levels) + 1)
    relevant = levels > 0
    precisions = relevant.cumsum() / ranks * relevant
    mean_levels = levels.cumsum() / ranks * relevant
    found = max(int(relevant[:k].sum()), 1)
    best = np.sort(levels)[::-1][:k]
    discounts = 1 / np.log2(ranks + 1)
    gain = float(((2.0**shown - 1) * discounts[:k]).sum())
    return [
        precisions.sum() / relevant.sum(),
        precisions[:k].sum() / min(int(relevant.sum()), k),
        precisions[:k].sum() / found,
        mean_levels.sum() / relevant.sum(),
        mean_levels[:k].sum() / found,
        relevant[:k].sum() / k,
        shown.sum() / k,
        gain / float(((2.0**best - 1) * discounts[:k]).sum()),
    ]


def _figures(rankings: TiedRankings, k: int) -> NDArray[np.float64]:
    """The same figures in closed form: (figures, Q)."""
    return np.stack(
        [
            average_precision(rankings),
            average_precision(rankings, k),
            average_precision_of_found(rankings, k),
            weighted_average_precision(rankings),
            weighted_average_precision(rankings, k),
            precision_at(rankings, k),
            cumulative_gain_at(rankings, k),
            ndcg(rankings, k),
        ]
    )


@pytest.mark.parametrize("seed", range(40))
def test_closed_forms_equal_the_mean_over_all_orders(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(2, 8))
    distances = generator.integers(0, 4, size)
    levels = generator.integers(0, 4, size)
    levels[generator.integers(size)] = 1
    k = int(generator.integers(1, size + 2))
    orders = [
        _figures_of_order(levels[list(order)], k)
        for order in permutations(range(size))
        if all(distances[a] <= distances[b] for a, b in pairwise(order))
    ]
    expected = np.mean(orders, axis=0)
    for rankings in (
        rank_by_distance(distances[None], levels[None], 3),
        rank_by_score(-distances[None] / 7.0, levels[None]),
    ):
        np.testing.assert_allclose(_figures(rankings, k)[:, 0], expected, atol=1e-12)


@pytest.mark.parametrize("k", [1, 50, 199, 200, 5000])
def test_a_cut_through_a_large_tie_equals_the_mean_of_many_shuffles(k: int) -> None:
    # The numbers found are summed by hand here: hypergeometric chances from Python's integers.
    items, relevant = 200, 60
    shown = min(k, items)
    expected = 0.0
    for found in range(max(0, shown - items + relevant), min(shown, relevant) + 1):
        chance = comb(relevant, found) * comb(items - relevant, shown - found) / comb(items, shown)
        for rank in range(1, shown + 1):
            ahead = (rank - 1) * (found - 1) / max(shown - 1, 1)
            expected += chance * (found / shown) * (1 + ahead) / rank / max(found, 1)
    rankings = _ranked([3] * items, [1] * relevant + [0] * (items - relevant))
    assert average_precision_of_found(rankings, k)[0] == pytest.approx(expected, rel=1e-9)


def test_finding_less_scores_more_under_the_denominator_of_the_literature() -> None:
    less, more = _ranked([0, 1, 2, 3], [1, 0, 0, 1]), _ranked([0, 1, 2, 3], [1, 0, 1, 0])
    assert average_precision_of_found(less, 3)[0] == pytest.approx(1.0)
    assert average_precision_of_found(more, 3)[0] == pytest.approx(5 / 6)
    assert average_precision(less, 3)[0] < average_precision(more, 3)[0]


def test_precision_within_a_radius_is_zero_where_nothing_is() -> None:
    rankings = rank_by_distance(
        np.array([[0, 2, 2, 3], [3, 4, 5, 6]]), np.array([[1, 0, 2, 1], [1, 1, 1, 1]]), 8
    )
    np.testing.assert_allclose(precision_within(rankings, 2), [2 / 3, 0.0])
    np.testing.assert_array_equal(nothing_within(rankings, 2), [False, True])
    np.testing.assert_allclose(precision_within(rankings, 3), [3 / 4, 1.0])


def test_precision_and_recall_are_exact_inside_ties() -> None:
    rankings = rank_by_distance(np.array([[0, 1, 1, 1, 5]]), np.array([[1, 1, 0, 0, 2]]), 8)
    precision, recall = precision_and_recall(rankings, np.array([1, 2, 4, 5]))
    np.testing.assert_allclose(precision, [[1, (1 + 1 / 3) / 2, 2 / 4, 3 / 5]])
    np.testing.assert_allclose(recall, [[1 / 3, (1 + 1 / 3) / 3, 2 / 3, 1]])
    for rank in (1, 2, 4, 5):
        np.testing.assert_allclose(
            precision_and_recall(rankings, np.array([rank]))[0][:, 0], precision_at(rankings, rank)
        )


def _random_case(seed: int) -> tuple[Integers, Integers]:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 17, (12, 90)), generator.integers(0, 3, (12, 90))


def _ten(rankings: TiedRankings) -> NDArray[np.float64]:
    return np.concatenate([_figures(rankings, 10), ndcg(rankings)[None]])


def test_the_order_of_the_items_does_not_matter() -> None:
    distances, levels = _random_case(1)
    shuffled = np.random.default_rng(2).permutation(90)
    np.testing.assert_allclose(
        _ten(rank_by_distance(distances[:, shuffled], levels[:, shuffled], 16)),
        _ten(rank_by_distance(distances, levels, 16)),
        rtol=1e-12,
    )


def test_distances_and_scores_agree() -> None:
    distances, levels = _random_case(3)
    np.testing.assert_allclose(
        _ten(rank_by_score(1.0 - distances / 16, levels)),
        _ten(rank_by_distance(distances, levels, 16)),
        rtol=1e-12,
    )


def test_permuting_complementing_or_padding_bits_everywhere_does_not_matter() -> None:
    generator = np.random.default_rng(4)
    bits = generator.integers(0, 2, (30, 24)).astype(bool)
    levels = generator.integers(0, 3, (12, 30))
    changed = bits[:, generator.permutation(24)]
    changed[:, 7] = ~changed[:, 7]
    padded = np.hstack([changed, np.zeros((30, 8), dtype=bool), np.ones((30, 8), dtype=bool)])

    def figures(some_bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        codes = pack(some_bits - 0.5)
        return _ten(rank_codes(codes[:12], codes, levels))

    expected = figures(bits)
    np.testing.assert_array_equal(figures(changed), expected)
    np.testing.assert_allclose(figures(padded), expected, rtol=1e-12)


def test_outputs_of_exactly_zero_are_unset_bits_and_tie_like_them() -> None:
    outputs = np.zeros((3, 16), dtype=np.float32)
    outputs[1] = -1.0
    outputs[2, 0] = 1.0
    codes = pack(outputs)
    rankings = rank_codes(codes[:1], codes, np.array([[1, 1, 0]]))
    assert rankings.items[0, :3].tolist() == [2, 1, 0]
    assert average_precision(rankings)[0] == pytest.approx(1.0)


def test_excluded_items_are_as_good_as_absent() -> None:
    distances, levels = _random_case(6)
    excluded = np.zeros(levels.shape, dtype=bool)
    excluded[:, 20:40] = True
    rest = ~excluded[0]
    scores = -distances.astype(np.float64)
    absent = _ten(rank_by_distance(distances[:, rest], levels[:, rest], 16))
    for rankings in (
        rank_by_distance(distances, levels, 16, excluded),
        rank_by_score(scores, levels, excluded),
    ):
        np.testing.assert_allclose(_ten(rankings), absent, rtol=1e-12)


def test_each_query_is_judged_by_itself() -> None:
    distances, levels = _random_case(7)
    levels[4] = 0
    together = _ten(rank_by_distance(distances, levels, 16))
    for query in range(len(distances)):
        alone = rank_by_distance(distances[query : query + 1], levels[query : query + 1], 16)
        np.testing.assert_allclose(together[:, query], _ten(alone)[:, 0], rtol=1e-12)


def test_a_query_without_relevant_items_has_no_average_precision() -> None:
    rankings = _ranked([0, 1, 1], [0, 0, 0])
    assert np.isnan(average_precision(rankings)[0])
    assert np.isnan(average_precision(rankings, 2)[0])
    assert np.isnan(average_precision_of_found(rankings, 2)[0])
    assert np.isnan(weighted_average_precision(rankings)[0])
    assert np.isnan(weighted_average_precision(rankings, 2)[0])
    assert np.isnan(precision_and_recall(rankings, np.array([1, 3]))[1]).all()
    assert np.isnan(ndcg(rankings, 2)[0])
    assert precision_at(rankings, 2)[0] == 0.0


def test_a_perfect_ranking_scores_one() -> None:
    rankings = _ranked([0, 0, 1, 2, 2, 2], [2, 2, 1, 0, 0, 0])
    assert average_precision(rankings)[0] == pytest.approx(1.0)
    assert average_precision(rankings, 2)[0] == pytest.approx(1.0)
    assert precision_at(rankings, 3)[0] == pytest.approx(1.0)
    assert ndcg(rankings)[0] == pytest.approx(1.0)


def test_the_last_item_counts() -> None:
    # A cut-off of -1 used as a slice drops it silently; without a cut-off it must be there.
    assert average_precision(_ranked([0, 1], [0, 1]))[0] == pytest.approx(0.5)
    assert average_precision(_ranked([0, 1], [0, 1]), 99)[0] == pytest.approx(0.5)


def test_arguments_are_left_as_they_were() -> None:
    distances, levels = _random_case(8)
    excluded = levels == 2
    before = distances.copy(), levels.copy(), excluded.copy()
    _ten(rank_by_distance(distances, levels, 16, excluded))
    _ten(rank_by_score(distances / 7.0, levels, excluded))
    for array, copy in zip((distances, levels, excluded), before, strict=True):
        np.testing.assert_array_equal(array, copy)
