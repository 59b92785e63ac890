"""How long the tie-aware evaluator takes, beside the usual one that sorts.

``python -m benchmarks.evaluator [--queries Q] [--photos N]``: mean average precision of random
codes with ten random classes, from codes to figure. The rival sorts the distances of each query, as
most public code does, and so depends on the order of the photos: its figure is given for two.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.metrics import average_precision
from desktopsearch.domain.rankings import blocks, rank_codes, shared_labels

LENGTHS = (16, 64, 256)
CLASSES = 10


def main() -> None:
    """Measure and report seconds and the figures themselves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--photos", type=int, default=59_000)
    arguments = parser.parse_args()
    generator = np.random.default_rng(0)
    classes = generator.integers(0, CLASSES, arguments.queries + arguments.photos)
    labels = np.eye(CLASSES, dtype=np.bool_)[classes]
    rows: list[list[object]] = []
    for bits in LENGTHS:
        codes = generator.integers(0, 256, (len(labels), bits // 8), dtype=np.uint8)
        queries, database = codes[: arguments.queries], codes[arguments.queries :]
        wanted, there = labels[: arguments.queries], labels[arguments.queries :]
        started_at = time.perf_counter()
        exact = _tie_aware(queries, database, wanted, there)
        exact_s = time.perf_counter() - started_at
        started_at = time.perf_counter()
        sorted_one = _by_sorting(queries, database, wanted, there)
        sorting_s = time.perf_counter() - started_at
        by_class = np.argsort(there.argmax(axis=1), kind="stable")
        sorted_two = _by_sorting(queries[:100], database[by_class], wanted[:100], there[by_class])
        rows.append([bits, exact_s, sorting_s, sorting_s / exact_s, exact, sorted_one, sorted_two])
    report.write(
        "evaluator",
        [
            "bits",
            "tie-aware s",
            "sorting s",
            "ratio",
            "tie-aware mAP",
            "sorting mAP",
            "sorting mAP, class by class, 100 queries",
        ],
        rows,
    )


def _tie_aware(
    queries: NDArray[np.uint8],
    database: NDArray[np.uint8],
    wanted: NDArray[np.bool_],
    there: NDArray[np.bool_],
) -> float:
    found = [
        average_precision(rank_codes(queries[block], database, shared_labels(wanted[block], there)))
        for block in blocks(len(queries), len(database))
    ]
    return float(np.concatenate(found).mean())


def _by_sorting(
    queries: NDArray[np.uint8],
    database: NDArray[np.uint8],
    wanted: NDArray[np.bool_],
    there: NDArray[np.bool_],
) -> float:
    values = []
    for block in blocks(len(queries), len(database)):
        levels = shared_labels(wanted[block], there)
        for code, of_query in zip(queries[block], levels, strict=True):
            order = np.argsort(hamming_distances(code, database), kind="stable")
            ranks = np.flatnonzero(of_query[order]) + 1
            values.append(float((np.arange(1, len(ranks) + 1) / ranks).mean()))
    return float(np.mean(values))


if __name__ == "__main__":
    main()
