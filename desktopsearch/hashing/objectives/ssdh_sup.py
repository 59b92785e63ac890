"""Supervised semantics-preserving hashing: the code classifies, its bits are driven to 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from desktopsearch.hashing.objectives.base import (
    Batch,
    Head,
    Labels,
    Objective,
    Outputs,
    Requirements,
    Schedule,
    Task,
    Term,
)
from desktopsearch.hashing.objectives.classification import class_weights, cross_entropy
from desktopsearch.hashing.objectives.rejections import denial, hinge_of_each, rejections_of
from desktopsearch.hashing.samplers import batch_count, rows_where, shuffled

BATCH = 64
PAPER_BATCH = 32
RAMP = 0.2
"""Share of the steps over which the binary forcing grows to its full weight."""


class SupervisedSemanticsHashing(Objective):
    """A linear classifier reads the relaxed code; three terms of equal weight.

    Photos with at most one label each are classified by softmax (E1), others by one squared hinge
    a class. Unlabelled photos are not used.

    Source: Yang, Lin and Chen, "Supervised Learning of Semantics-Preserving Hash via Deep
    Convolutional Neural Networks" (TPAMI 40(2), 2018; arXiv 1507.00101), and the authors' Caffe
    code (kevinlin311tw/Caffe-DeepBinaryCode), whose normalisation and equal weights are used. The
    multi-label term was never released: it follows formula (5) with p = 2, known second-hand.
    Differs: the third term looks at each photo alone, so that a constant code satisfies it.
    Therefore a balance of each bit over the batch is added, the binary forcing grows over the
    first fifth of training, and rare classes weigh more. A photo in no class that is rejected from
    some is used as well: the classifier learns that it is not of them. ``faithful`` leaves all of
    this out and takes the paper's batches of 32.
    """

    requirements = Requirements(Labels.SINGLE, Head.ON_CODE)
    schedule = Schedule(learning_rate=3e-3, steps=1_500, spread=1.0)

    def __init__(self, task: Task, generator: np.random.Generator) -> None:
        self._labels = task.labels
        self._multi = bool((task.labels.sum(dim=1) > 1).any())
        self._faithful = task.faithful
        self._generator = generator
        self._size = PAPER_BATCH if task.faithful else BATCH
        self._rejections = rejections_of(task) & ~task.labelled[:, None]
        self._rows = rows_where(task.labelled | self._rejections.any(dim=1))
        self._class_weights = (
            torch.ones_like(task.labels[0], dtype=torch.float32)
            if task.faithful
            else class_weights(task.labels)
        )

    @staticmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return codes from 0 to 1."""
        return torch.sigmoid(logits)

    @property
    def epoch_steps(self) -> int:
        """Number of batches in an epoch."""
        return batch_count(len(self._rows), self._size)

    def batches(self) -> Iterator[Batch]:
        """Yield the labelled photos, shuffled."""
        for rows in shuffled(self._rows, self._size, self._generator):
            yield Batch(rows)

    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:
        """Return classification, binary forcing, half firing and the balance of bits."""
        labels = self._labels[batch.rows]
        scores, codes = outputs.scores, outputs.codes
        assert scores is not None
        labelled = labels.any(dim=1)
        learn = squared_hinge if self._multi else cross_entropy
        classification = learn(scores[labelled], labels[labelled], self._class_weights)
        ramp = 1.0 if self._faithful else min(1.0, progress / RAMP)
        found = {
            "classification": classification,
            "binary": binary_forcing(codes, ramp),
            "half": half_firing(codes),
        }
        if self._rejections.any():
            deny = hinge_of_each if self._multi else denial
            found["denial"] = deny(scores, self._rejections[batch.rows])
        return found if self._faithful else {**found, "balance": bit_balance(codes)}


def squared_hinge(scores: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> Term:
    """E1 for several labels: half the squared shortfall from a margin of 1, summed over classes.

    Args:
        scores: (B, C).
        labels: (B, C) bool.
        weights: (C,).
    """
    target = torch.where(labels, 1.0, -1.0).to(scores.dtype)
    shortfall = (1 - target * scores).clamp(min=0)
    return Term((0.5 * shortfall**2 * weights.to(scores)).sum(dim=1), len(scores))


def binary_forcing(codes: torch.Tensor, weight: float = 1.0) -> Term:
    """E2: minus half the mean squared distance of (B, K) codes from one half."""
    return Term(-0.5 * ((codes - 0.5) ** 2).mean(dim=1), len(codes), weight)


def half_firing(codes: torch.Tensor) -> Term:
    """E3: half the squared distance of each photo's mean bit from one half; codes are (B, K)."""
    return Term(0.5 * (codes.mean(dim=1) - 0.5) ** 2, len(codes))


def bit_balance(codes: torch.Tensor) -> Term:
    """Half the squared distance of each bit's mean over (B, K) codes from one half; ours."""
    values = 0.5 * (codes.mean(dim=0) - 0.5) ** 2
    return Term(values, codes.shape[1] if len(codes) > 1 else 0)
