"""The metrics against the published test vectors, brute force and what must not matter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import pack, unpack
from desktopsearch.domain.metrics import (
    TiedRankings,
    average_precision,
    ndcg,
    precision_at,
    rank_by_distance,
    rank_by_score,
)

Integers = NDArray[np.int64]

VECTORS = [
    # k, distances, levels, AP, AP@k, NDCG@k
    pytest.param(2, [0, 1, 2, 3], [1, 0, 1, 0], 0.833333, 0.500000, 0.613147, id="T1"),
    pytest.param(2, [2, 2, 2, 2], [1, 0, 0, 1], 0.680556, 0.416667, 0.500000, id="T2"),
    pytest.param(3, [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], 0.670370, 0.398148, 0.539107, id="T3"),
    pytest.param(3, [0, 0, 1, 1, 3], [2, 0, 1, 1, 0], 0.722222, 0.472222, 0.713252, id="T4"),
    pytest.param(3, [0, 1, 1, 4], [0, 0, 0, 3], 0.250000, 0.0, 0.0, id="T5"),
]


def _ranked(distances: Sequence[int], levels: Sequence[int]) -> TiedRankings:
    return rank_by_distance(np.array([distances]), np.array([levels]), max(distances))


@pytest.mark.parametrize(("k", "distances", "levels", "ap", "ap_at_k", "ndcg_at_k"), VECTORS)
@pytest.mark.parametrize("by", ["distance", "score"])
def test_vectors(
    by: str,
    k: int,
    distances: list[int],
    levels: list[int],
    ap: float,
    ap_at_k: float,
    ndcg_at_k: float,
) -> None:
    rankings = (
        _ranked(distances, levels)
        if by == "distance"
        else rank_by_score(-np.array([distances], dtype=np.float32), np.array([levels]))
    )
    assert average_precision(rankings)[0] == pytest.approx(ap, abs=5e-7)
    assert average_precision(rankings, k)[0] == pytest.approx(ap_at_k, abs=5e-7)
    assert ndcg(rankings, k)[0] == pytest.approx(ndcg_at_k, abs=5e-7)


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


def _brute_force(
    distances: Integers, levels: Integers, k: int
) -> tuple[float, float, float, float]:
    """Mean AP, AP@k, precision@k and DCG@k over every order that respects the distances."""
    sums = np.zeros(4)
    orders = 0
    total = int((levels > 0).sum())
    for order in permutations(range(len(distances))):
        if any(distances[a] > distances[b] for a, b in pairwise(order)):
            continue
        found = 0
        orders += 1
        for rank, item in enumerate(order, start=1):
            if levels[item] == 0:
                continue
            found += 1
            sums[0] += found / rank / total
            if rank <= k:
                sums[1] += found / rank / min(total, k)
                sums[2] += 1 / k
                sums[3] += (2.0 ** levels[item] - 1) / np.log2(rank + 1)
    ap, ap_at_k, precision, gain = sums / orders
    return float(ap), float(ap_at_k), float(precision), float(gain)


@pytest.mark.parametrize("seed", range(40))
def test_closed_forms_equal_the_mean_over_all_orders(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(2, 8))
    distances = generator.integers(0, 4, size)
    levels = generator.integers(0, 4, size)
    levels[generator.integers(size)] = 1
    k = int(generator.integers(1, size + 2))
    ap, ap_at_k, precision, gain = _brute_force(distances, levels, k)
    best = np.sort(levels)[::-1][:k]
    ideal = ((2.0**best - 1) / np.log2(np.arange(len(best)) + 2)).sum()
    for rankings in (
        rank_by_distance(distances[None], levels[None], 3),
        rank_by_score(-distances[None] / 7.0, levels[None]),
    ):
        assert average_precision(rankings)[0] == pytest.approx(ap, abs=1e-12)
        assert average_precision(rankings, k)[0] == pytest.approx(ap_at_k, abs=1e-12)
        assert precision_at(rankings, k)[0] == pytest.approx(precision, abs=1e-12)
        assert ndcg(rankings, k)[0] == pytest.approx(gain / ideal, abs=1e-12)


def _random_case(seed: int) -> tuple[Integers, Integers]:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 17, (12, 90)), generator.integers(0, 3, (12, 90))


def _all_figures(rankings: TiedRankings) -> NDArray[np.float64]:
    return np.stack(
        [
            average_precision(rankings),
            average_precision(rankings, 10),
            precision_at(rankings, 10),
            ndcg(rankings, 10),
            ndcg(rankings),
        ]
    )


def test_the_order_of_the_items_does_not_matter() -> None:
    distances, levels = _random_case(1)
    shuffled = np.random.default_rng(2).permutation(90)
    np.testing.assert_allclose(
        _all_figures(rank_by_distance(distances[:, shuffled], levels[:, shuffled], 16)),
        _all_figures(rank_by_distance(distances, levels, 16)),
        rtol=1e-12,
    )


def test_distances_and_scores_agree() -> None:
    distances, levels = _random_case(3)
    np.testing.assert_allclose(
        _all_figures(rank_by_score(1.0 - distances / 16, levels)),
        _all_figures(rank_by_distance(distances, levels, 16)),
        rtol=1e-12,
    )


def test_permuting_or_complementing_bits_everywhere_does_not_matter() -> None:
    generator = np.random.default_rng(4)
    bits = generator.integers(0, 2, (30, 24)).astype(bool)
    _, levels = _random_case(5)
    levels = levels[:, :30]
    changed = bits[:, generator.permutation(24)]
    changed[:, 7] = ~changed[:, 7]

    def figures(some_bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        codes = unpack(pack(some_bits - 0.5))
        distances = (codes[:12, None] != codes[None]).sum(axis=2)
        return _all_figures(rank_by_distance(distances, levels, 24))

    np.testing.assert_array_equal(figures(changed), figures(bits))


def test_excluded_items_are_as_good_as_absent() -> None:
    distances, levels = _random_case(6)
    excluded = np.zeros(levels.shape, dtype=bool)
    excluded[:, 20:40] = True
    rest = ~excluded[0]
    scores = -distances.astype(np.float64)
    absent = _all_figures(rank_by_distance(distances[:, rest], levels[:, rest], 16))
    for rankings in (
        rank_by_distance(distances, levels, 16, excluded),
        rank_by_score(scores, levels, excluded),
    ):
        np.testing.assert_allclose(_all_figures(rankings), absent, rtol=1e-12)


def test_each_query_is_judged_by_itself() -> None:
    distances, levels = _random_case(7)
    levels[4] = 0
    together = _all_figures(rank_by_distance(distances, levels, 16))
    for query in range(len(distances)):
        alone = rank_by_distance(distances[query : query + 1], levels[query : query + 1], 16)
        np.testing.assert_allclose(together[:, query], _all_figures(alone)[:, 0], rtol=1e-12)


def test_a_query_without_relevant_items_has_no_average_precision() -> None:
    rankings = _ranked([0, 1, 1], [0, 0, 0])
    assert np.isnan(average_precision(rankings)[0])
    assert np.isnan(average_precision(rankings, 2)[0])
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
    _all_figures(rank_by_distance(distances, levels, 16, excluded))
    _all_figures(rank_by_score(distances / 7.0, levels, excluded))
    for array, copy in zip((distances, levels, excluded), before, strict=True):
        np.testing.assert_array_equal(array, copy)
