"""Searches that show what a teaching changes, before and after it. Numpy only.

Queries are photos that the layer in question did not learn from. They are drawn, not chosen: a
search that has become worse is shown as readily as one that has become better.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.folds import Fold, Searched
from desktopsearch.hashing.training.training_set import TrainingSet

MOST = 3
FOUND = 6
"""Photos of each answer."""


class ExampleSearch(msgspec.Struct, frozen=True):
    """One photo as a query; all numbers are rows of what was taught."""

    query: int
    before: list[int]
    """What the old codes find, the nearest first."""
    after: list[int]
    """What the new codes find."""
    together: list[int]
    """Those of both that are in an album with the query, as far as that was said."""


def example_searches(
    photos: TrainingSet,
    old: HashLayer,
    folds: Sequence[Fold],
    searched: Sequence[Searched],
    generator: np.random.Generator,
) -> list[ExampleSearch]:
    """Draw a held-out photo of each of some albums, and look for it with both codes.

    Args:
        photos: All of the teaching.
        old: What searches use without it.
        folds: Of the proof.
        searched: Of each fold.
        generator: Draws albums and photos.

    Returns:
        At most ``MOST``, of different albums.
    """
    found: list[ExampleSearch] = []
    drawn: set[int] = set()
    for album in generator.permutation(photos.labels.shape[1]).tolist():
        members = [row for row in np.flatnonzero(photos.labels[:, album]) if int(row) not in drawn]
        if members and len(found) < MOST:
            query = int(generator.choice(members))
            [fold] = [number for number, each in enumerate(folds) if query in each.held_out]
            drawn.add(query)
            found.append(_search(photos, old, searched[fold], query))
    return found


def _search(photos: TrainingSet, old: HashLayer, searched: Searched, query: int) -> ExampleSearch:
    def nearest(codes: NDArray[np.uint8]) -> list[int]:
        distances = hamming_distances(codes[searched.rows == query][0], codes)
        # Near copies would say nothing of either.
        others = photos.groups[searched.rows] != photos.groups[query]
        order = np.argsort(distances, kind="stable")
        rows: list[int] = searched.rows[order[others[order]][:FOUND]].tolist()
        return rows

    before = nearest(old.codes(photos.embeddings[searched.rows]))
    after = nearest(searched.codes)
    together = [
        row
        for row in dict.fromkeys(before + after)
        if (photos.labels[row] & photos.labels[query]).any()
    ]
    return ExampleSearch(query, before, after, together)
