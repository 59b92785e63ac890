"""Rivals and the classifier on made-up embeddings."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.classifying import accuracy
from benchmarks.rivals import RIVALS, pca_signs, random_projections
from desktopsearch.domain.codes import unpack


def _clusters(seed: int, photos: int = 600) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """Six clusters away from the origin."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((6, 32)) * 1.5
    classes = generator.integers(0, 6, photos)
    rows = centres[classes] + generator.standard_normal((photos, 32)) + 3.0
    return rows.astype(np.float16), classes


@pytest.mark.parametrize("name", RIVALS)
def test_bits_of_every_rival_are_balanced_and_repeatable(name: str) -> None:
    embeddings, _ = _clusters(0)
    layer = RIVALS[name](embeddings, 16, 3)
    assert (layer.bits, layer.dimensions) == (16, 32)
    share = unpack(layer.codes(embeddings)).mean(axis=0)
    # Through the mean, though the data lie far from the origin.
    assert ((share > 0.15) & (share < 0.85)).all()
    again = RIVALS[name](embeddings, 16, 3)
    np.testing.assert_array_equal(layer.weight, again.weight)


def test_random_projections_depend_on_the_seed() -> None:
    embeddings, _ = _clusters(0)
    one, other = random_projections(embeddings, 16, 0), random_projections(embeddings, 16, 1)
    assert not np.array_equal(one.weight, other.weight)


def test_pca_signs_look_along_the_strongest_directions_first() -> None:
    generator = np.random.default_rng(1)
    scales = np.linspace(20, 1, 24)
    embeddings = (generator.standard_normal((4_000, 24)) * scales).astype(np.float16)
    weight = pca_signs(embeddings, 16, 0).weight
    assert abs(weight[0]).argmax() == 0
    strengths = ((weight * scales) ** 2).sum(axis=1)
    assert (np.diff(strengths) < 0).all()
    np.testing.assert_allclose(weight @ weight.T, np.eye(16), atol=1e-5)


def test_the_classifier_learns_what_can_be_learnt() -> None:
    training, classes = _clusters(0)
    judged, judged_classes = _clusters(1)
    found = accuracy(
        training.astype(np.float32), classes, judged.astype(np.float32), judged_classes
    )
    assert found > 0.95


def test_the_classifier_is_at_chance_where_there_is_nothing_to_learn() -> None:
    generator = np.random.default_rng(2)
    vectors = generator.standard_normal((400, 16)).astype(np.float32)
    classes = generator.integers(0, 4, 400)
    found = accuracy(vectors[:200], classes[:200], vectors[200:], classes[200:])
    assert 0.15 < found < 0.35


def test_the_penalty_keeps_more_dimensions_than_photos_from_hurting() -> None:
    generator = np.random.default_rng(3)
    classes = generator.integers(0, 3, 200)
    vectors = generator.standard_normal((200, 300)).astype(np.float32)
    vectors[:, :3] += 4.0 * np.eye(3, dtype=np.float32)[classes]
    found = accuracy(vectors[:100], classes[:100], vectors[100:], classes[100:])
    assert found > 0.8
