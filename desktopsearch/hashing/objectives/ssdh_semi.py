"""Semi-supervised hashing: rank labelled photos, keep near what is near, trust sure guesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

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
from desktopsearch.hashing.samplers import batch_count, drawn, shuffled

BATCH = 128
LABELLED_IN_BATCH = 64
OF_A_CLASS = 4
PAPER_REPEATS = 4
PAPER_RANK_MARGIN = 1.0
RANK_MARGIN_SHARE = 1 / 8
"""Of the code length: from ITQ on, the paper's margin is soon reached and teaches no more."""
NEIGHBOURS = 8
UNSUPERVISED_WEIGHT = 0.1
CERTAIN = 0.9
_FAR_BAND = (114, 124)
"""Ranks of the paper's batch of 128 that count as far, the last four left out as outliers."""
_PAIR_MARGINS = ((12, 24, 48), (2.5, 3.0, 3.0))
_KEPT_OF_MEAN = 0.99
_STRANGER_SHARE = 0.05


class Triplets(NamedTuple):
    """Positions in a batch, (T,) long each."""

    anchors: torch.Tensor
    near: torch.Tensor
    far: torch.Tensor


class SemiSupervisedHashing(Objective):
    """Two heads on the feature, a hash layer and a classifier; four terms.

    Labels may be several a photo: then photos that share one are positives, and the classifier
    learns each class apart.

    Source: Zhang and Peng, "SSDH: Semi-supervised Deep Hashing for Large Scale Image Retrieval"
    (TCSVT 2017, arXiv 1607.08477), and the authors' code (PKU-ICST-MIPL/SSDH_TCSVT2017): triplets
    with margin 1, the graph of 8 neighbours found anew in each batch, the far band, the margins of
    pairs by code length (beyond 48 bits they grow with its root, which is ours) and the weights 1,
    1, 0.1 and 0.1. The graph is that of the features, as the paper is recalled to say; the
    released configuration took the codes.
    Differs: an anchor is never its own positive or neighbour. By default the margin of triplets is
    an eighth of the code length, half of a batch is labelled, four photos of a class where there
    are as many, classes weigh by the inverse root of their size, several labels are learned by
    cross-entropy, and a guess counts as a label only if it is surer than .9 after its classes were
    aligned with those of the labels, if the photo is not a stranger to all labelled ones, and once
    the classifier is twice as good as chance on held-out photos. ``faithful`` takes the margin of
    1, shuffled batches of every labelled photo four times and each other once, all guesses, and
    squared errors for several labels.
    """

    requirements = Requirements(Labels.SINGLE_AND_UNLABELLED, Head.ON_FEATURE)
    schedule = Schedule(learning_rate=3e-3, steps=1_000, spread=1.0)

    def __init__(self, task: Task, generator: np.random.Generator) -> None:
        self._features = task.features
        self._labels = task.labels
        self._multi = bool((task.labels.sum(dim=1) > 1).any())
        self._faithful = task.faithful
        self._generator = generator
        self._margin = pair_margin(task.bits)
        self._rank_margin = PAPER_RANK_MARGIN if task.faithful else rank_margin(task.bits)
        self._labelled_rows = task.labelled.nonzero()[:, 0].numpy()
        self._other_rows = (~task.labelled).nonzero()[:, 0].numpy()
        repeats = PAPER_REPEATS if task.faithful else 1
        self._rows_an_epoch = repeats * len(self._labelled_rows) + len(self._other_rows)
        sizes = task.labels.sum(dim=0).clamp(min=1).float()
        self._prior = sizes / sizes.sum()
        self._mean_guess = self._prior
        inverse = sizes.rsqrt()
        self._class_weights = (
            torch.ones_like(inverse)
            if task.faithful
            else (inverse / inverse.mean()).clamp(1 / 3, 3)
        )
        self._familiar = (
            torch.ones(len(task.labels), dtype=torch.bool)
            if task.faithful
            else familiar(task.features, task.labels)
        )
        self._trusts_guesses = task.faithful

    @staticmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return codes from 0 to 1."""
        return torch.sigmoid(logits)

    @property
    def epoch_steps(self) -> int:
        """Number of batches in an epoch."""
        return batch_count(self._rows_an_epoch, BATCH)

    def batches(self) -> Iterator[Batch]:
        """Yield batches of labelled and unlabelled photos, as many as an epoch of both needs."""
        if self._faithful:
            repeated = np.tile(self._labelled_rows, PAPER_REPEATS)
            rows = np.concatenate((repeated, self._other_rows))
            yield from (Batch(part) for part in shuffled(rows, BATCH, self._generator))
            return
        others = self._generator.permutation(self._other_rows)
        members = [column.nonzero()[:, 0].numpy() for column in self._labels.T]
        for part in np.array_split(others, self.epoch_steps):
            unlabelled = part[: BATCH - LABELLED_IN_BATCH]
            labelled = of_classes(members, BATCH - len(unlabelled), self._generator)
            yield Batch(torch.from_numpy(np.concatenate((labelled, unlabelled))))

    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:  # noqa: ARG002
        """Return classification, ranking, graph and pseudo-label terms."""
        codes, scores = outputs.codes, outputs.scores
        assert scores is not None
        labels = self._labels[batch.rows]
        labelled = labels.any(dim=1)
        ranked = label_triplets(labels, self._generator)
        graph = graph_triplets(self._features[batch.rows], self._generator)
        guessed = self._guessed_triplets(scores.detach(), labels, batch.rows)
        return {
            "classification": self._classification(scores[labelled], labels[labelled]),
            "ranking": ranking(codes, ranked, self._rank_margin),
            "graph": contrast(codes, graph, self._margin, UNSUPERVISED_WEIGHT),
            "pseudo": contrast(codes, guessed, self._margin, UNSUPERVISED_WEIGHT),
        }

    def after_epoch(self, codes: torch.Tensor | None, head_accuracy: float | None) -> None:  # noqa: ARG002
        """Begin to trust guesses when they are twice as good as chance."""
        if head_accuracy is not None and head_accuracy > 2 * float(self._prior.max()):
            self._trusts_guesses = True

    def _classification(self, scores: torch.Tensor, labels: torch.Tensor) -> Term:
        if not self._multi:
            return cross_entropy(scores, labels, self._class_weights)
        if self._faithful:
            return squared_errors(scores, labels)
        return binary_cross_entropy(scores, labels, self._class_weights)

    def _guessed_triplets(
        self, scores: torch.Tensor, labels: torch.Tensor, rows: torch.Tensor
    ) -> Triplets:
        if not self._trusts_guesses:
            nothing = torch.zeros(0, dtype=torch.long)
            return Triplets(nothing, nothing, nothing)
        shares = torch.sigmoid(scores) if self._multi else torch.softmax(scores, dim=1)
        usable = ~labels.any(dim=1)
        if not self._faithful:
            if usable.any():
                fresh = shares[usable].mean(dim=0)
                self._mean_guess = torch.lerp(fresh, self._mean_guess, _KEPT_OF_MEAN)
            shares = aligned(shares, self._prior, self._mean_guess, keep_sums=not self._multi)
            usable &= (shares.max(dim=1).values >= CERTAIN) & self._familiar[rows]
        return pseudo_triplets(shares, labels, usable, self._generator)


def rank_margin(bits: int) -> float:
    """Return the margin of triplets, in squared distance of relaxed codes."""
    return max(PAPER_RANK_MARGIN, RANK_MARGIN_SHARE * bits)


def pair_margin(bits: int) -> float:
    """Return how far apart, in the space of relaxed codes, unlike photos should be."""
    lengths, margins = _PAIR_MARGINS
    if bits > lengths[-1]:
        return float(margins[-1] * np.sqrt(bits / lengths[-1]))
    return float(np.interp(bits, lengths, margins))


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


def familiar(features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Tell which photos look as much like a labelled one as photos of one class usually do.

    Args:
        features: (N, D).
        labels: (N, C) bool.

    Returns:
        (N,) bool: the best cosine with a labelled photo is at least the 5th percentile of those
        within classes.
    """
    labelled = labels.any(dim=1)
    unit = functional.normalize(features.float())
    known, known_labels = unit[labelled], labels[labelled].float()
    if not len(known):
        return torch.zeros(len(features), dtype=torch.bool)
    # A thousand of them say enough about the spread, and the matrix stays small.
    step = max(1, len(known) // 1_000)
    known, known_labels = known[::step], known_labels[::step]
    alike = (known_labels @ known_labels.T > 0).fill_diagonal_(False)
    within = (known @ known.T)[alike]
    if not len(within):
        return torch.zeros(len(features), dtype=torch.bool)
    usual = torch.quantile(within, _STRANGER_SHARE)
    return (unit @ known.T).max(dim=1).values >= usual


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
    sharing = labels.float() @ labels.float().T > 0
    labelled = labels.any(dim=1)
    itself = torch.eye(len(labels), dtype=torch.bool)
    near, has_near = drawn(sharing & ~itself, generator)
    strange = labelled[:, None] & labelled[None] & ~sharing & ~sharing[near]
    far, has_far = drawn(strange, generator)
    anchors = (has_near & has_far).nonzero()[:, 0]
    return Triplets(anchors, near[anchors], far[anchors])


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
    anchors = torch.arange(count)
    if neighbours < 1 or low >= high:
        return Triplets(anchors[:0], anchors[:0], anchors[:0])
    distances = torch.cdist(features, features).fill_diagonal_(-1)
    order = distances.argsort(dim=1, stable=True)
    near = torch.from_numpy(generator.integers(1, neighbours + 1, count))
    far = torch.from_numpy(generator.integers(low, high, count))
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
    itself = torch.arange(len(labels))[None] == anchors[:, None]
    alike = usable[None] & (likeliest[None] == yes[:, None]) & ~itself
    unlike = usable[None] & (likeliest[None] == no[:, None])
    near, has_near = drawn(alike | with_yes & ~with_no, generator)
    far, has_far = drawn(unlike | with_no & ~with_yes, generator)
    both = has_near & has_far
    return Triplets(anchors[both], near[both], far[both])


def ranking(codes: torch.Tensor, triplets: Triplets, margin: float) -> Term:
    """Half the hinge on squared distances of (B, K) codes, averaged over triplets."""
    anchors, near, far = (codes[positions] for positions in triplets)
    nearer = ((anchors - near) ** 2).sum(dim=1)
    farther = ((anchors - far) ** 2).sum(dim=1)
    return Term(0.5 * (margin + nearer - farther).clamp(min=0), len(anchors))


def contrast(codes: torch.Tensor, triplets: Triplets, margin: float, weight: float) -> Term:
    """Half the squared distance of like codes and half the squared shortfall of unlike ones."""
    anchors, near, far = (codes[positions] for positions in triplets)
    nearer = ((anchors - near) ** 2).sum(dim=1)
    # The length of a difference of nothing has no gradient; the hinge's there is 0 by choice.
    farther = ((anchors - far) ** 2).sum(dim=1).clamp(min=1e-12).sqrt()
    values = 0.5 * (nearer + (margin - farther).clamp(min=0) ** 2)
    return Term(values, len(anchors), weight)


def cross_entropy(scores: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> Term:
    """Softmax cross-entropy of (B, C) scores with one label each, weighed by class."""
    target = labels.to(scores.dtype) * weights.to(scores)
    return Term(-(target * functional.log_softmax(scores, dim=1)).sum(dim=1), len(scores))


def binary_cross_entropy(scores: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor) -> Term:
    """Cross-entropy of each class apart, summed over (C,) weighed classes."""
    values = functional.binary_cross_entropy_with_logits(
        scores, labels.to(scores.dtype), weights.to(scores), reduction="none"
    )
    return Term(values.sum(dim=1), len(scores))


def squared_errors(scores: torch.Tensor, labels: torch.Tensor) -> Term:
    """Half the squared errors of the guessed probabilities: what the released layer minimises."""
    errors = torch.sigmoid(scores) - labels.to(scores.dtype)
    return Term(0.5 * (errors**2).sum(dim=1), len(scores))
