"""Which photos semi-supervised hashing looks at together, and which of its guesses it trusts.

Owns batches by class and the three kinds of triplets; knows no loss.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.hashing.objectives.base import squared_distances
from desktopsearch.hashing.samplers import drawn

BATCH = 128
OF_A_CLASS = 4
NEIGHBOURS = 8
_FAR_BAND = (114, 124)
"""Ranks of the paper's batch of 128 that count as far, the last four left out as outliers."""


class Triplets(NamedTuple):
    """Positions in a batch, (T,) long each."""

    anchors: torch.Tensor
    near: torch.Tensor
    far: torch.Tensor

    def without(self, apart: torch.Tensor) -> Triplets:
        """Return those whose first two photos may be near by a (B, B) bool of which may not."""
        kept = ~apart[self.anchors, self.near]
        return Triplets(self.anchors[kept], self.near[kept], self.far[kept])


def of_classes(
    members: list[NDArray[np.int64]], wanted: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw rows class by class, four of each, until there are as many as wanted or no more.

    Args:
        members: Rows of each class.
        wanted: Rows at most.
        generator: Draws.

    Returns:
        Different rows.
    """
    shuffled_members = [generator.permutation(rows) for rows in members]
    longest = max((len(rows) for rows in members), default=0)
    chosen: dict[int, None] = {}
    for start in range(0, longest, OF_A_CLASS):
        for index in generator.permutation(len(members)):
            chosen.update(
                dict.fromkeys(shuffled_members[index][start : start + OF_A_CLASS].tolist())
            )
            if len(chosen) >= wanted:
                return np.array(list(chosen)[:wanted], dtype=np.int64)
    return np.array(list(chosen), dtype=np.int64)


def aligned(
    shares: torch.Tensor, prior: torch.Tensor, mean: torch.Tensor, *, keep_sums: bool
) -> torch.Tensor:
    """Weigh guesses so that on the whole each class is guessed as often as it is labelled.

    Args:
        shares: (B, C) probabilities.
        prior: (C,) shares of the labels.
        mean: (C,) running mean of guesses.
        keep_sums: Whether the rows are distributions and stay so.
    """
    if not keep_sums:
        return shares
    weighed = shares * (prior / mean.clamp(min=1e-6))
    return weighed / weighed.sum(dim=1, keepdim=True).clamp(min=1e-12)


def label_triplets(labels: torch.Tensor, generator: np.random.Generator) -> Triplets:
    """Draw for each labelled photo one that shares a label and one that shares none with either.

    Args:
        labels: (B, C) bool.
        generator: Draws.
    """
    places, sharing = _sharing(labels)
    near, has_near = drawn(sharing.clone().fill_diagonal_(False), generator)
    far, has_far = drawn(~sharing & ~sharing[near], generator)
    kept = has_near & has_far
    return Triplets(places[kept], places[near[kept]], places[far[kept]])


def stranger_triplets(
    labels: torch.Tensor, strangers: torch.Tensor, generator: np.random.Generator
) -> Triplets:
    """Draw for each labelled photo one that shares a label and one that is like no labelled one.

    Args:
        labels: (B, C) bool.
        strangers: (B,) bool, of photos without a label.
        generator: Draws.
    """
    places, sharing = _sharing(labels)
    near, kept = drawn(sharing.fill_diagonal_(False), generator)
    far = strangers.nonzero()[:, 0]
    if not len(far):
        return Triplets(far, far, far)
    lots = torch.from_numpy(generator.integers(len(far), size=int(kept.sum())))
    return Triplets(places[kept], places[near[kept]], far[lots.to(far.device)])


def graph_triplets(features: torch.Tensor, generator: np.random.Generator) -> Triplets:
    """Draw for each photo one of its nearest in the batch and one of the farthest.

    Args:
        features: (B, D).
        generator: Draws.
    """
    count = len(features)
    neighbours = min(NEIGHBOURS, count // 3)
    low, high = (round(count * rank / BATCH) for rank in _FAR_BAND)
    low, high = max(low, neighbours + 1), min(high, count)
    anchors = torch.arange(count, device=features.device)
    if neighbours < 1 or low >= high:
        return Triplets(anchors[:0], anchors[:0], anchors[:0])
    distances = squared_distances(features).fill_diagonal_(-1)
    # Numpy sorts so small a matrix several times as fast as torch.
    order = torch.from_numpy(distances.cpu().numpy().argsort(axis=1)).to(features.device)
    near = torch.from_numpy(generator.integers(1, neighbours + 1, count)).to(features.device)
    far = torch.from_numpy(generator.integers(low, high, count)).to(features.device)
    return Triplets(anchors, order[anchors, near], order[anchors, far])


def pseudo_triplets(
    shares: torch.Tensor, labels: torch.Tensor, usable: torch.Tensor, generator: np.random.Generator
) -> Triplets:
    """Draw pairs for unlabelled photos by their likeliest and their least likely class.

    Args:
        shares: (B, C) probabilities.
        labels: (B, C) bool.
        usable: (B,) bool, unlabelled photos whose guess counts.
        generator: Draws.
    """
    likeliest, unlikeliest = shares.argmax(dim=1), shares.argmin(dim=1)
    anchors = usable.nonzero()[:, 0]
    yes, no = likeliest[anchors], unlikeliest[anchors]
    with_yes, with_no = labels.T[yes], labels.T[no]
    itself = torch.arange(len(labels), device=labels.device)[None] == anchors[:, None]
    alike = usable[None] & (likeliest[None] == yes[:, None]) & ~itself
    unlike = usable[None] & (likeliest[None] == no[:, None])
    near, has_near = drawn(alike | with_yes & ~with_no, generator)
    far, has_far = drawn(unlike | with_no & ~with_yes, generator)
    both = has_near & has_far
    return Triplets(anchors[both], near[both], far[both])


def _sharing(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (L,) positions of the labelled photos and (L, L) bool, which of them share a label."""
    places = labels.any(dim=1).nonzero()[:, 0]
    inside = labels[places].float()
    return places, inside @ inside.T > 0
