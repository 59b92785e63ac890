"""SSDH, supervised: each term against the formula written as loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from desktopsearch.hashing.objectives.base import Outputs
from desktopsearch.hashing.objectives.classification import class_weights, cross_entropy
from desktopsearch.hashing.objectives.ssdh_sup import (
    SupervisedSemanticsHashing,
    binary_forcing,
    bit_balance,
    half_firing,
    squared_hinge,
)
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    one_hot,
    random_codes,
    terms_of,
)

CODES = random_codes(7, 8)
SCORES = torch.from_numpy(np.random.default_rng(1).standard_normal((7, 3)))
LABELS = torch.from_numpy(one_hot([0, 1, 2, 0, 1, 1, 2], 3))
WEIGHTS = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)


def test_cross_entropy_by_loops() -> None:
    total = 0.0
    for scores, labels in zip(SCORES.tolist(), LABELS.tolist(), strict=True):
        column = labels.index(True)
        share = math.exp(scores[column]) / sum(math.exp(score) for score in scores)
        total -= WEIGHTS.tolist()[column] * math.log(share)
    assert average(cross_entropy(SCORES, LABELS, WEIGHTS)) == pytest.approx(total / 7)
    check_gradient(lambda scores: cross_entropy(scores, LABELS, WEIGHTS), SCORES)


def test_squared_hinge_by_loops() -> None:
    labels = LABELS.clone()
    labels[0, 2] = True
    total = 0.0
    for scores, row in zip(SCORES.tolist(), labels.tolist(), strict=True):
        for score, label, weight in zip(scores, row, WEIGHTS.tolist(), strict=True):
            sign = 1 if label else -1
            if sign * score < 1:
                total += weight * 0.5 * abs(sign - score) ** 2
    assert average(squared_hinge(SCORES, labels, WEIGHTS)) == pytest.approx(total / 7)
    check_gradient(lambda scores: squared_hinge(scores, labels, WEIGHTS), SCORES)


def test_forcing_firing_and_balance_by_loops() -> None:
    codes = CODES.tolist()
    forcing = -sum((bit - 0.5) ** 2 for code in codes for bit in code) / (2 * 7 * 8)
    firing = sum((sum(code) / 8 - 0.5) ** 2 for code in codes) / (2 * 7)
    columns = list(zip(*codes, strict=True))
    balance = sum((sum(column) / 7 - 0.5) ** 2 for column in columns) / (2 * 8)
    assert average(binary_forcing(CODES)) == pytest.approx(forcing)
    assert average(half_firing(CODES)) == pytest.approx(firing)
    assert average(bit_balance(CODES)) == pytest.approx(balance)
    for term in (binary_forcing, half_firing, bit_balance):
        check_gradient(term, CODES)


def test_values_by_hand() -> None:
    codes = torch.tensor([[0.0, 1.0], [1.0, 1.0]])
    assert average(binary_forcing(codes)) == pytest.approx(-1 / 8)
    assert average(half_firing(codes)) == pytest.approx(0.5 * 0.25 / 2)
    assert average(bit_balance(codes)) == pytest.approx(0.5 * 0.25 / 2)


def test_a_constant_code_satisfies_the_paper_but_not_the_balance() -> None:
    constant = torch.tensor([[0.0, 1.0]] * 4)
    assert average(binary_forcing(constant)) == pytest.approx(-1 / 8)
    assert average(half_firing(constant)) == 0
    assert average(bit_balance(constant)) == pytest.approx(1 / 8)


def test_rare_classes_weigh_more_within_bounds() -> None:
    labels = np.zeros((1_021, 3), dtype=np.bool_)
    labels[:1_000, 0], labels[1_000:1_020, 1], labels[1_020:, 2] = True, True, True
    weights = class_weights(torch.from_numpy(labels)).tolist()
    assert weights[0] < weights[1] < weights[2]
    assert weights[0] == pytest.approx(1 / 3)
    assert weights[2] <= 3


def test_batches_hold_each_labelled_photo_once() -> None:
    labels = one_hot([0, 1, -1, 2] * 50, 3)
    for faithful in (False, True):
        objective = SupervisedSemanticsHashing(
            make_task(labels, faithful=faithful), np.random.default_rng(0)
        )
        batches = list(objective.batches())
        rows = torch.cat([batch.rows for batch in batches]).tolist()
        assert sorted(rows) == np.flatnonzero(labels.any(axis=1)).tolist()
        assert len(batches) == objective.epoch_steps
        assert ("balance" in terms_of(objective, batches[0], 3)) is not faithful


def test_the_forcing_grows_over_the_first_fifth() -> None:
    labels = one_hot([0, 1] * 10, 2)
    objective = SupervisedSemanticsHashing(make_task(labels), np.random.default_rng(0))
    assert terms_of(objective, next(objective.batches()), 2)["binary"] < 0
    outputs = _outputs(20, 2)
    batch = next(objective.batches())
    weights = [objective.terms(outputs, batch, at)["binary"].weight for at in (0, 0.1, 0.2, 0.9)]
    assert weights == pytest.approx([0, 0.5, 1, 1])


def _outputs(count: int, classes: int) -> Outputs:
    return Outputs(random_codes(count, 16), torch.zeros(count, classes))


@pytest.mark.parametrize("classes", [[0], [0, 0, 0], [0, 1]])
def test_degenerate_batches_are_finite(classes: list[int]) -> None:
    objective = SupervisedSemanticsHashing(make_task(one_hot(classes, 2)), np.random.default_rng(0))
    found = terms_of(objective, next(objective.batches()), 2)
    assert all(math.isfinite(value) for value in found.values())
    if len(classes) == 1:
        assert found["balance"] == 0


def test_the_order_of_a_batch_does_not_matter() -> None:
    order = torch.tensor([4, 2, 6, 0, 1, 5, 3])
    for term in (binary_forcing, half_firing, bit_balance):
        assert average(term(CODES[order])) == pytest.approx(average(term(CODES)))
    shuffled = cross_entropy(SCORES[order], LABELS[order], WEIGHTS)
    assert average(shuffled) == pytest.approx(average(cross_entropy(SCORES, LABELS, WEIGHTS)))
