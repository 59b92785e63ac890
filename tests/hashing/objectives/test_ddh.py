"""DDH: terms and the graph of alike photos against loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.hashing.objectives.base import Outputs
from desktopsearch.hashing.objectives.ddh import (
    DeepDiscreteHashing,
    alike_pairs,
    graph_sizes,
    nearest_rows,
    pairs,
    quantisation,
)
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    random_codes,
    terms_of,
)

CODES = 3 * random_codes(4, 8) - 1.5
BANK = 3 * random_codes(9, 8, 1) - 1.5
ALIKE = torch.from_numpy(np.random.default_rng(2).random((4, 9)) < 0.4)
NO_LABELS = np.zeros((130, 0), dtype=np.bool_)


def test_pairs_by_loops() -> None:
    total = 0.0
    for code, row in zip(CODES.tolist(), ALIKE.tolist(), strict=True):
        for other, alike in zip(BANK.tolist(), row, strict=True):
            inner = sum(a * b for a, b in zip(code, other, strict=True)) / 8
            total += (1.0 if alike else 0.25) * (inner - (1 if alike else -1)) ** 2
    assert average(pairs(CODES, BANK, ALIKE, 0.25)) == pytest.approx(total / 36)
    check_gradient(lambda codes: pairs(codes, BANK, ALIKE, 0.25), CODES)


def test_quantisation_by_loops() -> None:
    total = sum((bit - (1 if bit > 0 else -1)) ** 2 for code in CODES.tolist() for bit in code)
    found = quantisation(CODES, 9, 15.0)
    assert average(found) == pytest.approx(total / 36)
    assert found.weight == 15.0
    check_gradient(lambda codes: quantisation(codes, 9, 15.0), CODES)


def test_terms_by_hand() -> None:
    codes, bank = torch.tensor([[1.0, -0.5]]), torch.tensor([[1.0, 1.0], [-1.0, 1.0]])
    found = pairs(codes, bank, torch.tensor([[True, False]]), 1.0)
    assert average(found) == pytest.approx(((0.25 - 1) ** 2 + (-0.75 + 1) ** 2) / 2)
    assert average(quantisation(codes, 2, 1.0)) == pytest.approx(0.25 / 2)


def _graph_by_loops(features: NDArray[np.float32], nearest: int, most: int) -> NDArray[np.bool_]:
    count = len(features)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    scores = unit @ unit.T
    near = [
        {row} | set(sorted(range(count), key=lambda j: (j == row, -scores[row, j]))[:nearest])
        for row in range(count)
    ]
    alike = np.eye(count, dtype=np.bool_)
    for row in range(count):
        overlaps = [len(near[row] & near[other]) for other in range(count)]
        for other in sorted(range(count), key=lambda j: (-overlaps[j], j))[:most]:
            if overlaps[other]:
                for member in near[other]:
                    alike[row, member] = alike[member, row] = True
    return alike


@pytest.mark.parametrize(("nearest", "most"), [(3, 2), (5, 5), (2, 9)])
def test_the_graph_by_loops(nearest: int, most: int) -> None:
    features = make_task(NO_LABELS[:43]).features
    packed = alike_pairs(nearest_rows(features, nearest), most)
    found = np.unpackbits(packed, axis=1, count=43).astype(np.bool_)
    np.testing.assert_array_equal(found, _graph_by_loops(features.numpy(), nearest, most))
    np.testing.assert_array_equal(found, found.T)


def test_neighbourhoods_start_with_the_photo_itself() -> None:
    features = make_task(NO_LABELS).features
    features[5] = features[4]
    near = nearest_rows(features, 4)
    assert near.shape == (130, 5)
    assert near[:, 0].tolist() == list(range(130))
    assert nearest_rows(features[:2], 4).shape == (2, 2)


def test_the_graph_of_clusters_is_pure() -> None:
    generator = np.random.default_rng(0)
    owner = np.arange(200) % 4
    features = np.eye(4, 10)[owner] * 6 + generator.standard_normal((200, 10))
    packed = alike_pairs(nearest_rows(torch.from_numpy(features), 5), 5)
    found = np.unpackbits(packed, axis=1, count=200).astype(np.bool_)
    assert (owner[:, None] == owner[None])[found].mean() > 0.95


def test_sizes_and_weights_follow_the_set_unless_faithful() -> None:
    assert [graph_sizes(count) for count in (100, 5_000, 20_000)] == [(5, 5), (15, 15), (20, 20)]
    outputs = Outputs(3 * random_codes(44, 16) - 1.5)
    for faithful, weight in ((False, 15 * 130 / 10_000), (True, 15.0)):
        objective = DeepDiscreteHashing(
            make_task(NO_LABELS, faithful=faithful), np.random.default_rng(0)
        )
        batches = list(objective.batches())
        assert len(batches) == objective.epoch_steps == 3
        terms = objective.terms(outputs, batches[0], 0)
        assert terms["quantisation"].weight == pytest.approx(weight)
        assert terms["pairs"].count == 44 * 130


def test_the_bank_is_filled_by_the_whole_or_as_photos_are_visited() -> None:
    everything = 3 * random_codes(130, 16).float() - 1.5
    found = {}
    for faithful in (False, True):
        objective = DeepDiscreteHashing(
            make_task(NO_LABELS, faithful=faithful), np.random.default_rng(0)
        )
        objective.after_epoch(everything, None)
        batch = next(objective.batches())
        terms = objective.terms(Outputs(everything[batch.rows]), batch, 0)
        found[faithful] = terms["pairs"].values
    # Against a row of zeros every target of one or minus one is missed by one.
    assert (found[True] == 1).float().mean() > 0.5
    assert (found[False] == 1).float().mean() < 0.1


@pytest.mark.parametrize("count", [1, 2, 60])
@pytest.mark.parametrize("faithful", [False, True])
def test_degenerate_sets_are_finite(count: int, faithful: bool) -> None:
    objective = DeepDiscreteHashing(
        make_task(NO_LABELS[:count], faithful=faithful), np.random.default_rng(0)
    )
    found = terms_of(objective, next(objective.batches()), 0)
    assert all(math.isfinite(value) for value in found.values())


def test_the_order_of_a_batch_does_not_matter() -> None:
    order = torch.tensor([3, 1, 0, 2])
    straight, turned = pairs(CODES, BANK, ALIKE, 0.5), pairs(CODES[order], BANK, ALIKE[order], 0.5)
    assert average(turned) == pytest.approx(average(straight))
