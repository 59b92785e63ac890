"""Why a photo was found: how far it is, and which albums the bits stand for in which it agrees.

The typical bits of an album are those whose mean over its photos differs most from the mean over
the library. Whether query and photo share many of them is judged by pairs of photos drawn from the
library at random. Tried on flowers17, with ten photos of each kind in an album, codes of the
bundled model and 1,000 pairs of a query and one of its ten nearest: where both were of one kind an
album was named for 91 of 100, and 89 times of 100 the first was that kind's; where they were not,
for 57 of 100. So an album tells what two photos look like to the codes, not what they are. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import unpack

SAMPLE: Final = 4_000
"""Photos that the library is judged by."""
_RARE: Final = 0.01
_UNUSUAL: Final = 0.1
_HALF: Final = 0.5
_BITS_PER_TYPICAL = 8


@dataclass(frozen=True, slots=True)
class AlbumTrait:
    """How many of the bits that are typical of an album two photos share."""

    album_id: int
    name: str
    shared: int
    typical: int
    """How many bits are looked at."""
    by_chance: float
    """How many of them two photos of the library share on average."""
    chance: float
    """The share of such pairs that share as many or more."""
    inside: bool
    """Whether the photo is in the album."""

    @property
    def stands_out(self) -> bool:
        """Whether the two share far more than chance gives."""
        if self.chance <= _RARE:
            return True
        # Where much of the library is like an album, such pairs are no longer rare.
        halfway = self.by_chance + _HALF * (self.typical - self.by_chance)
        return self.chance <= _UNUSUAL and self.shared >= halfway


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of one photo that was found."""

    photo_id: int
    distance: int
    """As it is shown."""
    mixed: bool
    """Whether that is mixed with the distance of the model's own codes; all else is not."""
    code_bits: int
    distances: tuple[int, ...]
    """To each picture of the query."""
    nearest: int
    """The number of the picture that is meant and the nearest; the albums are about this one."""
    nearer_than: float | None
    """The share of the other photos that are farther away; None without any."""
    others: int
    """How many they are."""
    albums: tuple[AlbumTrait, ...]
    """Of each album with enough photos, what stands out first."""


class Typical:
    """What is typical within one library; judges albums one by one."""

    def __init__(self, codes: NDArray[np.uint8]) -> None:
        """Learn from a sample of the library: (N, W) packed codes."""
        self._sample = unpack(codes)
        self._means = self._sample.mean(axis=0) if len(codes) else np.zeros(8 * codes.shape[1])
        self._left, self._right = _pairs(len(codes))

    def trait(
        self, photos: NDArray[np.uint8], pair: NDArray[np.uint8]
    ) -> tuple[int, int, float, float]:
        """Count the bits that are typical of some photos and that a pair shares.

        Args:
            photos: (n, W) packed codes, of an album.
            pair: (2, W).

        Returns:
            How many both have, how many there are, how many pairs of the sample share on average,
            and the share of these pairs that share as many or more.
        """
        difference = unpack(photos).mean(axis=0) - self._means
        count = len(difference) // _BITS_PER_TYPICAL
        bits = np.argsort(-np.abs(difference), kind="stable")[:count]
        wanted = difference[bits] > 0
        shared = int((unpack(pair)[:, bits] == wanted).all(axis=0).sum())
        has = self._sample[:, bits] == wanted
        of_pairs = (has[self._left] & has[self._right]).sum(axis=1)
        # The pair itself counts among the pairs: so few of them cannot make anything certain.
        as_many = (int(np.count_nonzero(of_pairs >= shared)) + 1) / (len(of_pairs) + 1)
        return shared, count, float(of_pairs.mean()) if of_pairs.size else 0.0, as_many


def share_farther(counts: NDArray[np.integer], distance: int) -> tuple[float | None, int]:
    """Say how a distance compares with those of all other photos.

    Args:
        counts: How many photos lie at each distance, from 0 on, the one in question too.
        distance: Of the one in question.

    Returns:
        The share of the others that are farther away, and how many the others are.
    """
    others = int(counts.sum()) - 1
    return (float(counts[distance + 1 :].sum()) / others if others > 0 else None), max(others, 0)


def _pairs(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair each of some photos with others, no two twice: about as many pairs as ``SAMPLE``."""
    largest = max(0, (count - 1) // 2)
    wanted = min(largest, max(1, SAMPLE // max(1, count)))
    # Far apart first: photos that were read one after the other are often alike.
    apart = np.unique(np.linspace(largest, 1, wanted).astype(np.int64))
    left = np.tile(np.arange(count), len(apart))
    return left, (left + np.repeat(apart, count)) % max(1, count)
