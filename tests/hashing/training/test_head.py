"""Training a hash layer on embeddings: what comes out, for every objective."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.codes import unpack
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.metrics import average_precision
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.rankings import rank_by_score, shared_labels, unit_rows
from desktopsearch.hashing.devices import CPU
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Head, Labels
from desktopsearch.hashing.objectives.registry import OBJECTIVES
from desktopsearch.hashing.training.choice import LARGEST_LOSS
from desktopsearch.hashing.training.features import CachedFeatures
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.loop import Training
from desktopsearch.hashing.training.network import HeadNetwork, Standardisation
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.preparation import Preparation, prepare
from desktopsearch.hashing.training.training_set import Rotations, TrainingSet
from desktopsearch.hashing.training.validation import LabelRanking
from tests.hashing.training.made_up import layer_of, photos

SUPERVISED = [
    name for name, kind in OBJECTIVES.items() if kind.requirements.labels is not Labels.NONE
]
UNSUPERVISED = sorted(set(OBJECTIVES) - set(SUPERVISED))


@cache
def reports(name: str, *, faithful: bool = False) -> list[EpochReport]:
    """Train once for all tests that look at the same run."""
    plan = TrainingPlan(name, 16, faithful=faithful, epochs=6)
    return list(train_head(photos(400, 8, 160, noise=2.0), plan))


@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_training_never_ends_below_its_start(name: str, faithful: bool) -> None:
    found = reports(name, faithful=faithful)
    assert [report.epoch for report in found] == list(range(7))
    figures = [report.validation for report in found if report.validation is not None]
    assert len(figures) == 7
    chosen = found[-1].chosen
    assert chosen is not None
    assert figures[chosen] >= figures[0] - (LARGEST_LOSS if name in UNSUPERVISED else 0)
    assert layer_of(found).bits == 16
    for report in found[1:]:
        assert report.terms
        assert all(np.isfinite(value) for value in report.terms.values())
        assert report.seconds > 0
        assert 0 < report.health.distinct <= 1
        assert 0 < report.health.bit_entropy <= 1
    assert not found[0].terms


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_second_training_learns_from_all_photos_and_ends_where_it_is_told(name: str) -> None:
    everything = photos(200, 4, 80, noise=2.0)
    plan = TrainingPlan(name, 16, epochs=6, every_photo=True, until=3)
    first = prepare(everything, TrainingPlan(name, 16, epochs=6))
    second = prepare(everything, plan)
    assert len(second.rows) == 200 > len(first.rows)
    found = list(train_head(everything, plan))
    assert [report.epoch for report in found] == [0, 1, 2, 3]
    assert {report.epochs for report in found} == {6}
    assert found[-1].chosen == 3
    assert not np.array_equal(layer_of(found).weight, fit_itq(everything.embeddings, 16).weight)


@pytest.mark.parametrize("name", SUPERVISED)
def test_where_every_label_is_learnt_others_tell_how_well_it_finds_and_choose_nothing(
    name: str,
) -> None:
    everything = photos(300, 4, 300, noise=2.0)
    seen, unseen = np.arange(200), np.arange(200, 300)
    taught, judged = everything.subset(seen), everything.subset(unseen)
    plan = TrainingPlan(name, 16, epochs=6, every_photo=True)
    alone = list(train_head(taught, plan))
    assert {report.validation for report in alone} == {None}
    found = list(train_head(taught, plan, judged=judged))
    layer = layer_of(found)
    assert found[-1].chosen == 6
    assert found[-1].validation == LabelRanking(judged.labels, judged.groups)(
        layer.codes(judged.embeddings)
    )
    np.testing.assert_array_equal(layer.weight, layer_of(alone).weight)


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_without_labels_the_latest_epoch_that_keeps_neighbours_is_taken(name: str) -> None:
    found = reports(name)
    before = found[0].validation
    chosen = found[-1].chosen
    assert before is not None
    assert chosen is not None
    assert [report.chosen for report in found[:-1]] == [None] * 6
    good = [
        report.epoch
        for report in found
        if report.validation is not None and report.validation >= before - LARGEST_LOSS
    ]
    # These codes stay sound, so that the figure alone decides.
    assert chosen == good[-1] > 0


@pytest.mark.parametrize("name", SUPERVISED)
def test_labels_help_on_photos_never_seen(name: str) -> None:
    everything = photos(400, 8, 400, noise=2.0)
    unseen = np.arange(160, 400)
    found = list(train_head(photos(400, 8, 160, noise=2.0), TrainingPlan(name, 16)))
    judge = LabelRanking(everything.labels[unseen], everything.groups[unseen])
    taught = judge(layer_of(found).codes(everything.embeddings[unseen]))
    start = judge(fit_itq(everything.embeddings, 16).codes(everything.embeddings[unseen]))
    assert taught is not None
    assert start is not None
    assert taught > start + 0.03


def test_the_epoch_is_chosen_among_photos_that_belong_to_no_class() -> None:
    # Forty kinds of photos, two of which have labels.
    everything = photos(1_600, 40, 0, noise=1.5)
    labels = np.stack([np.arange(1_600) % 40 == kind for kind in (0, 1)], axis=1)
    labels[600:] = False
    among = TrainingSet(everything.embeddings, labels, everything.groups)
    alone = among.subset(np.flatnonzero(among.labelled))
    figures = []
    for training, faithful in ((among, False), (among, True), (alone, False)):
        plan = TrainingPlan("ssdh_sup", 32, epochs=1, faithful=faithful)
        start = next(train_head(training, plan)).validation
        assert start is not None
        figures.append(start)
    with_strangers, faithful_figure, without = figures
    assert with_strangers < min(faithful_figure, without) - 0.3


@pytest.mark.parametrize("name", SUPERVISED)
def test_twenty_photos_are_learned_by_heart(name: str) -> None:
    few = photos(20, 4, 20, noise=1.2)
    judge = LabelRanking(few.labels, few.groups)
    rows = np.arange(20)
    likely = np.ones(20, dtype=np.float32)
    generator = np.random.default_rng(0)
    prepared = Preparation(OBJECTIVES[name], few, few, rows, rows, few, generator, likely)
    training = Training(CachedFeatures(prepared, CPU), prepared, TrainingPlan(name, 16))
    found = list(training.run())
    assert found[0].validation is not None
    assert found[0].validation < 0.9
    assert judge(layer_of(found).codes(few.embeddings)) == pytest.approx(1.0)


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_the_neighbours_of_twenty_photos_are_learned_by_heart(name: str) -> None:
    few = photos(20, 2, 20, noise=0.8)
    vectors = unit_rows(few.embeddings)
    kinds = shared_labels(few.labels, few.labels)
    by_cosine = rank_by_score(vectors @ vectors.T, kinds, np.eye(20, dtype=np.bool_))
    assert average_precision(by_cosine).mean() == pytest.approx(1.0), "neighbours are of a kind"
    judge = LabelRanking(few.labels, few.groups)
    assert (judge(fit_itq(few.embeddings, 16).codes(few.embeddings)) or 1.0) < 0.99
    rows = np.arange(20)
    likely = np.ones(20, dtype=np.float32)
    generator = np.random.default_rng(0)
    prepared = Preparation(OBJECTIVES[name], few, few, rows, rows, few, generator, likely)
    plan = TrainingPlan(name, 16, epochs=60, every_photo=True, until=60)
    found = list(Training(CachedFeatures(prepared, CPU), prepared, plan).run())
    assert judge(layer_of(found).codes(few.embeddings)) == pytest.approx(1.0)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_equal_seeds_give_equal_layers(name: str) -> None:
    plan = TrainingPlan(name, 16, seed=3, epochs=2)
    first, again = (layer_of(list(train_head(photos(300, 6, 120), plan))) for _ in range(2))
    np.testing.assert_array_equal(first.weight, again.weight)
    np.testing.assert_array_equal(first.bias, again.bias)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_trained_layer_survives_its_bytes(name: str) -> None:
    layer = layer_of(reports(name))
    read = HashLayer.from_bytes(layer.to_bytes())
    embeddings = photos(400, 8, 0).embeddings
    np.testing.assert_array_equal(read.codes(embeddings), layer.codes(embeddings))
    assert read.to_bytes() == layer.to_bytes()


def test_what_is_trained_and_what_is_stored_give_the_same_bits() -> None:
    training = photos(500, 5, 0)
    standardisation = Standardisation.of(training.embeddings)
    features = standardisation.apply(training.embeddings)
    start = fit_itq(training.embeddings, 32)
    network = HeadNetwork(start, standardisation, features, 1.5)
    with torch.no_grad():
        logits = network(features)
        assert float(logits.square().mean().sqrt()) == pytest.approx(1.5, rel=1e-4)
        np.testing.assert_array_equal(logits > 0, unpack(start.codes(training.embeddings)))
        network.hash.weight += 0.1 * torch.randn(
            network.hash.weight.shape, generator=torch.Generator().manual_seed(0)
        )
        logits = network(features)
    stored = network.export()
    np.testing.assert_allclose(stored.logits(training.embeddings), logits, atol=1e-4)
    sure = np.abs(logits.numpy()) > 1e-4
    assert sure.mean() > 0.999
    np.testing.assert_array_equal(
        unpack(stored.codes(training.embeddings))[sure], (logits.numpy() > 0)[sure]
    )


def test_classifiers_read_what_the_method_says() -> None:
    training = photos(100, 5, 0)
    standardisation = Standardisation.of(training.embeddings)
    start = fit_itq(training.embeddings, 16)
    for head, width in ((Head.ON_CODE, 16), (Head.ON_FEATURE, 48)):
        features = standardisation.apply(training.embeddings)
        network = HeadNetwork(start, standardisation, features, 1.0)
        network.add_classifier(head, 5, np.random.default_rng(0))
        assert network.classifier is not None
        assert network.classifier.weight.shape == (5, width)


def test_rotations_are_used_by_the_method_that_wants_them() -> None:
    plain = photos(200, 4, 0)
    generator = np.random.default_rng(0)
    indices = generator.permutation(200)[:60]
    noise = generator.normal(0, 0.02, (2, 60, 48))
    turned = (plain.embeddings[indices] + noise).astype(np.float16)
    rotations = Rotations(indices, np.array([-5.0, 5.0]), turned)
    training = TrainingSet(plain.embeddings, plain.labels, plain.groups, rotations)
    found = list(train_head(training, TrainingPlan("usdh", 16, epochs=4)))
    assert 0 < found[-1].terms["rotation"] < found[1].terms["rotation"] * 2
    assert "rotation" not in list(train_head(plain, TrainingPlan("usdh", 16, epochs=1)))[-1].terms
    assert "rotation" not in list(train_head(training, TrainingPlan("ddh", 16, epochs=1)))[-1].terms


@pytest.mark.parametrize("name", SUPERVISED)
def test_photos_may_carry_several_labels(name: str) -> None:
    single = photos(300, 6, 200)
    labels = single.labels | np.roll(single.labels, 1, axis=1)
    training = TrainingSet(single.embeddings, labels, single.groups)
    found = list(train_head(training, TrainingPlan(name, 16, epochs=20)))
    assert found[0].validation is not None
    assert max(report.validation or 0 for report in found[1:]) > found[0].validation


def test_closing_ends_training() -> None:
    running = train_head(photos(200, 4, 100), TrainingPlan("ssdh_sup", 16))
    assert next(running).epoch == 0
    assert next(running).epoch == 1
    running.close()  # type: ignore[attr-defined]
    assert list(running) == []


def refusal(training: TrainingSet, plan: TrainingPlan) -> ProblemCode:
    with pytest.raises(DesktopSearchError) as raised:
        train_head(training, plan)
    return raised.value.code


def test_what_cannot_be_trained_is_refused_at_once() -> None:
    good = photos(100, 4, 50)
    assert refusal(good, TrainingPlan("hashnet", 16)) is ProblemCode.TRAINING_OBJECTIVE_UNKNOWN
    for bits in (12, 8, 56):
        assert refusal(good, TrainingPlan("usdh", bits)) is ProblemCode.BITS_INVALID
    for few in (photos(100, 4, 0), photos(100, 4, 16), photos(100, 1, 100)):
        for name in SUPERVISED:
            assert refusal(few, TrainingPlan(name, 16)) is ProblemCode.TRAINING_TOO_FEW_LABELS
    unlabelled = TrainingSet(good.embeddings, np.zeros((100, 0), np.bool_), good.groups)
    assert refusal(unlabelled, TrainingPlan("dsrh", 16)) is ProblemCode.TRAINING_TOO_FEW_LABELS
    assert refusal(photos(19, 4, 0), TrainingPlan("ddh", 16)) is ProblemCode.TRAINING_TOO_FEW_PHOTOS


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(value: float) -> None:
    good = photos(100, 4, 50)
    broken = good.embeddings.copy()
    broken[3, 7] = value
    for name in OBJECTIVES:
        training = TrainingSet(broken, good.labels, good.groups)
        assert refusal(training, TrainingPlan(name, 16)) is ProblemCode.TRAINING_NOT_FINITE
    turned = Rotations(np.array([3]), np.array([5.0]), broken[None, 3:4])
    training = TrainingSet(good.embeddings, good.labels, good.groups, turned)
    assert refusal(training, TrainingPlan("usdh", 16)) is ProblemCode.TRAINING_NOT_FINITE


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_methods_without_labels_ignore_them(name: str) -> None:
    labelled = photos(200, 4, 200)
    bare = TrainingSet(labelled.embeddings, np.zeros((200, 0), np.bool_), labelled.groups)
    plan = TrainingPlan(name, 16, epochs=2)
    left, right = (layer_of(list(train_head(each, plan))) for each in (labelled, bare))
    np.testing.assert_array_equal(left.weight, right.weight)


def _equal_photos(count: int) -> NDArray[np.float16]:
    row = np.random.default_rng(0).standard_normal((1, 48))
    equal: NDArray[np.float16] = np.repeat(row / np.linalg.norm(row), count, 0).astype(np.float16)
    return equal


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_collapse_ends_training_with_the_start(name: str) -> None:
    # Photos that look all the same can have nothing but one code.
    labels = np.eye(4, dtype=np.bool_)[np.arange(60) % 4]
    training = TrainingSet(_equal_photos(60), labels, np.arange(60))
    found = list(train_head(training, TrainingPlan(name, 16, epochs=3)))
    assert len(found) == 2
    assert found[-1].health.collapsed
    assert found[-1].chosen == 0
    assert np.isfinite(layer_of(found).weight).all()


def test_training_holds_neither_the_library_nor_faiss() -> None:
    program = (
        "import sys, desktopsearch.hashing.training.head\n"
        "print(*sorted({'faiss', 'sqlalchemy', 'PySide6', 'PIL'} & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert finished.stdout.split() == []
