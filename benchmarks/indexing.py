"""How fast a folder is indexed, and how much of that is decoding.

``python -m benchmarks.indexing DIR [--runs N]``: the whole of ``desktopsearch index`` in a fresh
library, and the decoder children alone over the same files, in turn, with as many children.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import report
from desktopsearch.config import default_settings
from desktopsearch.imaging.batch import DecodedFile, decode_files


def main() -> None:
    """Measure and report medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    rows: list[list[object]] = []
    for run in range(1, arguments.runs + 1):
        photos, seconds, device = _index(arguments.directory)
        rows.append([f"index, run {run}", photos, seconds, photos / seconds, device])
        photos, seconds = _decode(arguments.directory)
        rows.append([f"decode only, run {run}", photos, seconds, photos / seconds, ""])
    for kind in ("index", "decode only"):
        rates = [float(str(row[3])) for row in rows if str(row[0]).startswith(kind + ",")]
        rows.append([f"{kind}, median", rows[0][1], "", statistics.median(rates), ""])
    report.write("indexing", ["what", "photos", "seconds", "images/s", "device"], rows)


def _index(directory: Path) -> tuple[int, float, str]:
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "desktopsearch", "--data-dir", data, "index", "--json"]
        finished = subprocess.run(
            [*command, str(directory)], stdout=subprocess.PIPE, text=True, check=True
        )
    result = json.loads(finished.stdout)
    return result["indexed"], result["seconds"], result["device"]


def _decode(directory: Path) -> tuple[int, float]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    started_at = time.perf_counter()
    results = decode_files(files, default_settings().decoder_processes)
    decoded = sum(isinstance(result, DecodedFile) for result in results)
    return decoded, time.perf_counter() - started_at


if __name__ == "__main__":
    main()
