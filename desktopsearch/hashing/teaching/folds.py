"""Parts labelled photos into folds, so that each is judged by a layer that never saw its label.

Numpy only. Near-copies stay together: a copy in training would tell what the photo is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.training.training_set import TrainingSet

FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows of a training set, ascending; no group has rows in both."""

    held_out: NDArray[np.int64]
    """Photos by which a layer is judged: labelled ones, and such as are rejected from an album."""
    seen: NDArray[np.int64]
    """All photos that a layer may learn from, with and without labels."""


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What is searched by the codes of one fold."""

    rows: NDArray[np.int64]
    """(R,) of a training set, ascending: the held-out photos, and those of which nothing is said,
    at least."""
    codes: NDArray[np.uint8]
    """(R, bytes), by what was taught without the held-out photos."""

    def codes_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the codes of some of the rows."""
        return self.codes[np.searchsorted(self.rows, rows)]


def folds_of(training: TrainingSet, count: int, generator: np.random.Generator) -> list[Fold]:
    """Deal out the groups of photos of which something is said, each album as evenly as can be.

    Args:
        training: Photos with and without labels.
        count: Number of folds.
        generator: Draws the order within an album.

    Returns:
        Folds whose held-out photos together are all of which something is said, each once.
    """
    said = _said(training)
    marked = np.flatnonzero(training.marked)
    groups = training.groups[marked]
    dealt: dict[int, int] = {}
    in_fold = np.zeros((count, said.shape[1]), dtype=np.int64)
    # Small albums first: a large one can be evened out by what is left.
    for album in np.argsort(said.sum(axis=0), kind="stable"):
        members = np.unique(groups[said[marked, album]])
        for group in generator.permutation(members).tolist():
            if group in dealt:
                continue
            least = np.flatnonzero(in_fold[:, album] == in_fold[:, album].min())
            fold = int(least[np.argmin(in_fold[least].sum(axis=1))])
            dealt[group] = fold
            in_fold[fold] += said[marked[groups == group]].sum(axis=0)
    of_row = np.array([dealt[group] for group in groups.tolist()], dtype=np.int64)
    folds = []
    for fold in range(count):
        held_out = marked[of_row == fold]
        known = np.isin(training.groups, training.groups[held_out])
        folds.append(Fold(held_out, np.flatnonzero(~known)))
    return folds


def _said(training: TrainingSet) -> NDArray[np.bool_]:
    """Return (N, A + R): who is in each album, then who is rejected from each that rejects some."""
    if training.rejections is None:
        return training.labels
    rejecting = training.rejections[:, training.rejections.any(axis=0)]
    return np.concatenate([training.labels, rejecting], axis=1)
