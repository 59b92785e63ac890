"""Ways of picking the photos that a person is asked about, and what the answers are worth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.suggestion_trials import KnownOfAlbum, albums_of, learnt
from benchmarks.teaching_protocol import PhotoLibrary, label_some
from desktopsearch.domain.suggesting import doubtful, most_likely, unlike_each_other

ROUNDS, QUESTIONS = 4, 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the scores are worth after some answers, over the albums of a library."""

    pack: str
    seed: int
    how: str
    average_precision: float
    """On photos that are never asked about."""


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
                for album, belongs in albums_of(library, labelled)
            ]
            found.append(Asked(library.name, seed, how, float(np.nanmean(values))))
        print(f"{library.name}, asked, seed {seed}", file=sys.stderr)
    return found


def _after_answers(
    library: PhotoLibrary,
    album: KnownOfAlbum,
    belongs: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    how: str,
    seed: int,
) -> float:
    rows = library.embeddings
    member = np.zeros(len(rows), dtype=np.bool_)
    member[album.free[belongs]] = True
    test = album.free[judged[album.free]]
    known = KnownOfAlbum(album.inside, album.others, album.free[~judged[album.free]])
    outside: list[int] = []
    for number in range(ROUNDS):
        scores = learnt(rows, known, outside, known.others).scores(rows[known.free])
        generator = np.random.default_rng(1_000 * seed + number)
        asked = known.free[_PICKS[how](scores, rows[known.free], generator)]
        outside += asked[~member[asked]].tolist()
        known = KnownOfAlbum(
            np.concatenate([known.inside, asked[member[asked]]]),
            known.others,
            np.setdiff1d(known.free, asked),
        )
    scores = learnt(rows, known, outside, known.others).scores(rows[test])
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
