"""How long a query takes against random codes, ties and finer distance included.

``python -m benchmarks.search [--bits K]``: the product's index beside faiss alone, which neither
breaks ties nor decides which of the tied photos at the cut get in.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import faiss
import numpy as np

from benchmarks import report
from desktopsearch.domain.codes import pack
from desktopsearch.index import HammingIndex

SIZES = (10_000, 100_000, 1_000_000)
QUERIES = 50
LIMIT = 100


def main() -> None:
    """Measure and report medians over the queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bits", type=int, default=256)
    bits: int = parser.parse_args().bits
    rng = np.random.default_rng(0)
    rows: list[list[object]] = []
    for size in SIZES:
        codes = rng.integers(0, 256, (size, bits // 8), dtype=np.uint8)
        index = HammingIndex(bits, np.arange(size, dtype=np.int64), codes)
        plain = faiss.IndexBinaryFlat(bits)
        plain.use_heap = False
        plain.add(codes)
        logits = rng.standard_normal((QUERIES, bits)).astype(np.float32)
        ours = _median_ms([_ours(index, row) for row in logits])
        rival = _median_ms([_rival(plain, row) for row in logits])
        half = np.arange(0, size, 2, dtype=np.int64)
        filtered = _median_ms([_ours(index, row, half) for row in logits])
        rows.append([size, ours, filtered, rival, ours / rival])
    report.write(
        "search",
        ["photos", "index ms", "index ms, half filtered out", "faiss alone ms", "ratio"],
        rows,
    )


def _ours(
    index: HammingIndex, logits: np.ndarray, among: np.ndarray | None = None
) -> Callable[[], object]:
    return lambda: index.search(pack(logits), logits, limit=LIMIT, among=among)


def _rival(index: faiss.IndexBinaryFlat, logits: np.ndarray) -> Callable[[], object]:
    code = pack(logits)[None]
    return lambda: index.search(code, LIMIT)


def _median_ms(calls: list[Callable[[], object]]) -> float:
    times = []
    for call in calls:
        started_at = time.perf_counter()
        call()
        times.append((time.perf_counter() - started_at) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
