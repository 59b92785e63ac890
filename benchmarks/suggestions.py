"""How many of the first suggestions for an album belong to it, and what answers teach.

``python -m benchmarks.suggestions [--pack NAME ...] [--labels N ...] [--seeds N] [--asked N]
[--taught N] [--data DIR]``: gives away the labels of some photos of each album as
``benchmarks.teaching`` does, suggests others for one album after the other, and looks at the labels
that were kept back. What is known is written down after each pack.

``--asked N`` puts questions for so many seeds: the photos of five answers at a time are picked in
different ways, and the average precision of the scores is measured on photos that are never asked
about. ``--taught N`` measures for so many seeds what suggestions would be on taught codes, at the
cost of a training each.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.pack_options import parsed

LABELS = (3, 5, 10, 20)
SEEDS = 5


def main() -> None:
    """Measure what is asked for and report it."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from benchmarks.suggestion_questions import Asked, ask
    from benchmarks.suggestion_trials import Precision, load, measure
    from benchmarks.teaching_protocol import PACKS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=PACKS, default=list(PACKS))
    parser.add_argument(
        "--labels", nargs="+", type=int, default=LABELS, help="of each album, default: %(default)s"
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, default: %(default)s")
    parser.add_argument("--asked", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--taught", type=int, default=0, help="default: %(default)s")
    arguments = parsed(parser)
    from benchmarks.suggestion_report import write_results

    measured: list[Precision] = []
    asked: list[Asked] = []
    for name in arguments.pack:
        library = load(name, arguments.data)
        measured += measure(library, arguments.labels, arguments.seeds, arguments.taught)
        asked += ask(library, arguments.asked)
        write_results(measured, asked, arguments.pack, arguments.output)


if __name__ == "__main__":
    main()
