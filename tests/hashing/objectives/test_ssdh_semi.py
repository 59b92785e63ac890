"""SSDH, semi-supervised: terms against loops, and what the miners may draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from desktopsearch.hashing.objectives.base import Batch, Outputs
from desktopsearch.hashing.objectives.ssdh_semi import (
    SemiSupervisedHashing,
    Triplets,
    aligned,
    binary_cross_entropy,
    contrast,
    cross_entropy,
    familiar,
    graph_triplets,
    label_triplets,
    of_classes,
    pair_margin,
    pseudo_triplets,
    rank_margin,
    ranking,
    squared_errors,
)
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    one_hot,
    random_codes,
    terms_of,
)

CODES = random_codes(6, 8)
TRIPLETS = Triplets(torch.tensor([0, 1, 5]), torch.tensor([2, 3, 0]), torch.tensor([4, 5, 1]))
SCORES = torch.from_numpy(np.random.default_rng(1).standard_normal((6, 3)))
LABELS = torch.from_numpy(one_hot([0, 1, 2, 0, 1, 2], 3))
ONES = torch.ones(3, dtype=torch.float64)


def _square(left: list[float], right: list[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))


def test_ranking_by_loops() -> None:
    codes = CODES.tolist()
    total = 0.0
    for anchor, near, far in zip(*(part.tolist() for part in TRIPLETS), strict=True):
        gap = _square(codes[anchor], codes[near]) - _square(codes[anchor], codes[far])
        total += max(0.0, 1.0 + gap)
    assert average(ranking(CODES, TRIPLETS, 1.0)) == pytest.approx(total / (2 * 3))
    check_gradient(lambda codes: ranking(codes, TRIPLETS, 1.0), CODES)


def test_contrast_by_loops() -> None:
    codes = CODES.tolist()
    total = 0.0
    for anchor, near, far in zip(*(part.tolist() for part in TRIPLETS), strict=True):
        shortfall = max(0.0, 2.5 - math.sqrt(_square(codes[anchor], codes[far])))
        total += _square(codes[anchor], codes[near]) + shortfall**2
    assert average(contrast(CODES, TRIPLETS, 2.5, 0.1)) == pytest.approx(total / (2 * 3))
    assert contrast(CODES, TRIPLETS, 2.5, 0.1).weight == 0.1
    check_gradient(lambda codes: contrast(codes, TRIPLETS, 2.5, 0.1), CODES)


def test_classification_by_loops() -> None:
    softmax = squares = crossed = 0.0
    for scores, labels in zip(SCORES.tolist(), LABELS.tolist(), strict=True):
        softmax -= scores[labels.index(True)] - math.log(sum(map(math.exp, scores)))
        for score, label in zip(scores, labels, strict=True):
            guess = 1 / (1 + math.exp(-score))
            squares += 0.5 * (guess - label) ** 2
            crossed -= math.log(guess if label else 1 - guess)
    assert average(cross_entropy(SCORES, LABELS, ONES)) == pytest.approx(softmax / 6)
    assert average(squared_errors(SCORES, LABELS)) == pytest.approx(squares / 6)
    assert average(binary_cross_entropy(SCORES, LABELS, ONES)) == pytest.approx(crossed / 6)
    check_gradient(lambda scores: cross_entropy(scores, LABELS, ONES), SCORES)
    check_gradient(lambda scores: squared_errors(scores, LABELS), SCORES)
    check_gradient(lambda scores: binary_cross_entropy(scores, LABELS, ONES), SCORES)


def test_terms_by_hand() -> None:
    codes = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    one = Triplets(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))
    assert average(ranking(codes, one, 1.5)) == pytest.approx(0.5 * (1.5 + 1 - 2))
    assert average(ranking(codes, one, 1.0)) == 0
    expected = 0.5 * (1 + (2.5 - math.sqrt(2)) ** 2)
    assert average(contrast(codes, one, 2.5, 0.1)) == pytest.approx(expected)


def test_equal_codes_have_a_finite_gradient() -> None:
    codes = torch.zeros(3, 4, requires_grad=True)
    one = Triplets(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))
    contrast(codes, one, 2.5, 0.1).values.sum().backward()  # type: ignore[no-untyped-call]
    assert codes.grad is not None
    assert torch.isfinite(codes.grad).all()


def test_label_triplets_are_what_they_say() -> None:
    generator = np.random.default_rng(0)
    labels = torch.from_numpy(generator.random((60, 6)) < 0.25)
    drawn = 0
    for _ in range(20):
        for anchor, near, far in zip(*label_triplets(labels, generator), strict=True):
            drawn += 1
            assert anchor != near
            assert (labels[anchor] & labels[near]).any()
            assert labels[far].any()
            assert not (labels[anchor] & labels[far]).any()
            assert not (labels[near] & labels[far]).any()
    assert drawn > 500


def test_the_graph_knows_near_and_far() -> None:
    generator = np.random.default_rng(0)
    features = torch.from_numpy(generator.standard_normal((128, 5)))
    distances = torch.cdist(features, features)
    ranks = distances.argsort(dim=1).argsort(dim=1)
    near_ranks, far_ranks = set(), set()
    for _ in range(30):
        anchors, near, far = graph_triplets(features, generator)
        assert anchors.tolist() == list(range(128))
        near_ranks |= set(ranks[anchors, near].tolist())
        far_ranks |= set(ranks[anchors, far].tolist())
    assert near_ranks == set(range(1, 9))
    assert far_ranks == set(range(114, 124))


def test_pseudo_pairs_by_their_rules() -> None:
    generator = np.random.default_rng(0)
    labels = torch.from_numpy(generator.random((40, 3)) < 0.4)
    labels[:20] = False
    shares = torch.softmax(torch.from_numpy(generator.standard_normal((40, 3))), dim=1)
    usable = ~labels.any(dim=1)
    usable[0] = False
    seen = 0
    for _ in range(20):
        for anchor, near, far in zip(
            *(part.tolist() for part in pseudo_triplets(shares, labels, usable, generator)),
            strict=True,
        ):
            seen += 1
            yes, no = int(shares[anchor].argmax()), int(shares[anchor].argmin())
            assert usable[anchor]
            assert near != anchor
            for other, wanted, unwanted in ((near, yes, no), (far, no, yes)):
                if labels[other].any():
                    assert labels[other, wanted]
                    assert not labels[other, unwanted]
                else:
                    assert usable[other]
                    assert int(shares[other].argmax()) == wanted
    assert seen > 200


def test_alignment_brings_guesses_to_the_shares_of_labels() -> None:
    shares = torch.tensor([[0.6, 0.4]])
    even = torch.tensor([0.5, 0.5])
    found = aligned(shares, even, torch.tensor([0.8, 0.2]), keep_sums=True)
    expected = torch.tensor([[0.6 * 0.5 / 0.8, 0.4 * 0.5 / 0.2]])
    torch.testing.assert_close(found, expected / expected.sum())
    torch.testing.assert_close(aligned(shares, even, even, keep_sums=True), shares)


def test_strangers_are_told_from_familiar_photos() -> None:
    generator = np.random.default_rng(0)
    centres = np.eye(3, 12) * 5
    features = centres[np.arange(60) % 3] + generator.normal(0, 0.3, (60, 12))
    features[50:] = -5.0
    labels = one_hot([row % 3 if row < 30 else -1 for row in range(60)], 3)
    known = familiar(torch.from_numpy(features).float(), torch.from_numpy(labels))
    assert known[30:50].float().mean() > 0.8
    assert not known[50:].any()


def test_margins_follow_the_papers_table_and_then_the_root() -> None:
    assert [pair_margin(bits) for bits in (12, 24, 32, 48)] == [2.5, 3.0, 3.0, 3.0]
    assert pair_margin(18) == pytest.approx(2.75)
    assert pair_margin(192) == pytest.approx(6.0)


def test_triplets_want_the_papers_margin_only_if_faithful() -> None:
    assert [rank_margin(bits) for bits in (16, 64, 256)] == [2.0, 8.0, 32.0]
    labels = one_hot([0, 0, 1, 1], 2)
    outputs = Outputs(torch.full((4, 64), 0.5), torch.zeros(4, 2))
    for faithful, margin in ((False, 8.0), (True, 1.0)):
        task = make_task(labels, bits=64, faithful=faithful)
        objective = SemiSupervisedHashing(task, np.random.default_rng(0))
        terms = objective.terms(outputs, Batch(torch.arange(4)), 0)
        # Of equal codes each triplet misses the whole margin.
        assert average(terms["ranking"]) == pytest.approx(margin / 2)


def test_classes_come_by_fours() -> None:
    members = [np.arange(0, 30), np.arange(30, 60), np.arange(60, 90), np.arange(90, 92)]
    rows = of_classes(members, 16, np.random.default_rng(0))
    assert len(set(rows.tolist())) == len(rows) == 16
    counts = [int(np.isin(rows, group).sum()) for group in members]
    assert counts[3] in (0, 2)
    assert min(counts[:3]) >= 4
    few = of_classes([np.array([1]), np.array([], dtype=np.int64)], 16, np.random.default_rng(0))
    assert few.tolist() == [1]


def test_batches_are_half_labelled_unless_faithful() -> None:
    labels = one_hot([row % 5 if row < 100 else -1 for row in range(600)], 5)
    mended = SemiSupervisedHashing(make_task(labels), np.random.default_rng(0))
    batches = list(mended.batches())
    assert len(batches) == mended.epoch_steps == 5
    for batch in batches:
        assert len(batch.rows) <= 128
        assert labels[batch.rows.numpy()].any(axis=1).sum() >= 64
    faithful = SemiSupervisedHashing(make_task(labels, faithful=True), np.random.default_rng(0))
    rows = torch.cat([batch.rows for batch in faithful.batches()]).numpy()
    counts = np.bincount(rows)
    assert set(counts[:100].tolist()) == {4}
    assert set(counts[100:].tolist()) == {1}


def test_guesses_are_trusted_only_when_they_are_good_and_sure() -> None:
    labels = one_hot([row % 4 if row < 40 else -1 for row in range(80)], 4)
    task = make_task(labels)
    objective = SemiSupervisedHashing(task, np.random.default_rng(0))
    batch = Batch(torch.arange(80))
    guesses = torch.full((80, 4), -5.0)
    guesses[torch.arange(80), torch.arange(80) % 4] = 5.0
    outputs = Outputs(random_codes(80, 16), guesses)

    def trusted(scores: Outputs) -> int:
        return objective.terms(scores, batch, 0.5)["pseudo"].count

    assert trusted(outputs) == 0
    objective.after_epoch(None, 0.4)
    assert trusted(outputs) == 0
    objective.after_epoch(None, 0.6)
    assert trusted(outputs) > 0
    assert trusted(Outputs(outputs.codes, guesses / 10)) == 0


@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize(
    "classes", [[0], [0, 0, 0, 0], [0, 1, 2], [-1] * 5, [0] * 6 + [-1] * 6, [0, -1]]
)
def test_degenerate_batches_are_finite(classes: list[int], faithful: bool) -> None:
    objective = SemiSupervisedHashing(
        make_task(one_hot(classes, 3), faithful=faithful), np.random.default_rng(0)
    )
    found = terms_of(objective, Batch(torch.arange(len(classes))), 3)
    assert all(math.isfinite(value) for value in found.values())
    if len(set(classes)) == 1:
        assert found["ranking"] == 0
    if classes == [-1] * 5:
        assert found["classification"] == 0


def test_several_labels_are_learned_class_by_class() -> None:
    labels = np.random.default_rng(0).random((30, 3)) < 0.5
    for faithful in (False, True):
        objective = SemiSupervisedHashing(
            make_task(labels, faithful=faithful), np.random.default_rng(0)
        )
        outputs = Outputs(random_codes(30, 16), torch.zeros(30, 3))
        found = average(objective.terms(outputs, Batch(torch.arange(30)), 0)["classification"])
        assert found == pytest.approx(3 * 0.125 if faithful else 3 * math.log(2), rel=0.05)
