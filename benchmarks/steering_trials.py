"""Queries of several pictures, put together in different ways, over photos of known albums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.teaching_protocol import PhotoLibrary
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.combining import combined
from desktopsearch.domain.metrics import average_precision, precision_at
from desktopsearch.domain.rankings import rank_by_score
from desktopsearch.hashing.model import bundled_model_folder, load_model

RANKS: Final = 10
COLUMNS: Final = ("photos", "pictures", "put together by", "mAP", f"precision@{RANKS}", "queries")
SUMMARY: Final = (
    "`like` are pictures of the query's album, `unlike` the first hits that are of another. Codes",
    "of the bundled model, ties counted exactly. All rows of a pack are over the same queries.",
    "The product's way is `combined`; `least` takes the nearest picture that is meant,",
    "`subtracted` takes half of the mean distance to what is not meant off the mean to what is",
    "(Rocchio). Of caltech101 only classes are there that the model was not made from.",
    "",
)
PRODUCT, LEAST, SUBTRACTED = "combined", "least", "subtracted"
_FIRST = 60
_MOST = 4

Distances = NDArray[np.integer | np.floating]
Figures = dict[tuple[str, str], list[tuple[float, float]]]
"""By the pictures and the way: mAP and precision of each query."""


def measure(library: PhotoLibrary, queries: int) -> Figures:
    """Ask with some photos of each album.

    Args:
        library: Each of whose photos is in one album.
        queries: Of each album; those that lack right or wrong hits are left out.
    """
    generator = np.random.default_rng(0)
    codes = load_model(bundled_model_folder()).layer.codes(library.embeddings)
    albums = library.labels.argmax(axis=1)
    measured: Figures = defaultdict(list)
    for album in range(library.labels.shape[1]):
        inside = np.flatnonzero(albums == album)
        for query in generator.permutation(inside)[:queries].tolist():
            _ask(library, codes, albums, query, generator, measured)
    return measured


def rows_of(pack: str, measured: Figures) -> list[list[object]]:
    """The means, a row for each way."""
    return [
        [pack, pictures, way, *np.mean(figures, axis=0).tolist(), len(figures)]
        for (pictures, way), figures in measured.items()
    ]


def _ask(
    library: PhotoLibrary,
    codes: NDArray[np.uint8],
    albums: NDArray[np.int64],
    query: int,
    generator: np.random.Generator,
    measured: Figures,
) -> None:
    first = hamming_distances(codes[query], codes)
    own = library.groups == library.groups[query]
    found = np.lexsort((generator.random(len(codes)), first))
    found = found[~own[found]][:_FIRST]
    right = found[albums[found] == albums[query]][:_MOST]
    wrong = found[albums[found] != albums[query]][:_MOST]
    others = np.flatnonzero((albums == albums[query]) & ~own)
    if min(len(right), len(wrong), len(others)) < _MOST:
        return
    drawn = generator.choice(others, _MOST, replace=False)
    used = [query, *right, *wrong, *drawn]
    judged = ~np.isin(library.groups, library.groups[used])
    relevant = (albums[judged] == albums[query])[None].astype(np.int64)
    if not relevant.any():
        return
    for pictures, (meant, unlike) in _sets(query, drawn, right, wrong).items():
        rows = [*meant, *unlike]
        apart = np.stack([hamming_distances(codes[row], codes[judged]) for row in rows])
        alike = np.arange(len(rows)) < len(meant)
        for way, combine in _ways(alike).items():
            rankings = rank_by_score(-combine(apart, alike)[None].astype(np.float64), relevant)
            figures = average_precision(rankings)[0], precision_at(rankings, RANKS)[0]
            measured[pictures, way].append((float(figures[0]), float(figures[1])))


def _sets(
    query: int, drawn: NDArray[np.int64], right: NDArray[np.int64], wrong: NDArray[np.int64]
) -> Mapping[str, tuple[Sequence[int], Sequence[int]]]:
    random, hits, others = drawn.tolist(), right.tolist(), wrong.tolist()
    return {
        "1 like": ([query], []),
        "2 like, drawn": ([query, *random[:1]], []),
        "3 like, drawn": ([query, *random[:2]], []),
        "5 like, drawn": ([query, *random], []),
        "2 like, of the hits": ([query, *hits[:1]], []),
        "3 like, of the hits": ([query, *hits[:2]], []),
        "5 like, of the hits": ([query, *hits], []),
        "1 like, 1 unlike": ([query], others[:1]),
        "1 like, 2 unlike": ([query], others[:2]),
        "1 like, 4 unlike": ([query], others),
        "3 like, of the hits, 2 unlike": ([query, *hits[:2]], others[:2]),
    }


def _ways(
    alike: NDArray[np.bool_],
) -> Mapping[str, Callable[[Distances, NDArray[np.bool_]], Distances]]:
    """The ways that differ for a set of pictures."""
    ways: dict[str, Callable[[Distances, NDArray[np.bool_]], Distances]] = {PRODUCT: combined}
    if alike.sum() > 1 and alike.all():
        ways[LEAST] = lambda apart, _alike: apart.min(axis=0)
    if not alike.all():
        ways[SUBTRACTED] = lambda apart, alike: (
            apart[alike].mean(axis=0) - apart[~alike].mean(axis=0) / 2
        )
    return ways
