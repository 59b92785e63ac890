"""What photos teach that are said not to be of a class: by hand, and in whole trainings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.hashing.objectives.base import Batch, Outputs, Term, reduced
from desktopsearch.hashing.objectives.registry import OBJECTIVES
from desktopsearch.hashing.objectives.rejections import (
    apart,
    denial,
    denial_of_each,
    hinge_of_each,
    rejection_triplets,
    rejections_of,
)
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from tests.hashing.objectives.checks import check_gradient, make_task, one_hot, terms_of
from tests.hashing.training.made_up import layer_of

# Two of class 0, one of class 1, one of none that is rejected from 0, and one that nothing is said
# of.
LABELS = torch.from_numpy(one_hot([0, 0, 1, -1, -1], 2))
REJECTIONS = torch.zeros_like(LABELS)
REJECTIONS[3, 0] = True


def test_apart_are_those_of_a_class_and_those_rejected_from_it() -> None:
    expected = torch.zeros(5, 5, dtype=torch.bool)
    expected[0, 3] = expected[1, 3] = expected[3, 0] = expected[3, 1] = True
    assert torch.equal(apart(LABELS, REJECTIONS), expected)


def test_who_shares_another_class_is_not_apart() -> None:
    labels = torch.tensor([[True, True], [False, True]])
    rejections = torch.tensor([[False, False], [True, False]])
    assert not apart(labels, rejections).any()


def test_triplets_lead_from_a_class_to_those_rejected_from_it() -> None:
    anchors, near, far = rejection_triplets(LABELS, REJECTIONS, np.random.default_rng(0))
    assert anchors.tolist() == [0, 1]
    assert near.tolist() == [1, 0]
    assert far.tolist() == [3, 3]


def test_denial_by_hand() -> None:
    scores = torch.tensor([[0.0, 0.0, 0.0], [9.0, 9.0, 9.0], [1.0, 2.0, 3.0]])
    rejections = torch.tensor([[True, False, False], [True, True, True], [False, False, False]])
    term = denial(scores, rejections)
    # Two of three equal classes are left; whoever is of no class at all says nothing here.
    assert term.count == 1
    assert float(term.values.sum()) == pytest.approx(float(np.log(3 / 2)))
    each = denial_of_each(scores[:1], rejections[:1])
    assert float(each.values.sum()) == pytest.approx(float(np.log(2)))
    hinge = hinge_of_each(scores[:1] + 1, rejections[:1])
    assert float(hinge.values.sum()) == pytest.approx(2.0)


@pytest.mark.parametrize("term", [denial, denial_of_each, hinge_of_each])
def test_gradients(term: Callable[[torch.Tensor, torch.Tensor], Term]) -> None:
    generator = torch.Generator().manual_seed(1)
    scores = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    rejections = torch.tensor([[True, False, False], [False] * 3, [True, True, False], [False] * 3])
    check_gradient(lambda at: term(at, rejections), scores)


@pytest.mark.parametrize("name", ["ssdh_semi", "ssdh_sup", "dsrh"])
def test_the_papers_know_no_rejections(name: str) -> None:
    task = replace(make_task(LABELS.numpy(), faithful=True), rejections=REJECTIONS)
    assert not rejections_of(task).any()
    objective = OBJECTIVES[name](task, np.random.default_rng(0))
    rows = {row for batch in objective.batches() for row in batch.rows.tolist()}
    assert (3 in rows) == (4 in rows)


def test_a_batch_without_any_has_terms_of_nothing() -> None:
    task = replace(make_task(LABELS.numpy()), rejections=REJECTIONS)
    objective = OBJECTIVES["ssdh_semi"](task, np.random.default_rng(0))
    found = terms_of(objective, Batch(torch.tensor([0, 1, 2, 4])), 2)
    assert found["rejection"] == 0
    assert found["denial"] == 0
    everyone = terms_of(objective, Batch(torch.arange(5)), 2)
    assert everyone["rejection"] > 0
    assert everyone["denial"] > 0


def test_no_guess_puts_a_photo_where_it_was_rejected_from() -> None:
    task = replace(make_task(LABELS.numpy()), rejections=REJECTIONS)
    objective = OBJECTIVES["ssdh_semi"](task, np.random.default_rng(0))
    objective.after_epoch(None, 1.0)
    # The classifier holds both unlabelled photos for class 0.
    scores = torch.tensor([[9.0, -9], [9, -9], [-9, 9], [9, -9], [9, -9]])
    codes = torch.rand(5, 16, generator=torch.Generator().manual_seed(0))
    pulled = []
    for photo in (3, 4):
        free = codes.clone().requires_grad_()
        rows = torch.tensor([0, 1, 2, photo])
        outputs = Outputs(free[rows], scores[rows])
        averages = reduced(objective.terms(outputs, Batch(rows), 0.5), 0 * free.sum())
        (gradient,) = torch.autograd.grad(averages["pseudo"], free, materialize_grads=True)
        pulled.append(bool(gradient[photo].any()))
    assert pulled == [False, True]


def _with_look_alikes() -> tuple[TrainingSet, NDArray[np.int64], NDArray[np.int64]]:
    """Three classes, and photos that look like the first but differ from it in a direction.

    Returns:
        The photos, the rows of class 0, and those of look-alikes of which nothing is said.
    """
    generator = np.random.default_rng(2)
    centres = generator.standard_normal((4, 48))
    # Near class 0, nearer than any two classes.
    centres[3] = centres[0] + 0.5 * generator.standard_normal(48)
    owner = np.repeat(np.arange(4), [60, 60, 60, 60])
    values = centres[owner] + 0.7 * generator.standard_normal((240, 48))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    labels = np.eye(4, dtype=np.bool_)[owner][:, :3]
    labels[np.arange(240) % 60 >= 30] = False
    rejections = np.zeros_like(labels)
    rejections[180:200, 0] = True
    photos = TrainingSet(values.astype(np.float16), labels, np.arange(240), rejections=rejections)
    return photos, np.arange(60), np.arange(200, 240)


@pytest.mark.parametrize("name", ["ssdh_semi", "ssdh_sup", "dsrh"])
def test_rejected_look_alikes_are_taught_to_be_farther_away(name: str) -> None:
    photos, members, look_alikes = _with_look_alikes()
    shares = []
    for training in (replace(photos, rejections=None), photos):
        plan = TrainingPlan(name, 32, seed=1, epochs=8, every_photo=True)
        layer = layer_of(list(train_head(training, plan)))
        packed = layer.codes(photos.embeddings)
        queries = packed[members[30:]]
        far = np.array([hamming_distances(code, packed[look_alikes]).mean() for code in queries])
        near = np.array([hamming_distances(code, packed[members]).mean() for code in queries])
        shares.append(float((far - near).mean()))
    without, with_rejections = shares
    # Of 32 bits; these look-alikes and these queries were never spoken of.
    assert with_rejections > without + 2, shares


@pytest.mark.parametrize("name", ["ddh", "usdh"])
def test_methods_without_labels_do_not_ask(name: str) -> None:
    photos, _, _ = _with_look_alikes()
    plan = TrainingPlan(name, 16, epochs=1)
    with_rejections = layer_of(list(train_head(photos, plan)))
    without = layer_of(list(train_head(replace(photos, rejections=None), plan)))
    assert np.array_equal(with_rejections.weight, without.weight)
