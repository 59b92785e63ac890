"""Which training method suits which labels, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The help of the command line comes by here and must not wait for NumPy.
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_BITS = 128
"""Of taught codes."""
FEWEST_FOR_PAIRS = 500
"""Photos that DDH needs for its pairs to say something."""
OVERLAPPING_SHARE = 0.1
LABELLED_SHARE = 0.8
FEWEST_OF_ALBUM = 10
WITHOUT_LABELS = ("ddh", "usdh")
"""Methods that make no use of albums, so that these prove nothing of them."""


class Depth(StrEnum):
    """How much of the network is taught."""

    HEAD = "head"
    """The hash layer, on stored embeddings."""
    DEEP = "deep"
    """The last stages of the network too, on small pictures: a model of its own comes of it."""


class Reason(StrEnum):
    """Why a method was chosen."""

    ASKED_FOR = "asked for"
    NO_LABELS = "no labels"
    NO_LABELS_AND_FEW_PHOTOS = "no labels and few photos"
    OVERLAPPING_ALBUMS = "overlapping albums"
    NEARLY_ALL_LABELLED = "nearly all labelled"
    MANY_UNLABELLED = "many unlabelled"


@dataclass(frozen=True, slots=True)
class Choice:
    """A training method, by its id, and why."""

    objective: str
    reason: Reason


def choose_objective(labels: NDArray[np.bool_], photos: int) -> Choice:
    """Choose by the labels there are.

    Args:
        labels: (L, A) the labelled photos and their albums.
        photos: All photos of the library.
    """
    labelled = len(labels)
    if not labelled:
        if photos >= FEWEST_FOR_PAIRS:
            return Choice("ddh", Reason.NO_LABELS)
        return Choice("usdh", Reason.NO_LABELS_AND_FEW_PHOTOS)
    # With any other, photos that belong to no album come among those of the albums; it is as good
    # as any where albums overlap.
    if labelled < LABELLED_SHARE * photos:
        return Choice("ssdh_semi", Reason.MANY_UNLABELLED)
    if (labels.sum(axis=1) > 1).mean() >= OVERLAPPING_SHARE:
        return Choice("dsrh", Reason.OVERLAPPING_ALBUMS)
    large = int((labels.sum(axis=0) >= FEWEST_OF_ALBUM).sum())
    if large > 1:
        return Choice("ssdh_sup", Reason.NEARLY_ALL_LABELLED)
    return Choice("ssdh_semi", Reason.MANY_UNLABELLED)
