"""What a library gains when the hash layer is fitted to it without labels, and with how few photos.

``python -m benchmarks.fitting [--pack NAME ...] [--photos N ...] [--draws N]``: fits as the product
does to so many photos of a pack, drawn anew each time, and lets all the others ask among
themselves; so no photo that is judged was fitted to. At last it fits to all of them and lets all of
them ask, which is how a person meets it.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks import report
from benchmarks.judging import MEAN_AP
from benchmarks.pack_options import parsed
from benchmarks.photo_packs import CACHE
from benchmarks.teaching_protocol import PACKS, PRECISION, judge, library_of
from benchmarks.teaching_trials import by_codes, by_vectors
from desktopsearch.domain.rankings import unit_rows
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.model import bundled_model_folder, load_model

ALL = 0


def main() -> None:
    """Measure and report."""
    arguments = _arguments()
    bundled = load_model(bundled_model_folder()).layer
    rows: list[list[object]] = []
    for name in arguments.pack:
        library = library_of(name, arguments.data, bundled_model_folder(), CACHE)
        for photos in (*arguments.photos, ALL):
            found: dict[str, list[tuple[float, float]]] = {}
            for draw in range(arguments.draws if photos != ALL else 1):
                order = np.random.default_rng(draw).permutation(len(library.embeddings))
                known = order if photos == ALL else order[:photos]
                others = order if photos == ALL else np.sort(order[photos:])
                fitted = fit_itq(library.embeddings[np.sort(known)], bundled.bits)
                embeddings = library.embeddings[others]
                ways = {
                    "bundled": by_codes(bundled.codes(embeddings)),
                    "fitted": by_codes(fitted.codes(embeddings)),
                    "embedding": by_vectors(unit_rows(embeddings)),
                }
                for way, rank in ways.items():
                    judged = judge(rank, library.labels[others], library.groups[others])
                    found.setdefault(way, []).append((judged[MEAN_AP], judged[PRECISION]))
            means = {way: np.mean(each, axis=0) for way, each in found.items()}
            rows.append([name, photos or "all", *(f"{mean[0]:.3f}" for mean in means.values())])
            rows[-1] += [f"{mean[1]:.3f}" for mean in means.values()]
            print(*rows[-1], file=sys.stderr, flush=True)
    columns = ["pack", "fitted to"]
    columns += [f"mAP, {way}" for way in ("bundled", "fitted", "embedding")]
    columns += [f"{PRECISION}, {way}" for way in ("bundled", "fitted", "embedding")]
    said = (
        f"{bundled.bits} bits; means of {arguments.draws} draws of the photos that are fitted to."
    )
    folder = arguments.output or report.RESULTS
    report.write("fitting", columns, rows, summary=[said, ""], folder=folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=PACKS, default=list(PACKS))
    parser.add_argument("--photos", nargs="+", type=int, default=[200, 500])
    parser.add_argument("--draws", type=int, default=3)
    return parsed(parser)


if __name__ == "__main__":
    main()
