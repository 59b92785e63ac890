"""What a hash layer is trained on: stored embeddings, their labels, and which are near-copies.

Owns shapes and selection. Imports no torch, so that the application can put a set together and
hand it to a child. Never changes the arrays that it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError

LARGEST_UNLABELLED = 20_000
"""Photos without a label that are used at most."""
LARGEST_ROTATED = 2_000


class Rotations(NamedTuple):
    """Embeddings of some photos after turning them a little."""

    indices: NDArray[np.int64]
    """(M,) which rows of the set were turned."""
    angles: NDArray[np.float64]
    """(V,) degrees."""
    embeddings: NDArray[np.float16]
    """(V, M, D)."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Photos to learn from, a row each."""

    embeddings: NDArray[np.float16]
    """(N, D) as stored."""
    labels: NDArray[np.bool_]
    """(N, C), a column for each class; a row without any is an unlabelled photo. C may be 0."""
    groups: NDArray[np.int64]
    """(N,) near-duplicates share a number; they are never parted by a split."""
    rotations: Rotations | None = None
    """For USDH; at most 2,000 photos."""
    rejections: NDArray[np.bool_] | None = None
    """(N, C) which photos are said not to be of a class; of all others nothing is said."""

    def __post_init__(self) -> None:
        count = len(self.embeddings)
        if self.embeddings.ndim != 2 or self.labels.ndim != 2:
            raise BugError("embeddings and labels are matrices")
        if len(self.labels) != count or self.groups.shape != (count,):
            raise BugError(f"{count} embeddings, {len(self.labels)} labels, {self.groups.shape}")
        if self.rejections is not None and self.rejections.shape != self.labels.shape:
            raise BugError(f"rejections of shape {self.rejections.shape}")
        if self.rotations is None:
            return
        indices, angles, embeddings = self.rotations
        if embeddings.shape != (len(angles), len(indices), self.embeddings.shape[1]):
            raise BugError(f"rotated embeddings of shape {embeddings.shape}")
        if len(indices) > LARGEST_ROTATED:
            raise BugError(f"{len(indices)} rotated photos, more than {LARGEST_ROTATED}")

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """(N,) which rows carry at least one label."""
        labelled: NDArray[np.bool_] = np.asarray(self.labels.any(axis=1))
        return labelled

    @property
    def marked(self) -> NDArray[np.bool_]:
        """(N,) of which rows something is said, be it only that they are not of a class."""
        if self.rejections is None:
            return self.labelled
        marked: NDArray[np.bool_] = self.labelled | self.rejections.any(axis=1)
        return marked

    def arrays(self) -> list[NDArray[np.generic]]:
        """Return all that it holds."""
        rejections = () if self.rejections is None else (self.rejections,)
        return [self.embeddings, self.labels, self.groups, *(self.rotations or ()), *rejections]

    def subset(self, rows: NDArray[np.int64]) -> TrainingSet:
        """Return the given rows, in their order, with those of their rotations that exist."""
        return TrainingSet(
            self.embeddings[rows],
            self.labels[rows],
            self.groups[rows],
            self._rotations_of(rows),
            None if self.rejections is None else self.rejections[rows],
        )

    def _rotations_of(self, rows: NDArray[np.int64]) -> Rotations | None:
        if self.rotations is None:
            return None
        places = np.full(len(self.embeddings), -1)
        places[rows] = np.arange(len(rows))
        moved = places[self.rotations.indices]
        kept = moved >= 0
        return Rotations(moved[kept], self.rotations.angles, self.rotations.embeddings[:, kept])


Pictures = Callable[[NDArray[np.int64]], NDArray[np.uint8]]
"""From rows of a set to (B, S, S, 3) sRGB."""


@dataclass(frozen=True, slots=True, eq=False)
class DeepTrainingSet:
    """Photos to learn from with the network that describes them."""

    photos: TrainingSet
    """With the embeddings of the network as it is before; its rotations are not used."""
    pictures: Pictures
    """All of one size; asked for the same rows again and again."""


def limited(
    training: TrainingSet, generator: np.random.Generator, *, keep_labelled: bool
) -> NDArray[np.int64]:
    """Leave out what training would not gain from: unlabelled photos beyond 20,000, at random.

    Args:
        training: The whole set.
        generator: Draws the photos that stay.
        keep_labelled: Whether all photos stay of which something is said; else they count like the
            others.

    Returns:
        Rows that stay, ascending.
    """
    kept = training.marked if keep_labelled else np.zeros(len(training.labels), dtype=np.bool_)
    others = np.flatnonzero(~kept)
    if len(others) > LARGEST_UNLABELLED:
        others = generator.choice(others, LARGEST_UNLABELLED, replace=False)
    return np.sort(np.concatenate((np.flatnonzero(kept), others)))
