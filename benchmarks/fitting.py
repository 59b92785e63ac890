"""What a library gains when the hash layer is fitted to it without labels, and with how few photos.

``python -m benchmarks.fitting [--pack NAME ...] [--photos N ...] [--draws N]``: fits as the product
does to so many photos of a pack, drawn anew each time, and lets all the others ask among
themselves; so no photo that is judged was fitted to. At last it fits to all of them and lets all of
them ask, which is how a person meets it.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.pack_options import parsed
from benchmarks.photo_packs import CACHE
from benchmarks.teaching_protocol import PACKS, PhotoLibrary, library_of
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
from desktopsearch.hashing.model import bundled_model_folder, load_model

RANKS = 10
ALL = 0
_Figures = tuple[float, float]


def main() -> None:
    """Measure and report."""
    arguments = _arguments()
    bundled = load_model(bundled_model_folder()).layer
    rows: list[list[object]] = []
    for name in arguments.pack:
        library = library_of(name, arguments.data, bundled_model_folder(), CACHE)
        for photos in (*arguments.photos, ALL):
            found: dict[str, list[_Figures]] = {}
            for draw in range(arguments.draws if photos != ALL else 1):
                order = np.random.default_rng(draw).permutation(len(library.embeddings))
                known = order if photos == ALL else order[:photos]
                others = order if photos == ALL else np.sort(order[photos:])
                fitted = fit_itq(library.embeddings[np.sort(known)], bundled.bits)
                ways = {"bundled": bundled, "fitted": fitted, "embedding": None}
                for way, layer in ways.items():
                    found.setdefault(way, []).append(figures(library, others, layer))
            means = {way: np.mean(each, axis=0) for way, each in found.items()}
            rows.append([name, photos or "all", *(f"{mean[0]:.3f}" for mean in means.values())])
            rows[-1] += [f"{mean[1]:.3f}" for mean in means.values()]
            print(*rows[-1], file=sys.stderr, flush=True)
    columns = ["pack", "fitted to"]
    columns += [f"mAP, {way}" for way in ("bundled", "fitted", "embedding")]
    columns += [f"precision@{RANKS}, {way}" for way in ("bundled", "fitted", "embedding")]
    said = (
        f"{bundled.bits} bits; means of {arguments.draws} draws of the photos that are fitted to."
    )
    folder = arguments.output or report.RESULTS
    report.write("fitting", columns, rows, summary=[said, ""], folder=folder)


def figures(library: PhotoLibrary, rows: NDArray[np.int64], layer: HashLayer | None) -> _Figures:
    """Let each of some photos ask among all of them, but for its own near copies.

    Args:
        library: The photos.
        rows: Which of them.
        layer: Makes their codes; None ranks by the embedding itself.

    Returns:
        mAP and precision at ten over the photos to which another belongs.
    """
    embeddings, labels, groups = (
        library.embeddings[rows],
        library.labels[rows],
        library.groups[rows],
    )
    codes = layer.codes(embeddings) if layer is not None else None
    vectors = unit_rows(embeddings)
    found: list[_Figures] = []
    for block in blocks(len(rows), len(rows)):
        levels = shared_labels(labels[block], labels)
        copies = groups[block, None] == groups[None]
        rank = (
            partial(rank_codes, codes[block], codes)
            if codes is not None
            else partial(rank_by_score, cosines(vectors[block], vectors))
        )
        rankings: TiedRankings = rank(levels, copies)
        each = np.stack([average_precision(rankings), precision_at(rankings, RANKS)])
        found.extend(tuple(pair) for pair in each[:, ~np.isnan(each[0])].T.tolist())
    mean_ap, precision = np.mean(found, axis=0).tolist()
    return mean_ap, precision


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=PACKS, default=list(PACKS))
    parser.add_argument("--photos", nargs="+", type=int, default=[200, 500])
    parser.add_argument("--draws", type=int, default=3)
    return parsed(parser)


if __name__ == "__main__":
    main()
