"""The pictures that a query is made of, and how the distances to them become one.

A photo is as far away as the mean of its distances to the pictures that are meant. Where a picture
that is not meant lies nearer than that, the photo goes back by the difference; all others stay
where they are. So the figure stays one of bits: with one picture it is the Hamming distance.

On flowers17, with codes of the bundled model, the mean was better than the least distance and than
a soft minimum, and the step back as good as Rocchio's subtraction with one picture that is meant;
``benchmarks.steering`` has the figures. With subtraction a distance could not be read any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.framing import Framing

MOST_PICTURES: Final = 12
"""Of one query, so that it is answered soon."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture of a query; as in ``Query``, one of ``path``, ``data``, ``photo_id`` is given."""

    path: bytes | None = None
    data: bytes | None = None
    photo_id: int | None = None
    framing: Framing | None = None
    alike: bool = True
    """Whether photos are to be like it, or unlike it."""


def combined(
    distances: NDArray[np.integer | np.floating], alike: NDArray[np.bool_]
) -> NDArray[np.floating]:
    """Make one distance of those to several pictures.

    Args:
        distances: (P, N), of any kind that is smaller the more alike two pictures are.
        alike: (P,) whether photos are to be like each picture, or unlike it; one is at least.

    Returns:
        (N,).
    """
    meant: NDArray[np.floating] = distances[alike].mean(axis=0)
    if alike.all():
        return meant
    nearest = distances[~alike].min(axis=0)
    further: NDArray[np.floating] = meant + np.maximum(0, meant - nearest)
    return further


def shown_distances(distances: NDArray[np.floating], bits: int) -> NDArray[np.int32]:
    """Round combined distances to whole bits, halves upwards; nothing is farther than all bits."""
    rounded: NDArray[np.int32] = np.minimum(np.floor(distances + 0.5), bits).astype(np.int32)
    return rounded
