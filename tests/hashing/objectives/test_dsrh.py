"""DSRH: weighted triplets against loops, and the lists that they are drawn from."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from desktopsearch.hashing.objectives.dsrh import (
    DeepSemanticRanking,
    margin,
    query_balance,
    query_repeats,
    ranking_lists,
    usual_size,
    weighted_triplets,
)
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    one_hot,
    random_codes,
    terms_of,
)

CODES = 2 * random_codes(6, 8) - 1
TRIPLETS = torch.tensor([[0, 1, 2], [0, 1, 3], [4, 5, 2]])
WEIGHTS = torch.tensor([0.3, 1.2, 0.7], dtype=torch.float64)


def _distance(left: list[float], right: list[float]) -> float:
    return 0.5 * (len(left) - sum(a * b for a, b in zip(left, right, strict=True)))


def test_weighted_triplets_by_loops() -> None:
    codes = CODES.tolist()
    total = 0.0
    for (query, near, far), weight in zip(TRIPLETS.tolist(), WEIGHTS.tolist(), strict=True):
        gap = _distance(codes[query], codes[near]) - _distance(codes[query], codes[far])
        total += weight * max(0.0, gap + 2.0)
    # Two queries share the three triplets.
    found = weighted_triplets(CODES, TRIPLETS, WEIGHTS, 2.0)
    assert average(found) == pytest.approx(total / 2)
    check_gradient(lambda codes: weighted_triplets(codes, TRIPLETS, WEIGHTS, 2.0), CODES)


def test_balance_by_loops() -> None:
    columns = list(zip(*CODES.tolist(), strict=True))
    expected = 0.5 * sum((sum(column) / 6) ** 2 for column in columns)
    assert average(query_balance(CODES)) == pytest.approx(expected)
    check_gradient(query_balance, CODES)


def test_a_triplet_by_hand() -> None:
    codes = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, -1], [-1, -1, 1, 1]])
    one = torch.tensor([[0, 1, 2]])
    # One bit to the nearer, two to the farther: two more are wanted, one of them is missing.
    assert average(weighted_triplets(codes, one, torch.tensor([0.5]), 2.0)) == pytest.approx(0.5)


def test_lists_and_weights_follow_the_levels() -> None:
    generator = np.random.default_rng(0)
    labels = generator.random((50, 5)) < 0.4
    labels[40:] = False
    pool = np.flatnonzero(labels.any(axis=1))
    queries = torch.from_numpy(pool[:20])
    levels = labels.astype(int) @ labels.astype(int).T
    kinds = set()
    for _ in range(10):
        batch = ranking_lists(
            queries, torch.from_numpy(pool), torch.from_numpy(labels).float(), generator
        )
        assert batch.triplets is not None
        assert batch.triplet_weights is not None
        rows = batch.rows.tolist()
        by_query: dict[int, list[tuple[int, int, float]]] = {}
        for (place, near, far), weight in zip(
            batch.triplets.tolist(), batch.triplet_weights.tolist(), strict=True
        ):
            query, near_row, far_row = rows[place], rows[near], rows[far]
            assert query not in (near_row, far_row)
            assert labels[near_row].any()
            assert labels[far_row].any()
            r_near, r_far = levels[query, near_row], levels[query, far_row]
            assert r_near > r_far
            by_query.setdefault(place, []).append((r_near, r_far, weight))
        for place, found in by_query.items():
            query = rows[place]
            others = [int(levels[query, row]) for row in pool if row != query]
            assert max(r_near for r_near, _, _ in found) == max(others)
            listed = sorted({level for r_near, r_far, _ in found for level in (r_near, r_far)})
            gains = [2.0**level - 1 for level in listed if level][::-1]
            ideal = sum(gain / math.log(2 + place) for place, gain in enumerate(gains))
            kinds.add(len(found))
            for r_near, r_far, weight in found:
                assert weight == pytest.approx((2.0**r_near - 2.0**r_far) / ideal, rel=1e-5)
    assert kinds >= {3}


def test_single_labels_give_one_triplet_of_weight_ln_2() -> None:
    labels = torch.from_numpy(one_hot([0, 0, 1, 1], 2)).float()
    batch = ranking_lists(torch.arange(4), torch.arange(4), labels, np.random.default_rng(0))
    assert batch.triplets is not None
    assert batch.triplet_weights is not None
    assert batch.triplets[:, 0].tolist() == [0, 1, 2, 3]
    assert batch.rows[batch.triplets[:, 1]].tolist() == [1, 0, 3, 2]
    assert batch.triplet_weights.tolist() == pytest.approx([math.log(2)] * 4)


def test_margin_grows_with_the_code() -> None:
    assert [margin(bits) for bits in (16, 64, 256)] == [2.0, 5.0, 20.0]


def test_rare_classes_are_queried_more() -> None:
    labels = one_hot([0] * 90 + [1] * 9, 2)
    sizes = labels.sum(axis=0)
    repeats = query_repeats(labels, sizes, 100)
    assert repeats.tolist() == [2.0] * 90 + [12.0] * 9
    assert usual_size(np.array([10, 10, 10, 500, 0])) == pytest.approx(30)
    objective = DeepSemanticRanking(make_task(labels), np.random.default_rng(0))
    rows = torch.cat([batch.rows[: len(batch.rows) // 4] for batch in objective.batches()])
    assert len(rows) == 99
    assert (rows >= 90).sum() > 20


def test_unlabelled_photos_are_never_drawn() -> None:
    labels = one_hot([row % 3 if row < 30 else -1 for row in range(90)], 3)
    objective = DeepSemanticRanking(make_task(labels), np.random.default_rng(0))
    batches = list(objective.batches())
    assert len(batches) == objective.epoch_steps
    for batch in batches:
        assert batch.triplets is not None
        assert (batch.rows[batch.triplets] < 30).all()


@pytest.mark.parametrize("classes", [[0], [0, 0, 0], [0, 1], [0, 0, 1], [-1, 0]])
def test_degenerate_batches_are_finite(classes: list[int]) -> None:
    objective = DeepSemanticRanking(make_task(one_hot(classes, 2)), np.random.default_rng(0))
    found = terms_of(objective, next(objective.batches()), 2)
    assert all(math.isfinite(value) for value in found.values())
    if classes != [0, 0, 1]:
        assert found == {"ranking": 0, "balance": 0}


def test_the_order_of_photos_and_triplets_does_not_matter() -> None:
    order, photos = torch.tensor([2, 0, 1]), torch.tensor([4, 2, 0, 5, 1, 3])
    triplets = photos.argsort()[TRIPLETS[order]]
    turned = weighted_triplets(CODES[photos], triplets, WEIGHTS[order], 2.0)
    straight = weighted_triplets(CODES, TRIPLETS, WEIGHTS, 2.0)
    assert average(turned) == pytest.approx(average(straight))
    assert average(query_balance(CODES[photos])) == pytest.approx(average(query_balance(CODES)))
