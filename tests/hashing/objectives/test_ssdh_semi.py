"""SSDH, semi-supervised: terms against loops, and what the miners may draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.hashing.objectives.base import Batch, Outputs, Term, squared_distances
from desktopsearch.hashing.objectives.classification import cross_entropy
from desktopsearch.hashing.objectives.ssdh_semi import (
    FEWEST_STEPS,
    SemiSupervisedHashing,
    binary_cross_entropy,
    contrast,
    pair_margin,
    rank_margin,
    ranking,
    squared_errors,
    trusted_accuracy,
)
from desktopsearch.hashing.objectives.ssdh_semi_mining import Triplets, stranger_triplets
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from tests.hashing.objectives.checks import (
    average,
    check_gradient,
    make_task,
    one_hot,
    random_codes,
    terms_of,
)
from tests.hashing.training.made_up import photos

CODES = random_codes(6, 8)
DISTANCES = squared_distances(CODES)
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
    assert average(ranking(DISTANCES, TRIPLETS, 1.0)) == pytest.approx(total / (2 * 3))
    check_gradient(lambda codes: ranking(squared_distances(codes), TRIPLETS, 1.0), CODES)


def test_contrast_by_loops() -> None:
    codes = CODES.tolist()
    total = 0.0
    for anchor, near, far in zip(*(part.tolist() for part in TRIPLETS), strict=True):
        shortfall = max(0.0, 2.5 - math.sqrt(_square(codes[anchor], codes[far])))
        total += _square(codes[anchor], codes[near]) + shortfall**2
    assert average(contrast(DISTANCES, TRIPLETS, 2.5, 0.1)) == pytest.approx(total / (2 * 3))
    assert contrast(DISTANCES, TRIPLETS, 2.5, 0.1).weight == 0.1
    check_gradient(lambda codes: contrast(squared_distances(codes), TRIPLETS, 2.5, 0.1), CODES)


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
    distances = squared_distances(torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))
    one = Triplets(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))
    assert average(ranking(distances, one, 1.5)) == pytest.approx(0.5 * (1.5 + 1 - 2))
    assert average(ranking(distances, one, 1.0)) == 0
    expected = 0.5 * (1 + (2.5 - math.sqrt(2)) ** 2)
    assert average(contrast(distances, one, 2.5, 0.1)) == pytest.approx(expected)


def test_strangers_are_farther_than_those_who_share_a_label() -> None:
    labels = torch.from_numpy(one_hot([0, 0, 0, 1, 1, 1, 1, 1], 2)).bool()
    labels[4:] = False
    strangers = torch.tensor([False] * 5 + [True, False, True])
    drawn = [
        (int(anchor), int(near), int(far))
        for seed in range(20)
        for anchor, near, far in zip(
            *stranger_triplets(labels, strangers, np.random.default_rng(seed)), strict=True
        )
    ]
    assert {anchor for anchor, _, _ in drawn} == {0, 1, 2}, "the only one of its class has no near"
    assert all(near in {0, 1, 2} - {anchor} for anchor, near, _ in drawn)
    assert {far for _, _, far in drawn} == {5, 7}
    none = stranger_triplets(labels, torch.zeros(8, dtype=torch.bool), np.random.default_rng(0))
    assert not len(none.anchors)


def test_what_no_album_means_is_kept_out_of_what_is_looked_for() -> None:
    # Forty kinds of photos, two of which are in albums.
    everything = photos(1_600, 40, 0, noise=1.5)
    kinds = np.arange(1_600) % 40
    labels = np.stack([kinds == 0, kinds == 1], axis=1)
    labels[600:] = False
    training = TrainingSet(everything.embeddings, labels, everything.groups)

    def found(objective: str) -> float:
        *_, last = train_head(training, TrainingPlan(objective, 32, seed=0, epochs=12))
        assert last.layer is not None
        codes = last.layer.codes(everything.embeddings)
        asked = [row for row in range(600, 1_600) if kinds[row] < 2]
        shares = []
        for row in asked:
            order = np.argsort(hamming_distances(codes[row], codes), kind="stable")
            shares.append((kinds[order[order != row][:20]] == kinds[row]).mean())
        return float(np.mean(shares))

    assert found("ssdh_semi") > found("ssdh_sup") + 0.1


def test_equal_codes_have_a_finite_gradient() -> None:
    codes = torch.zeros(3, 4, requires_grad=True)
    one = Triplets(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))
    contrast(squared_distances(codes), one, 2.5, 0.1).values.sum().backward()  # type: ignore[no-untyped-call]
    assert codes.grad is not None
    assert torch.isfinite(codes.grad).all()


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
    # Of two equal classes none can be guessed twice as well as by chance.
    assert [trusted_accuracy(chance) for chance in (0.1, 0.25, 0.5)] == [0.2, 0.5, 0.75]


def test_sure_guesses_do_not_count_for_photos_that_hardly_belong_to_any_class() -> None:
    labels = one_hot([row % 2 if row < 20 else -1 for row in range(100)], 2)
    guesses = 12 * torch.eye(2)[torch.arange(100) % 2] - 6
    outputs, batch = Outputs(random_codes(100, 16), guesses), Batch(torch.arange(100))

    def terms_if(likely: Sequence[float]) -> dict[str, Term]:
        belonging = torch.tensor([1.0] * 20 + [*likely])
        task = replace(make_task(labels), belonging=belonging)
        objective = SemiSupervisedHashing(task, np.random.default_rng(0))
        objective.after_epoch(None, 1.0)
        return objective.terms(outputs, batch, 0.5)

    everything, half, none = terms_if([1] * 80), terms_if([1] * 40 + [0] * 40), terms_if([0.8] * 80)
    assert [terms["pseudo"].count for terms in (everything, half, none)] == [80, 40, 0]
    assert [terms["strangers"].count for terms in (everything, half, none)] == [0, 20, 20]
    assert everything["strangers"].weight == 0
    assert half["strangers"].weight == 0.5
    assert 0.05 < none["strangers"].weight < 0.4


def test_the_fewer_belong_the_fewer_steps_are_taken() -> None:
    labels = one_hot([row % 2 if row < 20 else -1 for row in range(40)], 2)

    def steps(likely: float) -> int:
        task = replace(make_task(labels), belonging=torch.tensor([1.0] * 20 + [likely] * 20))
        return SemiSupervisedHashing(task, np.random.default_rng(0)).steps

    whole = SemiSupervisedHashing.schedule.steps
    assert steps(1.0) == whole
    assert steps(0.6) == pytest.approx(0.6 * whole, abs=1)
    assert steps(0.0) == steps(0.2) == pytest.approx(FEWEST_STEPS * whole, abs=1)
    task = replace(make_task(labels[:20]), belonging=torch.ones(20))
    assert SemiSupervisedHashing(task, np.random.default_rng(0)).steps == whole


def test_a_photo_is_a_stranger_as_often_as_it_likely_belongs_to_none() -> None:
    labels = one_hot([row % 2 if row < 20 else -1 for row in range(22)], 2)
    belonging = torch.tensor([1.0] * 20 + [0.75, 1.0])
    objective = SemiSupervisedHashing(
        replace(make_task(labels), belonging=belonging), np.random.default_rng(0)
    )
    outputs = Outputs(random_codes(22, 16), torch.zeros(22, 2))
    counts = [
        objective.terms(outputs, Batch(torch.arange(22)), 0.5)["strangers"].count
        for _ in range(200)
    ]
    assert set(counts) == {0, 20}
    assert np.mean(counts) / 20 == pytest.approx(0.25, abs=0.1)


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


def test_the_order_of_a_batch_does_not_matter() -> None:
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    places = order.argsort()
    turned = Triplets(*(places[part].flip(0) for part in TRIPLETS))
    for term in (ranking, lambda among, found, margin: contrast(among, found, margin, 0.1)):
        straight = average(term(DISTANCES, TRIPLETS, 2.5))
        found = average(term(squared_distances(CODES[order]), turned, 2.5))
        assert found == pytest.approx(straight)
    shuffled = cross_entropy(SCORES[order], LABELS[order], ONES)
    assert average(shuffled) == pytest.approx(average(cross_entropy(SCORES, LABELS, ONES)))
