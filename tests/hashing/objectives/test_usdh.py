"""USDH, the reconstruction: each term against loops."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from desktopsearch.hashing.objectives.base import Outputs
from desktopsearch.hashing.objectives.usdh import (
    UnsupervisedSemanticHashing,
    cosine_bounds,
    entropy,
    quantisation,
    rotation,
    scaled_cosines,
    semantic,
)
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    random_codes,
    terms_of,
)

CODES = 2 * random_codes(5, 8) - 1
TARGET = torch.from_numpy(np.random.default_rng(2).uniform(-1, 1, (5, 5)))
NO_LABELS = np.zeros((300, 0), dtype=np.bool_)


def test_semantic_by_loops() -> None:
    codes, total = CODES.tolist(), 0.0
    for i in range(5):
        for j in range(5):
            if i != j:
                inner = sum(a * b for a, b in zip(codes[i], codes[j], strict=True))
                total += (inner / 8 - float(TARGET[i, j])) ** 2
    assert average(semantic(CODES, TARGET)) == pytest.approx(total / 20)
    check_gradient(lambda codes: semantic(codes, TARGET), CODES)


def test_quantisation_by_loops() -> None:
    total = sum((bit - (1 if bit > 0 else -1)) ** 2 for code in CODES.tolist() for bit in code)
    assert average(quantisation(CODES)) == pytest.approx(total / 40)
    check_gradient(quantisation, CODES)


def test_entropy_by_loops() -> None:
    total = 0.0
    for column in zip(*CODES.tolist(), strict=True):
        share = (sum(column) / 5 + 1) / 2
        total += share * math.log(share) + (1 - share) * math.log(1 - share)
    assert average(entropy(CODES)) == pytest.approx(total / 8 / math.log(2))
    check_gradient(entropy, CODES)


def test_rotation_by_loops() -> None:
    views = 2 * torch.stack([random_codes(5, 8, seed) for seed in (4, 5, 6)]) - 1
    weights = torch.tensor([1.0, 0.6, 0.1], dtype=torch.float64)
    total = 0.0
    for view, weight in zip(views.tolist(), weights.tolist(), strict=True):
        for turned, upright in zip(view, CODES.tolist(), strict=True):
            for a, b in zip(turned, upright, strict=True):
                total += weight * (a - b) ** 2
    assert average(rotation(views, CODES, weights)) == pytest.approx(total / 40)
    check_gradient(lambda codes: rotation(views, codes, weights), CODES)
    check_gradient(lambda turned: rotation(turned, CODES, weights), views)


def test_values_by_hand() -> None:
    codes = torch.tensor([[0.5, -0.5], [0.5, 0.5]])
    assert average(quantisation(codes)) == pytest.approx(0.25)
    # Bit 0 is set in three quarters, bit 1 in half of the batch.
    expected = -0.5 * (1 + 2 - 0.75 * math.log2(3))
    assert average(entropy(codes)) == pytest.approx(expected)
    assert average(semantic(codes, torch.zeros(2, 2))) == 0
    assert average(semantic(codes, torch.ones(2, 2))) == 1


def test_targets_are_stretched_between_the_percentiles() -> None:
    cosines = torch.tensor([-1.0, 0.1, 0.2, 0.3, 1.0])
    found = scaled_cosines(cosines, 0.1, 0.3)
    torch.testing.assert_close(found, torch.tensor([-1.0, -1.0, 0.0, 1.0, 1.0]))
    assert torch.isfinite(scaled_cosines(cosines, 0.2, 0.2)).all()


def test_batches_know_which_photos_were_turned() -> None:
    task = replace(
        make_task(NO_LABELS), rotated=np.array([7, 200, 3]), angles=np.array([-5.0, 5.0])
    )
    objective = UnsupervisedSemanticHashing(task, np.random.default_rng(0))
    batches = list(objective.batches())
    assert len(batches) == objective.epoch_steps == 3
    assert sorted(torch.cat([batch.rows for batch in batches]).tolist()) == list(range(300))
    seen: dict[int, int] = {}
    for batch in batches:
        assert batch.views is not None
        assert batch.view_positions is not None
        seen.update(
            zip(batch.views.tolist(), batch.rows[batch.view_positions].tolist(), strict=True)
        )
        codes = 2 * random_codes(len(batch.rows), 16) - 1
        same = codes[batch.view_positions].repeat(2, 1, 1)
        found = objective.terms(Outputs(codes, views=same), batch, 0)["rotation"]
        assert average(found) == 0
        if len(batch.views):
            other = objective.terms(Outputs(codes, views=same + 1), batch, 0)["rotation"]
            assert average(other) == pytest.approx(2 * math.exp(-0.5))
    assert seen == {0: 7, 1: 200, 2: 3}


@pytest.mark.parametrize("count", [1, 2, 70])
def test_degenerate_batches_are_finite(count: int) -> None:
    objective = UnsupervisedSemanticHashing(make_task(NO_LABELS[:count]), np.random.default_rng(0))
    found = terms_of(objective, next(objective.batches()), 0)
    assert all(math.isfinite(value) for value in found.values())
    assert found["rotation"] == 0
    if count == 1:
        assert found["semantic"] == found["entropy"] == 0


def test_bounds_are_percentiles_of_all_pairs() -> None:
    features = torch.nn.functional.normalize(make_task(NO_LABELS[:40]).features)
    values = [float(features[i] @ features[j]) for i in range(40) for j in range(i)]
    found = cosine_bounds(features, np.random.default_rng(0))
    assert found == pytest.approx(tuple(np.percentile(values, [1, 99.9])), abs=1e-6)


def test_the_order_of_a_batch_does_not_matter() -> None:
    order = torch.tensor([3, 1, 4, 0, 2])
    for term in (quantisation, entropy):
        assert average(term(CODES[order])) == pytest.approx(average(term(CODES)))
    turned = semantic(CODES[order], TARGET[order][:, order])
    assert average(turned) == pytest.approx(average(semantic(CODES, TARGET)))
