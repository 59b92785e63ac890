"""Whose labels are given away in a simulated teaching, and what a ranking is judged on.

A library is a pack of photos whose labels are its albums. Some photos of each album are labelled;
the others are in the library too while it is taught, without their labels, and are what is judged:
each of them asks among all the others of them. Near copies lie on one side, and no copy of a query
is among what it is answered with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging import MEAN_AP
from benchmarks.photo_packs import embeddings_of, near_copy_groups, perceptual_hashes_of, unpack
from benchmarks.protocols import whole_groups
from desktopsearch.domain.metrics import average_precision, precision_at
from desktopsearch.domain.rankings import TiedRankings, blocks, shared_labels

UNSEEN = Path(__file__).parent / "holdout" / "caltech101.txt"
PACKS = ("flowers17", "caltech101", "voc5", "miml")
RANKS = 10
PRECISION = f"precision@{RANKS}"
OVER_ALBUMS = "mAP over albums"
FEWEST_LEFT = 10
"""Photos that each album must keep to be judged on."""

Rank = Callable[[slice, NDArray[np.int64], NDArray[np.bool_]], TiedRankings]
"""From a run of the judged photos, their levels and what is left out to rankings of all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoLibrary:
    """Photos that a person might have, a row each."""

    name: str
    embeddings: NDArray[np.float16]
    """(N, D)."""
    labels: NDArray[np.bool_]
    """(N, A), a column for each album."""
    groups: NDArray[np.int64]
    """(N,): near copies share a number."""


def library_of(name: str, data: Path, model: Path, cache: Path) -> PhotoLibrary:
    """Read a pack; of caltech101 the classes that the bundled model was not made from.

    Args:
        name: Of the pack.
        data: Folder that holds the packs.
        model: Folder of the model that describes the photos.
        cache: Folder for all that can be made again.
    """
    pack = unpack(name, data, cache)
    rows = np.arange(len(pack.paths))
    labels = pack.labels
    part = name
    if name == UNSEEN.stem:
        unseen = {Path(line).name for line in UNSEEN.read_text(encoding="utf-8").splitlines()}
        rows = np.array([row for row in rows if pack.paths[row].parent.name in unseen])
        labels = labels[rows]
        labels = labels[:, labels.any(axis=0)]
        part = f"{name}-unseen"
    paths = [pack.paths[row] for row in rows]
    groups = near_copy_groups(perceptual_hashes_of(part, paths, cache))
    return PhotoLibrary(name, embeddings_of(part, paths, model, cache), labels, groups)


def label_some(
    library: PhotoLibrary, count: int, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw photos of each album that none has drawn before; each then has all of its labels.

    Args:
        library: The photos.
        count: For each album.
        generator: Draws them, groups of near copies whole.

    Returns:
        (N,): which photos are labelled.

    Raises:
        ValueError: An album has too few photos.
    """
    labelled = np.zeros(len(library.labels), dtype=np.bool_)
    # Small albums first: photos that are in several are dear to them.
    for album in np.argsort(library.labels.sum(axis=0), kind="stable"):
        free = np.flatnonzero(library.labels[:, album] & ~labelled)
        labelled[whole_groups(free, library.groups, count, generator)] = True
    left = int(library.labels[~labelled].sum(axis=0).min())
    if left < FEWEST_LEFT:
        raise ValueError(f"{count} labels leave {left} photos of an album to judge on")
    return labelled


def judge(rank: Rank, labels: NDArray[np.bool_], groups: NDArray[np.int64]) -> dict[str, float]:
    """Let each photo ask among the others.

    Args:
        rank: The way of ranking.
        labels: (N, A) of the photos that are judged.
        groups: (N,): near copies share a number; a query is not answered with its own.

    Returns:
        Means over the queries to which anything is relevant: of average precision over the whole
        ranking, exact in ties, and of precision at ten; and the mean over albums of the first.
    """
    precise: list[NDArray[np.float64]] = []
    early: list[NDArray[np.float64]] = []
    for block in blocks(len(labels), len(labels)):
        levels = shared_labels(labels[block], labels)
        rankings = rank(block, levels, groups[block, None] == groups[None])
        precise.append(average_precision(rankings))
        early.append(precision_at(rankings, RANKS))
    values = np.concatenate(precise)
    judged = ~np.isnan(values)
    of_albums = [values[judged & members].mean() for members in labels.T]
    return {
        MEAN_AP: float(values[judged].mean()),
        PRECISION: float(np.concatenate(early)[judged].mean()),
        OVER_ALBUMS: float(np.mean(of_albums)),
    }
