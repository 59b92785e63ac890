"""Photos that do not exist, and what a training of them ended with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.training.plan import EpochReport
from desktopsearch.hashing.training.training_set import TrainingSet


def photos(
    count: int, classes: int, labelled: int, *, noise: float = 1.0, dimensions: int = 48
) -> TrainingSet:
    """Return noisy classes on a sphere; the first ``labelled`` photos are labelled."""
    generator = np.random.default_rng(5)
    centres = generator.standard_normal((classes, dimensions))
    owner = np.arange(count) % classes
    values = centres[owner] + noise * generator.standard_normal((count, dimensions))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    labels = np.eye(classes, dtype=np.bool_)[owner]
    labels[labelled:] = False
    return TrainingSet(values.astype(np.float16), labels, np.arange(count))


def layer_of(found: Sequence[EpochReport]) -> HashLayer:
    assert [report.layer is not None for report in found] == [False] * (len(found) - 1) + [True]
    layer = found[-1].layer
    assert layer is not None
    return layer
