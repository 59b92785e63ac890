"""Semi-supervised hashing: rank labelled photos, keep near what is near, trust sure guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
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
    squared_distances,
)
from desktopsearch.hashing.objectives.classification import class_weights, cross_entropy
from desktopsearch.hashing.objectives.rejections import (
    apart,
    denial,
    denial_of_each,
    rejection_triplets,
    rejections_of,
)
from desktopsearch.hashing.objectives.ssdh_semi_mining import (
    BATCH,
    Triplets,
    aligned,
    graph_triplets,
    label_triplets,
    of_classes,
    pseudo_triplets,
    stranger_triplets,
)
from desktopsearch.hashing.samplers import batch_count, rows_where, shuffled

LABELLED_IN_BATCH = 64
PAPER_REPEATS = 4
PAPER_RANK_MARGIN = 1.0
RANK_MARGIN_SHARE = 1 / 8
"""Of the code length: from ITQ on, the paper's margin is soon reached and teaches no more."""
UNSUPERVISED_WEIGHT = 0.1
CERTAIN = 0.9
FEWEST_STEPS = 0.35
"""Share of all, where no unlabelled photo belongs to a class."""
_PAIR_MARGINS = ((12, 24, 48), (2.5, 3.0, 3.0))
_KEPT_OF_MEAN = 0.99


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
    cross-entropy, and a guess counts as a label only if it is surer than .9 once the classifier is
    twice as good as chance on held-out photos, if there are any, or of few classes half way from
    chance to perfect.
    Labels that cover a small part of a library say nothing of the rest of it, which then comes
    among what is looked for. So it counts how likely a photo belongs to any class at all, which
    the task brings: a guess is as sure as its class, after all were aligned with those of the
    labels, times that; and at each step a draw by it says whether a photo is a stranger, which is
    farther from a labelled photo than one that shares a label with it, a term that weighs as much
    as the share of strangers among the unlabelled, and the fewer belong, the fewer steps are taken.
    ``faithful`` takes the margin of 1, shuffled
    batches of every labelled photo four times and each other once, all guesses, no strangers, and
    squared errors for several labels.
    A photo that is rejected from a class is farther from those of the class than they are from each
    other, by triplets of their own; no guess puts it there, the graph does not draw it to one of
    them, and if it has no label the classifier learns that it is not of the class.
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
        self._labelled_rows = rows_where(task.labelled)
        self._rejections = rejections_of(task)
        # Photos of which nothing but rejections is said come with the labelled ones.
        denied = self._rejections & ~task.labelled[:, None]
        self._denied_rows = [rows_where(column) for column in denied.T if column.any()]
        self._other_rows = rows_where(~(task.labelled | denied.any(dim=1)))
        repeats = PAPER_REPEATS if task.faithful else 1
        self._rows_an_epoch = repeats * len(self._labelled_rows) + len(self._other_rows)
        sizes = task.labels.sum(dim=0).clamp(min=1).float()
        self._prior = sizes / sizes.sum()
        self._mean_guess = self._prior
        self._class_weights = (
            torch.ones_like(sizes) if task.faithful else class_weights(task.labels)
        )
        self._belonging = task.belonging
        self._trusts_guesses = task.faithful

    @staticmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return codes from 0 to 1."""
        return torch.sigmoid(logits)

    @property
    def steps(self) -> int:
        """Fewer where fewer of the unlabelled photos belong to a class.

        Most of the steps learn from those that do; labels alone are soon learnt, and then strangers
        are drawn to them.
        """
        others = self._belonging[self._other_rows]
        share = float(others.mean()) if len(others) else 1.0
        return round(max(FEWEST_STEPS, share) * self.schedule.steps)

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
        members = [rows_where(column) for column in self._labels.T] + self._denied_rows
        for part in np.array_split(others, self.epoch_steps):
            unlabelled = part[: BATCH - LABELLED_IN_BATCH]
            labelled = of_classes(members, BATCH - len(unlabelled), self._generator)
            yield Batch(torch.from_numpy(np.concatenate((labelled, unlabelled))))

    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:  # noqa: ARG002
        """Return classification, ranking, stranger, graph and pseudo-label terms."""
        codes, scores = outputs.codes, outputs.scores
        assert scores is not None
        labels = self._labels[batch.rows]
        labelled = labels.any(dim=1)
        distances = squared_distances(codes)
        ranked = label_triplets(labels, self._generator)
        strangers = self._strangers(batch.rows)
        strange = stranger_triplets(labels, strangers, self._generator)
        # Where there are hardly any, chance alone makes some.
        share = float(strangers.sum()) / max(1, int((~labelled).sum()))
        graph = graph_triplets(self._features[batch.rows], self._generator)
        guessed = self._guessed_triplets(scores.detach(), labels, batch.rows)
        rejections = self._rejections[batch.rows]
        rejecting = bool(self._rejections.any())
        if rejecting:
            graph = graph.without(apart(labels, rejections))
        found = {
            "classification": self._classification(scores[labelled], labels[labelled]),
            "ranking": ranking(distances, ranked, self._rank_margin),
            "strangers": ranking(distances, strange, self._rank_margin, share),
            "graph": contrast(distances, graph, self._margin, UNSUPERVISED_WEIGHT),
            "pseudo": contrast(distances, guessed, self._margin, UNSUPERVISED_WEIGHT),
        }
        if rejecting:
            farther = Triplets(*rejection_triplets(labels, rejections, self._generator))
            alone = rejections & ~labelled[:, None]
            found["rejection"] = ranking(distances, farther, self._rank_margin)
            found["denial"] = (denial_of_each if self._multi else denial)(scores, alone)
        return found

    def after_epoch(self, codes: torch.Tensor | None, head_accuracy: float | None) -> None:  # noqa: ARG002
        """Begin to trust guesses when they are good enough."""
        if head_accuracy is not None and head_accuracy > trusted_accuracy(float(self._prior.max())):
            self._trusts_guesses = True

    def memory(self) -> dict[str, torch.Tensor]:
        """Return the running mean of guesses and whether they are trusted."""
        return {"mean_guess": self._mean_guess, "trusts": torch.tensor(self._trusts_guesses)}

    def recall(self, memory: Mapping[str, torch.Tensor]) -> None:
        """Take back both."""
        self._mean_guess = memory["mean_guess"].to(self._mean_guess)
        self._trusts_guesses = bool(memory["trusts"])

    def _strangers(self, rows: torch.Tensor) -> torch.Tensor:
        """Draw (B,) bool: which photos belong to no class, for this step."""
        likely = self._belonging[rows]
        lots = torch.from_numpy(self._generator.random(len(rows), dtype=np.float32))
        return lots.to(likely.device) >= likely

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
            nothing = torch.zeros(0, dtype=torch.long, device=scores.device)
            return Triplets(nothing, nothing, nothing)
        shares = torch.sigmoid(scores) if self._multi else torch.softmax(scores, dim=1)
        usable = ~labels.any(dim=1)
        if not self._faithful:
            likely = self._belonging[rows]
            weights = (likely * usable)[:, None]
            if weights.any():
                fresh = (weights * shares).sum(dim=0) / weights.sum()
                self._mean_guess = torch.lerp(fresh, self._mean_guess, _KEPT_OF_MEAN)
            shares = aligned(shares, self._prior, self._mean_guess, keep_sums=not self._multi)
            shares = shares.masked_fill(self._rejections[rows], 0.0)
            usable &= likely * shares.max(dim=1).values >= CERTAIN
        return pseudo_triplets(shares, labels, usable, self._generator)


def trusted_accuracy(chance: float) -> float:
    """Return twice chance, but no more than half way from chance to perfect."""
    return min(2 * chance, (1 + chance) / 2)


def rank_margin(bits: int) -> float:
    """Return the margin of triplets, in squared distance of relaxed codes."""
    return max(PAPER_RANK_MARGIN, RANK_MARGIN_SHARE * bits)


def pair_margin(bits: int) -> float:
    """Return how far apart, in the space of relaxed codes, unlike photos should be."""
    lengths, margins = _PAIR_MARGINS
    if bits > lengths[-1]:
        return float(margins[-1] * np.sqrt(bits / lengths[-1]))
    return float(np.interp(bits, lengths, margins))


def ranking(
    distances: torch.Tensor, triplets: Triplets, margin: float, weight: float = 1.0
) -> Term:
    """Half the hinge on (B, B) squared distances, averaged over triplets."""
    nearer = distances[triplets.anchors, triplets.near]
    farther = distances[triplets.anchors, triplets.far]
    return Term(0.5 * (margin + nearer - farther).clamp(min=0), len(nearer), weight)


def contrast(distances: torch.Tensor, triplets: Triplets, margin: float, weight: float) -> Term:
    """Half the squared distance of like codes and half the squared shortfall of unlike ones."""
    nearer = distances[triplets.anchors, triplets.near]
    # The length of a difference of nothing has no gradient; the hinge's there is 0 by choice.
    farther = distances[triplets.anchors, triplets.far].clamp(min=1e-12).sqrt()
    values = 0.5 * (nearer + (margin - farther).clamp(min=0) ** 2)
    return Term(values, len(nearer), weight)


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
