"""Simulated albums that are to grow: ways of scoring photos for them, and of asking about some."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    doubtful,
    most_likely,
    unlike_each_other,
)
from desktopsearch.domain.teaching import DEFAULT_BITS
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.teaching.lesson import lesson
from desktopsearch.hashing.teaching.near_copies import near_copy_groups
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet

FIRST = 20
ROUNDS, QUESTIONS = 4, 5
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the scores are worth after some answers, over the albums of a library."""

    pack: str
    seed: int
    how: str
    average_precision: float
    """On photos that are never asked about."""


@dataclass(frozen=True, slots=True, eq=False)
class _Album:
    """What is known for one album: positions of photos."""

    inside: NDArray[np.int64]
    others: NDArray[np.int64]
    """In other albums."""
    free: NDArray[np.int64]
    """Of which nothing is said."""


_Score = Callable[[_Album], NDArray[np.float32]]
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
            for album, belongs in _albums(library, labelled):
                first = min(FIRST, int(belongs.sum()))
                for way, score in ways.items():
                    sums[way] += float(belongs[most_likely(score(album), first)].mean())
            found += [
                Precision(library.name, count, seed, way, total / albums)
                for way, total in sums.items()
            ]
            print(f"{library.name}, {count} labels, seed {seed}", file=sys.stderr)
    return found


def ask(library: PhotoLibrary, seeds: int) -> list[Asked]:
    """Put questions about albums of five photos, picked in different ways.

    Args:
        library: The photos.
        seeds: How many draws of labels.
    """
    found: list[Asked] = []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        labelled = label_some(library, QUESTIONS, generator)
        numbers = np.unique(library.groups, return_inverse=True)[1]
        judged = generator.permutation(numbers.max() + 1)[numbers] % 2 == 0
        for how in _PICKS:
            values = [
                _after_answers(library, album, belongs, judged, how, seed)
                for album, belongs in _albums(library, labelled)
            ]
            found.append(Asked(library.name, seed, how, float(np.nanmean(values))))
        print(f"{library.name}, asked, seed {seed}", file=sys.stderr)
    return found


def _albums(
    library: PhotoLibrary, labelled: NDArray[np.bool_]
) -> Iterator[tuple[_Album, NDArray[np.bool_]]]:
    """Yield what is known of each album, and which of its free photos belong to it."""
    for members in library.labels.T:
        free = np.flatnonzero(~labelled)
        yield (
            _Album(np.flatnonzero(labelled & members), np.flatnonzero(labelled & ~members), free),
            members[free],
        )


def _ways(
    library: PhotoLibrary, labelled: NDArray[np.bool_] | None, seed: int
) -> dict[str, _Score]:
    embeddings = library.embeddings
    codes = load_model(bundled_model_folder()).layer.codes(embeddings)
    vectors = unit_rows(embeddings)

    def nearest(album: _Album) -> NDArray[np.float32]:
        near = [hamming_distances(codes[photo], codes[album.free]) for photo in album.inside]
        scores: NDArray[np.float32] = -np.min(near, axis=0).astype(np.float32)
        return scores

    def to_mean(album: _Album) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = vectors[album.free] @ vectors[album.inside].mean(axis=0)
        return scores

    def alone(album: _Album) -> NDArray[np.float32]:
        return _learnt(embeddings, album, (), ()).scores(embeddings[album.free])

    def product(rows: NDArray[np.float16]) -> _Score:
        return lambda album: _learnt(rows, album, (), album.others).scores(rows[album.free])

    ways = {HAMMING: nearest, COSINE: to_mean, ALONE: alone, PRODUCT: product(embeddings)}
    if labelled is not None:
        outputs = _taught(library, labelled, seed).logits(embeddings)
        ways[TAUGHT] = product(unit_rows(np.tanh(outputs)).astype(np.float16))
    return ways


def _learnt(
    rows: NDArray[np.float16],
    album: _Album,
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
    *_, last = lesson(photos, TrainingPlan(objective, DEFAULT_BITS, seed, device="cpu"))
    assert last.layer is not None
    return last.layer


def _after_answers(
    library: PhotoLibrary,
    album: _Album,
    belongs: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    how: str,
    seed: int,
) -> float:
    rows = library.embeddings
    member = np.zeros(len(rows), dtype=np.bool_)
    member[album.free[belongs]] = True
    test = album.free[judged[album.free]]
    known = _Album(album.inside, album.others, album.free[~judged[album.free]])
    outside: list[int] = []
    for number in range(ROUNDS):
        scores = _learnt(rows, known, outside, known.others).scores(rows[known.free])
        generator = np.random.default_rng(1_000 * seed + number)
        asked = known.free[_PICKS[how](scores, rows[known.free], generator)]
        outside += asked[~member[asked]].tolist()
        known = _Album(
            np.concatenate([known.inside, asked[member[asked]]]),
            known.others,
            np.setdiff1d(known.free, asked),
        )
    scores = _learnt(rows, known, outside, known.others).scores(rows[test])
    return _average_precision(scores, member[test])


def _average_precision(scores: NDArray[np.float32], belongs: NDArray[np.bool_]) -> float:
    ranked = belongs[np.argsort(-scores, kind="stable")]
    if not ranked.any():
        return float("nan")
    return float((np.cumsum(ranked)[ranked] / (np.flatnonzero(ranked) + 1)).mean())


_Pick = Callable[[NDArray[np.float32], NDArray[np.float16], np.random.Generator], NDArray[np.int64]]


def _informative(
    scores: NDArray[np.float32], rows: NDArray[np.float16], _generator: np.random.Generator
) -> NDArray[np.int64]:
    doubts = doubtful(scores, QUESTIONS)
    return doubts[unlike_each_other(rows[doubts], QUESTIONS)]


_PICKS: Mapping[str, _Pick] = {
    "informative": _informative,
    "likely": lambda scores, _rows, _generator: most_likely(scores, QUESTIONS),
    "at random": lambda scores, _rows, generator: generator.choice(
        len(scores), QUESTIONS, replace=False
    ),
}
