"""What labels teach: simulated albums, judged on photos whose labels were never used.

``python -m benchmarks.teaching [--pack NAME ...] [--labels N ...] [--bits K ...]
[--objective NAME ...] [--seeds N] [--data DIR]``: gives away the labels of some photos of each
album, teaches with them as the product does, and measures the rest beside rivals. Every result is
kept in the cache folder, so that a series goes on where it was stopped, and the report holds all
that was ever measured by it: with ``--seeds 0`` nothing more is. To measure anew, delete
``.cache/teaching``.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.pack_options import parsed
from desktopsearch.domain.teaching import DEFAULT_BITS

BITS = (64, DEFAULT_BITS, 256)
LABELS = (20, 10, 5, 50)
SEEDS = 5
AUTO = "auto"


def main() -> None:
    """Measure what is asked for and report all that is known."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from benchmarks.teaching_protocol import PACKS
    from benchmarks.teaching_report import write_results
    from benchmarks.teaching_series import run_series
    from desktopsearch.domain.errors import DesktopSearchError
    from desktopsearch.hashing.objectives.registry import OBJECTIVES

    arguments = _arguments(list(PACKS), [AUTO, *OBJECTIVES])
    try:
        results = run_series(
            arguments.pack,
            arguments.labels,
            arguments.bits,
            arguments.objective,
            range(arguments.seeds),
            arguments.data,
        )
    except DesktopSearchError as error:
        raise SystemExit(str(error)) from error
    write_results(results, arguments.output)


def _arguments(packs: list[str], objectives: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=packs, default=packs)
    parser.add_argument(
        "--labels", nargs="+", type=int, default=LABELS, help="of each album, default: %(default)s"
    )
    parser.add_argument("--bits", nargs="+", type=int, default=BITS, help="default: %(default)s")
    parser.add_argument(
        "--objective",
        nargs="*",
        choices=objectives,
        default=objectives,
        help=f"{AUTO} is the one that the product would choose; default: all",
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, default: %(default)s")
    return parsed(parser)


if __name__ == "__main__":
    main()
