"""How fast photos are encoded, beside plain torch and beside other engines.

``python -m benchmarks.encoding PHOTOS [--repeats N]``: images per second of the product's network
and of its rivals, each in a process of its own, in turns, so that a busy moment of the machine
spoils one repeat and not one engine. Ratios are medians over the repeats. Bits are compared with
those of plain torch in float32. Rivals that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.engine_child import serve
from benchmarks.engines import ENGINES, PLAIN, PRODUCT, export, installed_mb
from desktopsearch.config import default_settings
from desktopsearch.domain.codes import unpack
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.preprocess import pixels
from desktopsearch.imaging.batch import DecodedFile, decode_files

PHOTOS = 500
BATCHES = (16, 32)
THREADS = (1, 2)
PER_TURN = 64
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_tile", "neon", "bf16")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, help="a folder of photos")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=int, default=PHOTOS, help="most photos")
    arguments = parser.parse_args()
    names = [name for name, engine in ENGINES.items() if not engine.missing]
    missing = sorted({package for engine in ENGINES.values() for package in engine.missing})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        count = _prepare(arguments.photos, arguments.limit, folder / "pixels.npy")
        _export(folder)
        rows: list[list[object]] = []
        differing: dict[str, float] = {}
        for threads in THREADS:
            rows += _measure(names, threads, folder, arguments.repeats, differing)
    report.write(
        "encoding",
        [
            "engine",
            "threads",
            "batch",
            "images/s",
            "images/s per core",
            "times plain",
            "times product",
            "differing bits %",
            "import and load s",
            "to first embedding s",
            "installed MB",
        ],
        [[*row, installed_mb(ENGINES[str(row[0])].packages[0])] for row in rows],
        summary=[
            f"- photos: {count}; repeats: {arguments.repeats}, {PER_TURN} images each, in turns",
            f"- processor: {', '.join(_processor_flags()) or 'unknown'}",
            f"- not installed: {', '.join(missing) or 'none'}",
            "",
        ],
    )


def _prepare(photos: Path, limit: int, target: Path) -> int:
    """Store the pixels of the first photos that can be read: (N, S, S, 3) uint8."""
    edge_px = load_model(bundled_model_folder()).manifest.input_px
    files = sorted(path for path in photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    decoded = (
        pixels(file.decoded.proxy, edge_px)
        for file in decode_files(files, default_settings().decoder_processes)
        if isinstance(file, DecodedFile)
    )
    pictures = np.stack(list(islice(decoded, limit)))
    np.save(target, pictures)
    return len(pictures)


def _export(folder: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=export, args=(folder, theirs))
    process.start()
    process.join()
    assert ours.poll(), "the networks could not be exported"


@contextmanager
def _worker(name: str, folder: Path, threads: int) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(name, folder, threads, folder / "pixels.npy", theirs)
    )
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _measure(
    names: list[str], threads: int, folder: Path, repeats: int, differing: dict[str, float]
) -> Iterator[list[object]]:
    with ExitStack() as stack:
        pipes: dict[str, Connection] = {}
        loads: dict[str, tuple[float, float]] = {}
        for name in names:
            # One after the other: each loads as alone as it would in the product.
            pipes[name] = stack.enter_context(_worker(name, folder, threads))
            loads[name] = pipes[name].recv()
        if not differing:
            # Once is enough to tell engines apart, and takes as long as all the rest.
            embeddings = {name: _asked(pipe, "embeddings") for name, pipe in pipes.items()}
            for name in names:
                differing[name] = _differing_bits(embeddings[name], embeddings[PLAIN])
        rates: dict[tuple[str, int], list[float]] = {}
        for _ in range(repeats):
            for batch in BATCHES:
                for name, pipe in pipes.items():
                    seconds = _asked(pipe, (batch, PER_TURN))
                    rates.setdefault((name, batch), []).append(PER_TURN / float(seconds))
    for (name, batch), measured in sorted(rates.items(), key=lambda each: names.index(each[0][0])):
        median = statistics.median(measured)
        yield [
            name,
            threads,
            batch,
            median,
            median / threads,
            _ratio(measured, rates[PLAIN, batch]),
            _ratio(measured, rates[PRODUCT, batch]),
            100 * differing[name],
            *loads[name],
        ]


def _asked(pipe: Connection, question: object) -> NDArray[np.float32]:
    pipe.send(question)
    return np.asarray(pipe.recv(), dtype=np.float32)


def _ratio(measured: list[float], others: list[float]) -> float:
    """Return the median of the ratios of what was measured in the same repeat."""
    return statistics.median(a / b for a, b in zip(measured, others, strict=True))


def _differing_bits(embeddings: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """Share of the bits of the bundled layer's codes, from 0 to 1."""
    layer = load_model(bundled_model_folder()).layer
    mine, theirs = (
        unpack(layer.codes(rows.astype(np.float16))) for rows in (embeddings, reference)
    )
    return float((mine != theirs).mean())


def _processor_flags() -> list[str]:
    """What the processor can do, of what matters here, where the system tells."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []
    return [flag for flag in _FLAGS if flag in told]


if __name__ == "__main__":
    main()
