"""What photos teach that are said not to belong to a class, in the methods that learn from labels.

The papers know nothing of the kind: all of it is ours, and ``faithful`` leaves it out. A rejection
says only that a photo is not in one class; of all others it says nothing.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from desktopsearch.hashing.objectives.base import Task, Term
from desktopsearch.hashing.samplers import drawn


def rejections_of(task: Task) -> torch.Tensor:
    """Return the rejections that count: (N, C) bool, none of them if the method is faithful."""
    if task.faithful or task.rejections is None:
        return torch.zeros_like(task.labels)
    return task.rejections & ~task.labels


def apart(labels: torch.Tensor, rejections: torch.Tensor) -> torch.Tensor:
    """Tell which two photos are known not to belong together.

    Args:
        labels: (B, C) bool.
        rejections: (B, C) bool.

    Returns:
        (B, B) bool, symmetric: they share no class, and one is rejected from a class of the other.
    """
    inside = labels.float()
    refused = inside @ rejections.float().T > 0
    return (refused | refused.T) & ~(inside @ inside.T > 0)


def rejection_triplets(
    labels: torch.Tensor, rejections: torch.Tensor, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Draw for each labelled photo one that shares a label and one rejected from such a class.

    Args:
        labels: (B, C) bool.
        rejections: (B, C) bool.
        generator: Draws.

    Returns:
        Positions of the photos, of nearer and of farther ones, (T,) long each.
    """
    inside = labels.float()
    sharing = (inside @ inside.T > 0).fill_diagonal_(False)
    refused = (inside @ rejections.float().T > 0) & ~sharing
    near, has_near = drawn(sharing, generator)
    far, has_far = drawn(refused, generator)
    anchors = (has_near & has_far).nonzero()[:, 0]
    return anchors, near[anchors], far[anchors]


def denial(scores: torch.Tensor, rejections: torch.Tensor) -> Term:
    """Minus the logarithm of the chance of any class that a photo is not rejected from.

    A photo that is rejected from every class has none, and says nothing about single labels.

    Args:
        scores: (B, C), of a softmax.
        rejections: (B, C) bool.
    """
    counted = rejections.any(dim=1) & ~rejections.all(dim=1)
    asked = scores[counted]
    allowed = asked.masked_fill(rejections[counted], -torch.inf)
    return Term(asked.logsumexp(dim=1) - allowed.logsumexp(dim=1), len(asked))


def denial_of_each(scores: torch.Tensor, rejections: torch.Tensor) -> Term:
    """Cross-entropy of each class that a photo is rejected from, for classes apart.

    Args:
        scores: (B, C), of a sigmoid each.
        rejections: (B, C) bool.
    """
    return Term(functional.softplus(scores[rejections]), int(rejections.any(dim=1).sum()))


def hinge_of_each(scores: torch.Tensor, rejections: torch.Tensor) -> Term:
    """Half the squared shortfall from a margin of 1, as ``squared_hinge`` of what is not there.

    Args:
        scores: (B, C).
        rejections: (B, C) bool.
    """
    shortfall = (1 + scores[rejections]).clamp(min=0)
    return Term(0.5 * shortfall**2, int(rejections.any(dim=1).sum()))
