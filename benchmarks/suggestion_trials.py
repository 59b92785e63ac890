"""Simulated albums that are to grow, and ways of scoring photos for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.photo_packs import CACHE
from benchmarks.teaching_protocol import PhotoLibrary, label_some, library_of
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.rankings import unit_rows
from desktopsearch.domain.suggesting import (
    MOST_LEARNT,
    UNSAID,
    Membership,
    most_likely,
)
from desktopsearch.domain.teaching import DEFAULT_BITS
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.teaching.near_copies import near_copy_groups
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet

FIRST = 20
HAMMING = "nearest by code"
COSINE = "cosine to the mean"
ALONE = "regression, this album alone"
PRODUCT = "regression"
TAUGHT = "regression on taught codes"


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the first suggestions, over the albums of a library."""

    pack: str
    labels: int
    """That were given away of each album."""
    seed: int
    method: str
    precision: float
    """Of the first twenty; of as many as are left where an album has fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownOfAlbum:
    """What is known for one album: positions of photos."""

    inside: NDArray[np.int64]
    others: NDArray[np.int64]
    """In other albums."""
    free: NDArray[np.int64]
    """Of which nothing is said."""


_Score = Callable[[KnownOfAlbum], NDArray[np.float32]]
"""Scores of the free photos (n,), high for those that belong."""


def load(name: str, data: Path) -> PhotoLibrary:
    """Read a pack.

    Args:
        name: Of the pack.
        data: Folder of the packs.
    """
    return library_of(name, data, bundled_model_folder(), CACHE)


def measure(
    library: PhotoLibrary, labels: Sequence[int], seeds: int, taught: int
) -> list[Precision]:
    """Suggest photos for every album of a library.

    Args:
        library: The photos.
        labels: How many are given away of each album.
        seeds: How many draws of labels.
        taught: For how many of these codes are taught too.
    """
    found: list[Precision] = []
    albums = library.labels.shape[1]
    for count in labels:
        for seed in range(seeds):
            labelled = label_some(library, count, np.random.default_rng(seed))
            ways = _ways(library, labelled if seed < taught else None, seed)
            sums = dict.fromkeys(ways, 0.0)
            for album, belongs in albums_of(library, labelled):
                first = min(FIRST, int(belongs.sum()))
                for way, score in ways.items():
                    sums[way] += float(belongs[most_likely(score(album), first)].mean())
            found += [
                Precision(library.name, count, seed, way, total / albums)
                for way, total in sums.items()
            ]
            print(f"{library.name}, {count} labels, seed {seed}", file=sys.stderr)
    return found


def albums_of(
    library: PhotoLibrary, labelled: NDArray[np.bool_]
) -> Iterator[tuple[KnownOfAlbum, NDArray[np.bool_]]]:
    """Yield what is known of each album, and which of its free photos belong to it."""
    for members in library.labels.T:
        free = np.flatnonzero(~labelled)
        yield (
            KnownOfAlbum(
                np.flatnonzero(labelled & members), np.flatnonzero(labelled & ~members), free
            ),
            members[free],
        )


def _ways(
    library: PhotoLibrary, labelled: NDArray[np.bool_] | None, seed: int
) -> dict[str, _Score]:
    embeddings = library.embeddings
    codes = load_model(bundled_model_folder()).layer.codes(embeddings)
    vectors = unit_rows(embeddings)

    def nearest(album: KnownOfAlbum) -> NDArray[np.float32]:
        near = [hamming_distances(codes[photo], codes[album.free]) for photo in album.inside]
        scores: NDArray[np.float32] = -np.min(near, axis=0).astype(np.float32)
        return scores

    def to_mean(album: KnownOfAlbum) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = vectors[album.free] @ vectors[album.inside].mean(axis=0)
        return scores

    def alone(album: KnownOfAlbum) -> NDArray[np.float32]:
        return learnt(embeddings, album, (), ()).scores(embeddings[album.free])

    def product(rows: NDArray[np.float16]) -> _Score:
        return lambda album: learnt(rows, album, (), album.others).scores(rows[album.free])

    ways = {HAMMING: nearest, COSINE: to_mean, ALONE: alone, PRODUCT: product(embeddings)}
    if labelled is not None:
        outputs = _taught(library, labelled, seed).logits(embeddings)
        ways[TAUGHT] = product(unit_rows(np.tanh(outputs)).astype(np.float16))
    return ways


def learnt(
    rows: NDArray[np.float16],
    album: KnownOfAlbum,
    outside: Sequence[int],
    others: Sequence[int] | NDArray[np.int64],
) -> Membership:
    """Learn as the product does."""
    generator = np.random.default_rng(0)
    unsaid = generator.choice(album.free, min(UNSAID, len(album.free)), replace=False)
    some = generator.permutation(np.array(others, dtype=np.int64))[:MOST_LEARNT]
    none = np.array(outside, dtype=np.int64)
    membership = Membership(rows[album.inside], rows[none], rows[np.concatenate([unsaid, some])])
    while not membership.is_learnt:
        membership.go_on()
    return membership


def _taught(library: PhotoLibrary, labelled: NDArray[np.bool_], seed: int) -> HashLayer:
    groups = near_copy_groups(library.embeddings, labelled)
    photos = TrainingSet(library.embeddings, library.labels & labelled[:, None], groups)
    objective = "ssdh_semi" if library.labels.sum(axis=1).max() == 1 else "dsrh"
    plan = TrainingPlan(objective, DEFAULT_BITS, seed, every_photo=True, device="cpu")
    *_, last = train_head(photos, plan)
    assert last.layer is not None
    return last.layer
