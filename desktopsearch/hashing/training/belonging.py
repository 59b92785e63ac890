"""How likely a photo of which nothing is said belongs to one of the classes. Numpy only.

In a library most photos may be of no class at all, or nearly all of some: labels do not say. What
tells is how well labelled photos can be told from the others. If all others are of the classes as
well, that is a matter of chance; if few are, it is easy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.logistic import LogisticRegression
from desktopsearch.domain.rankings import unit_rows
from desktopsearch.hashing.training.training_set import TrainingSet

_PENALTIES = (10.0, 1.0, 0.1)
"""Of which the one is taken that foretells best which held-out photos are labelled."""
_FOLDS = 5
_MOST_LEARNT = 1_500
"""Unlabelled photos that are learnt from: so many say enough of what the others are like."""
_LARGEST_SCORE = 30.0
HARDLY = 0.1
"""Less likely photos are taken for strangers where codes are judged: among photos of up to a half
there still are many members, and these lie where it counts."""


def belonging(photos: TrainingSet, generator: np.random.Generator) -> NDArray[np.float32]:
    """Tell how likely each photo belongs to one of the classes, from its embedding.

    Source: Elkan and Noto, "Learning Classifiers from Only Positive and Unlabeled Data" (KDD 2008),
    equation 3 with the estimator of section 3: with g(x) the probability that a photo is labelled,
    by a logistic regression that did not see it, and c the mean of g over labelled photos, an
    unlabelled one belongs with (1 - c) / c * g / (1 - g). Differs: c is a mean over each class,
    since of small ones a larger share is labelled, and a photo takes that of the class whose middle
    is nearest to it.

    Args:
        photos: Near copies among them are not told by each other.
        generator: Draws the folds, and what is learnt from if there are many.

    Returns:
        (N,), from 0 to 1; 1 of labelled photos, and of all if there are too few to learn from.
    """
    known, labels = photos.labelled, photos.labels
    certain: NDArray[np.float32] = np.ones(len(known), dtype=np.float32)
    folds = _folds(known, photos.groups, generator)
    if known.all() or len(np.unique(folds[known])) < _FOLDS:
        return certain
    vectors = photos.embeddings.astype(np.float32)
    rows = unit_rows(vectors - vectors.mean(axis=0))
    others = np.flatnonzero(~known)
    drawn = generator.permutation(others)[:_MOST_LEARNT]
    learnt = np.concatenate([np.flatnonzero(known), drawn])
    scores = _held_out_scores(rows, known, learnt, folds)
    odds = np.exp(np.clip(scores, -_LARGEST_SCORE, _LARGEST_SCORE)) * len(drawn) / len(others)
    labelled = odds / (1.0 + odds)
    members = labels.T[labels.any(axis=0)]
    means = np.stack([labelled[row].mean() for row in members])
    middles = unit_rows(members.astype(np.float32) @ rows)
    share = means[(rows @ middles.T).argmax(axis=1)]
    likely = np.minimum(1.0, (1.0 - share) / share * odds)
    return np.where(known, certain, likely).astype(np.float32)


def _folds(
    known: NDArray[np.bool_], groups: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Deal out whole groups, those with a labelled photo first, so that each fold has of these."""
    numbers = np.unique(groups, return_inverse=True)[1]
    count = int(numbers.max(initial=-1)) + 1
    with_labels = np.zeros(count, dtype=np.bool_)
    with_labels[numbers[known]] = True
    places = np.empty(count, dtype=np.int64)
    places[np.lexsort((generator.random(count), ~with_labels))] = np.arange(count)
    folds: NDArray[np.int64] = places[numbers] % _FOLDS
    return folds


def _held_out_scores(
    rows: NDArray[np.float32],
    known: NDArray[np.bool_],
    learnt: NDArray[np.int64],
    folds: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return (N,) log-odds that a photo is labelled, by regressions that learnt from no copy."""
    best, least = np.zeros(len(rows)), np.inf
    for penalty in _PENALTIES:
        scores = np.zeros(len(rows))
        for fold in range(_FOLDS):
            seen = learnt[folds[learnt] != fold]
            ones = np.ones(len(seen), dtype=np.float32)
            regression = LogisticRegression(rows[seen], known[seen], ones, penalty).learnt()
            asked = folds == fold
            scores[asked] = regression.scores(rows[asked])
        signed = np.where(known[learnt], scores[learnt], -scores[learnt])
        loss = float(np.logaddexp(0.0, -signed).mean())
        if loss < least:
            best, least = scores, loss
    return best
