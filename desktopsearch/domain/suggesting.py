"""Which photos belong to an album: a logistic regression on embeddings, and what is asked by it.

It learns from photos that are in the album, from those that were said not to be in it, and from
some of which nothing is said. Of the last most are not in it, so they count as if they were not,
all together as much as the album: that changes the scale of the scores and hardly their order
(Elkan & Noto, KDD 2008). Asked about are the photos whose score is the most doubtful (Lewis & Gale,
SIGIR 1994). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.albums import Album
from desktopsearch.domain.logistic import LogisticRegression

FEWEST_PHOTOS: Final = 3
"""An album needs so many for anything to be learnt from it."""
MOST_LEARNT: Final = 500
"""Photos of an album, or said not to be in it, that are learnt from, so that a step stays short."""
UNSAID: Final = 1_000
"""Photos of which nothing is said that are learnt from."""

# Of n photos of an album each counts 1 / n; so the penalty of one photo's worth falls with n too.
_PENALTY = 0.1
# Of so many times as many doubtful photos as are asked for those that are alike are left out.
_DOUBTFUL = 5
# Half of the pairs in flowers17 that are so alike differ in fewer than 27 of 256 bits.
_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class SuggestedPhoto:
    """A photo of which nothing is said yet."""

    photo_id: int
    path: bytes
    """Of one of its copies, one that can be reached if there is one."""
    offline: bool
    score: float
    """As ``Membership.scores`` has it."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Photos to be asked about for one album."""

    album: Album
    likely: tuple[SuggestedPhoto, ...]
    """Those that most likely belong to it, the likeliest first."""
    informative: tuple[SuggestedPhoto, ...]
    """Those of which the answer teaches most, the most doubtful first."""
    left: int
    """Photos of which nothing is said, with these."""


class Membership:
    """Tells by an embedding whether a photo belongs to an album, once it has learnt that."""

    def __init__(
        self,
        inside: NDArray[np.float16],
        outside: NDArray[np.float16],
        unsaid: NDArray[np.float16],
    ) -> None:
        """Begin to learn.

        Args:
            inside: (P, D) of photos in the album, at least one.
            outside: (R, D) of photos that were said not to be in it.
            unsaid: (S, D) of other photos, at least one.
        """
        rows = np.concatenate([inside, outside, unsaid]).astype(np.float32)
        self._mean = unsaid.mean(axis=0, dtype=np.float64).astype(np.float32)
        rows -= self._mean
        each = 1.0 / len(inside)
        counts = [len(inside), len(outside), len(unsaid)]
        weights = np.repeat(np.array([each, each, 1.0 / len(unsaid)], np.float32), counts)
        targets = np.arange(len(rows)) < len(inside)
        self._regression = LogisticRegression(rows, targets, weights, _PENALTY * each)

    @property
    def is_learnt(self) -> bool:
        """Whether there is nothing more to learn."""
        return self._regression.is_learnt

    def go_on(self) -> None:
        """Learn a step more; it takes some milliseconds."""
        self._regression.go_on()

    def scores(self, embeddings: NDArray[np.float16]) -> NDArray[np.float32]:
        """Return (N,) for (N, D): log-odds, above 0 for what is more like the album than not."""
        return self._regression.scores(embeddings.astype(np.float32) - self._mean)


def most_likely(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the positions of the highest of (N,) scores, the highest first."""
    return _least(-scores, count)


def doubtful(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the positions of so many scores, and some to spare, the most doubtful first."""
    return _least(np.abs(scores), count * _DOUBTFUL)


def unlike_each_other(embeddings: NDArray[np.float16], count: int) -> NDArray[np.int64]:
    """Leave out photos that are much like one before them, so near copies above all.

    Args:
        embeddings: (n, D) of length one.
        count: How many to return at most.

    Returns:
        Positions (m,), ascending.
    """
    rows = embeddings.astype(np.float32)
    left: NDArray[np.bool_] = np.ones(len(rows), dtype=np.bool_)
    picked: list[int] = []
    while len(picked) < count and left.any():
        picked.append(int(left.argmax()))
        left &= rows @ rows[picked[-1]] < _ALIKE
        left[picked[-1]] = False
    return np.array(picked, dtype=np.int64)


def _least(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    if count < len(values):
        first = np.sort(np.argpartition(values, count)[:count])
    else:
        first = np.arange(len(values))
    return first[np.argsort(values[first], kind="stable")]
