"""Strangers among photos, by features that are known."""

from __future__ import annotations

import numpy as np

from desktopsearch.hashing.training.familiarity import familiar
from tests.hashing.objectives.checks import one_hot


def test_strangers_are_told_from_familiar_photos() -> None:
    generator = np.random.default_rng(0)
    centres = np.eye(3, 12) * 5
    features = centres[np.arange(60) % 3] + generator.normal(0, 0.3, (60, 12))
    features[50:] = -5.0
    labels = one_hot([row % 3 if row < 30 else -1 for row in range(60)], 3).astype(np.bool_)
    known = familiar(features.astype(np.float32), labels)
    assert known[30:50].mean() > 0.8
    assert not known[50:].any()


def test_with_a_photo_a_class_nothing_is_known_of_likeness() -> None:
    features = np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32)
    assert not familiar(
        features, one_hot([0, 1, 2, -1, -1, -1, -1, -1, -1], 3).astype(np.bool_)
    ).any()
    assert not familiar(features, np.zeros((9, 3), dtype=np.bool_)).any()
