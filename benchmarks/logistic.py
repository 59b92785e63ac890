"""Logistic regression on embeddings: what a classifier alone makes of the labels.

Its class scores are probabilities, and photos are ranked by them: where a photo is in one album by
the inner product, which is how likely it is that two photos are in the same; where it may be in
several by the cosine, which was the better of the two there. Its one constant, the penalty, is
chosen by cross-validation on the labelled photos, near copies together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.rankings import unit_rows
from desktopsearch.hashing.teaching.folds import FOLDS, folds_of
from desktopsearch.hashing.training.training_set import TrainingSet

PENALTIES = tuple(10.0**power for power in range(0, -5, -1))
"""The strongest first: each start is the end of the one before."""
_STEPS, _HISTORY, _LEAST_CHANGE = 100, 10, 1e-5


def class_scores(
    labelled: TrainingSet, embeddings: NDArray[np.float16], generator: np.random.Generator
) -> NDArray[np.float32]:
    """Learn from labelled photos, all of them with a label; return what ranks others.

    Where no photo has two labels the scores of a photo sum to one; else each class has a
    regression of its own, a photo that lacks a label counts against it, and rows have length one.

    Args:
        labelled: To learn from.
        embeddings: (N, D) of the photos to be told.
        generator: Deals out the folds.

    Returns:
        (N, C), from 0 to 1; to be ranked by inner products.
    """
    folds = folds_of(labelled, FOLDS, generator)
    exclusive = int(labelled.labels.sum(axis=1).max()) == 1
    mean = unit_rows(labelled.embeddings).mean(axis=0)
    vectors = _centred(labelled.embeddings, mean)
    targets = torch.from_numpy(labelled.labels).double()
    losses = np.zeros(len(PENALTIES))
    for fold in folds:
        path = _path(vectors[fold.seen], targets[fold.seen], PENALTIES, exclusive=exclusive)
        for place, weights in enumerate(path):
            scores = vectors[fold.held_out] @ weights
            losses[place] += float(_loss(scores, targets[fold.held_out], exclusive=exclusive))
    best = PENALTIES[: int(losses.argmin()) + 1]
    *_, weights = _path(vectors, targets, best, exclusive=exclusive)
    scores = _centred(embeddings, mean) @ weights
    if exclusive:
        told: NDArray[np.float32] = scores.softmax(dim=1).float().numpy()
        return told
    return unit_rows(scores.sigmoid().numpy())


def _centred(embeddings: NDArray[np.float16], mean: NDArray[np.float32]) -> torch.Tensor:
    """Return (N, D + 1) with a one behind each vector, for the offset."""
    rows = torch.from_numpy(unit_rows(embeddings) - mean).double()
    return torch.nn.functional.pad(rows, (0, 1), value=1.0)


def _path(
    vectors: torch.Tensor, targets: torch.Tensor, penalties: Sequence[float], *, exclusive: bool
) -> Iterator[torch.Tensor]:
    """Yield the weights at each penalty."""
    weights = torch.zeros(vectors.shape[1], targets.shape[1], dtype=torch.float64)
    for penalty in penalties:
        weights = _fitted(vectors, targets, weights, penalty, exclusive=exclusive)
        yield weights


def _fitted(
    vectors: torch.Tensor,
    targets: torch.Tensor,
    start: torch.Tensor,
    penalty: float,
    *,
    exclusive: bool,
) -> torch.Tensor:
    weights = start.clone().requires_grad_()
    optimiser = torch.optim.LBFGS(
        [weights],
        max_iter=_STEPS,
        tolerance_change=_LEAST_CHANGE,
        history_size=_HISTORY,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = _loss(vectors @ weights, targets, exclusive=exclusive)
        # The offset bears no penalty.
        loss = loss + 0.5 * penalty * weights[:-1].square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach()


def _loss(scores: torch.Tensor, targets: torch.Tensor, *, exclusive: bool) -> torch.Tensor:
    """Sum over photos."""
    if exclusive:
        return torch.nn.functional.cross_entropy(scores, targets, reduction="sum")
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction="sum")
