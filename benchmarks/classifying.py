"""A simple classifier on codes or vectors: least squares on one-of-many targets.

Its one constant, the penalty, is chosen by the accuracy of leaving out each training photo in
turn, which has a closed form; the photos to be judged take no part in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PENALTIES = 10.0 ** np.arange(-3, 4)


def accuracy(
    training: NDArray[np.float32],
    training_classes: NDArray[np.int64],
    judged: NDArray[np.float32],
    judged_classes: NDArray[np.int64],
) -> float:
    """Return the share of photos whose class is told rightly.

    Args:
        training: (N, D).
        training_classes: (N,), from 0.
        judged: (M, D).
        judged_classes: (M,).
    """
    mean = training.mean(axis=0)
    left, strengths, right = np.linalg.svd(training - mean, full_matrices=False)
    targets = np.eye(int(training_classes.max()) + 1)[training_classes]
    offsets = targets.mean(axis=0)
    spectral = left.T @ (targets - offsets)
    scale = float((strengths**2).mean())
    scored = []
    for penalty in PENALTIES * scale:
        kept = strengths**2 / (strengths**2 + penalty)
        fitted = left @ (kept[:, None] * spectral)
        leverage = (left**2 @ kept + 1.0 / len(training))[:, None]
        without_itself = targets - (targets - offsets - fitted) / (1.0 - leverage)
        right_ones = float((without_itself.argmax(axis=1) == training_classes).mean())
        scored.append((right_ones, float(penalty)))
    _, best = max(scored)
    weights = right.T @ ((strengths / (strengths**2 + best))[:, None] * spectral)
    told = ((judged - mean) @ weights + offsets).argmax(axis=1)
    return float((told == judged_classes).mean())
