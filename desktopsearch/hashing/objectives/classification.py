"""How a classifier learns single labels, where methods agree about it; knows no method."""

from __future__ import annotations

import torch
from torch.nn import functional

from desktopsearch.hashing.objectives.base import Term

_WEIGHT_BOUNDS = (1 / 3, 3.0)


def class_weights(labels: torch.Tensor) -> torch.Tensor:
    """Weigh classes by the inverse root of their size, within a third and three times.

    Args:
        labels: (N, C) bool.

    Returns:
        (C,) float, one for a class of mean weight.
    """
    inverse = labels.sum(dim=0).clamp(min=1).float().rsqrt()
    return (inverse / inverse.mean()).clamp(*_WEIGHT_BOUNDS)


def cross_entropy(scores: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> Term:
    """Softmax cross-entropy of photos with one label each, weighed by class.

    Args:
        scores: (B, C).
        labels: (B, C) bool, one each.
        weights: (C,).
    """
    target = labels.to(scores.dtype) * weights.to(scores)
    values = -(target * functional.log_softmax(scores, dim=1)).sum(dim=1)
    return Term(values, len(values))
