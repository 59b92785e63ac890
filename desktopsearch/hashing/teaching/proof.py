"""The proof of what teaching is worth: old against new on photos used for nothing else.

Cross-fitted: each labelled photo is a query once, judged by a layer that was taught without it,
among held-out photos only of which is known whether they belong: those in an album, and those that
were rejected from one of the query's. Of any other photo that is unknown, not irrelevant. Numpy
only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.metrics import average_precision, precision_at
from desktopsearch.domain.rankings import (
    TiedRankings,
    blocks,
    cosines,
    rank_by_score,
    rank_codes,
    shared_labels,
    unit_rows,
)
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.folds import Fold, Searched
from desktopsearch.hashing.teaching.verdict import Verdict, verdict_on
from desktopsearch.hashing.training.belonging import HARDLY, belonging
from desktopsearch.hashing.training.training_set import TrainingSet

RANKS = 10
_BITS_OF_BYTE = 8
OLD, NEW, ITQ, EMBEDDING = "old", "new", "itq", "embedding"


class Figures(msgspec.Struct, frozen=True):
    """Means over queries."""

    mean_ap: float
    precision_at_10: float


class AlbumProof(msgspec.Struct, frozen=True):
    """What teaching is worth for one album."""

    album: int
    """Its column."""
    queries: int
    figures: Mapping[str, Figures]


class Proof(msgspec.Struct, frozen=True):
    """The figures of the old and the new layer, of ITQ and of the embedding itself."""

    verdict: Verdict
    figures: Mapping[str, Figures]
    """Over all queries, by ``OLD``, ``NEW``, ``ITQ`` (on these photos) and ``EMBEDDING``."""
    albums: list[AlbumProof]
    folds: int
    library: Mapping[str, Figures] = {}
    """By ``OLD`` and ``NEW``: of the same queries, with strangers among the photos: those of which
    nothing was said and which hardly belong to any album. What should not be found comes to light
    by them. Other photos may belong, and are left out. Empty if there are no strangers."""


def prove(
    everything: TrainingSet,
    old: HashLayer,
    folds: Sequence[Fold],
    searched: Sequence[Searched],
    generator: np.random.Generator,
) -> Proof:
    """Compare on what each layer did not see.

    Args:
        everything: All photos of the teaching, those without a label too.
        old: What searches use without it.
        folds: One at least.
        searched: Of each fold: codes by a layer, or by a whole network, that was taught on what it
            may see.
        generator: Draws the resamples.
    """
    found: list[dict[str, NDArray[np.float64]]] = []
    for fold, each in zip(folds, searched, strict=True):
        held_out, new = everything.subset(fold.held_out), each.codes_of(fold.held_out)
        itq = fit_itq(everything.embeddings[fold.seen], _BITS_OF_BYTE * new.shape[1])
        codes = {
            OLD: old.codes(held_out.embeddings),
            NEW: new,
            ITQ: itq.codes(held_out.embeddings),
        }
        found.append(_judged(held_out, codes))
    albums = [everything.labels[fold.held_out] for fold in folds]
    judged = {name: np.concatenate([each[name] for each in found], axis=1) for name in found[0]}
    of_query = np.concatenate(albums)
    # A photo of whose album the fold holds no other says nothing.
    counted = ~np.isnan(judged[OLD][0])
    judged = {name: values[:, counted] for name, values in judged.items()}
    of_query = of_query[counted]
    gains = judged[NEW][0] - judged[OLD][0]
    return Proof(
        verdict=verdict_on(gains, of_query, generator),
        figures=_figures(judged, np.ones(len(of_query), dtype=np.bool_)),
        albums=[
            AlbumProof(album, int(members.sum()), _figures(judged, members))
            for album, members in enumerate(of_query.T)
        ],
        folds=len(folds),
        library=_in_library(everything, old, folds, searched, generator),
    )


def _in_library(
    everything: TrainingSet,
    old: HashLayer,
    folds: Sequence[Fold],
    searched: Sequence[Searched],
    generator: np.random.Generator,
) -> dict[str, Figures]:
    likely = belonging(everything, generator)
    strangers = np.flatnonzero(~everything.marked & (likely < HARDLY))
    if not len(strangers):
        return {}
    parts: dict[str, list[NDArray[np.float64]]] = {OLD: [], NEW: []}
    for fold, each in zip(folds, searched, strict=True):
        asked = fold.held_out[everything.labelled[fold.held_out]]
        items = np.concatenate([asked, strangers])
        codes = {OLD: old.codes(everything.embeddings[items]), NEW: each.codes_of(items)}
        for block in blocks(len(asked), len(items)):
            levels = shared_labels(everything.labels[asked[block]], everything.labels[items])
            copies = everything.groups[asked[block], None] == everything.groups[items][None]
            for name, packed in codes.items():
                queries = packed[: len(asked)][block]
                parts[name].append(_figures_of(rank_codes(queries, packed, levels, copies)))
    joined = {name: np.concatenate(each, axis=1) for name, each in parts.items()}
    counted: NDArray[np.bool_] = ~np.isnan(joined[OLD][0])
    return _figures(joined, counted)


def _judged(
    held_out: TrainingSet, codes: Mapping[str, NDArray[np.uint8]]
) -> dict[str, NDArray[np.float64]]:
    """Return for each ranking average precision and precision at ten: (2, H)."""
    vectors = unit_rows(held_out.embeddings)
    parts: dict[str, list[NDArray[np.float64]]] = {name: [] for name in (*codes, EMBEDDING)}
    for block in blocks(len(vectors), len(vectors)):
        levels = shared_labels(held_out.labels[block], held_out.labels)
        copies = held_out.groups[block, None] == held_out.groups[None]
        left_out = copies | _unknown(held_out, block)
        for name, packed in codes.items():
            parts[name].append(_figures_of(rank_codes(packed[block], packed, levels, left_out)))
        likeness = cosines(vectors[block], vectors)
        parts[EMBEDDING].append(_figures_of(rank_by_score(likeness, levels, left_out)))
    return {
        name: np.concatenate(each, axis=1) if each else np.empty((2, 0))
        for name, each in parts.items()
    }


def _unknown(held_out: TrainingSet, block: slice) -> NDArray[np.bool_]:
    """Tell of which photos it is not known whether they belong to the queries of a block: (Q, H).

    As queries, photos in no album have nothing that belongs to them, and so no figures.
    """
    unlabelled = ~held_out.labelled[None]
    if held_out.rejections is None:
        return unlabelled
    rejected = shared_labels(held_out.labels[block], held_out.rejections) > 0
    unknown: NDArray[np.bool_] = unlabelled & ~rejected
    return unknown


def _figures_of(rankings: TiedRankings) -> NDArray[np.float64]:
    return np.stack([average_precision(rankings), precision_at(rankings, RANKS)])


def _figures(
    judged: Mapping[str, NDArray[np.float64]], members: NDArray[np.bool_]
) -> dict[str, Figures]:
    if not members.any():
        return {}
    return {
        name: Figures(float(values[0, members].mean()), float(values[1, members].mean()))
        for name, values in judged.items()
    }
