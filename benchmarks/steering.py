"""What further pictures of a query are worth, those that are meant and those that are not.

``python -m benchmarks.steering [--pack NAME ...] [--queries N] [--data DIR]``: asks with a photo of
an album, then also with photos of the same album, drawn at random or picked from the first hits,
and with the first hits that are wrong. What is right is found out by the album. All sets of
pictures of one query are judged on the same photos: those that are in none of the sets, nor near
copies of these.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.pack_options import parsed

PACKS = ("flowers17", "caltech101")


def main() -> None:
    """Measure what is asked for and report it."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from benchmarks import report
    from benchmarks.photo_packs import CACHE
    from benchmarks.steering_trials import COLUMNS, SUMMARY, measure, rows_of
    from benchmarks.teaching_protocol import library_of
    from desktopsearch.hashing.model import bundled_model_folder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=PACKS, default=list(PACKS))
    parser.add_argument(
        "--queries", type=int, default=20, help="of each album, default: %(default)s"
    )
    arguments = parsed(parser)
    rows: list[list[object]] = []
    for name in arguments.pack:
        library = library_of(name, arguments.data, bundled_model_folder(), CACHE)
        rows += rows_of(name, measure(library, arguments.queries))
        folder = arguments.output or report.RESULTS
        report.write("steering", COLUMNS, rows, summary=SUMMARY, folder=folder)


if __name__ == "__main__":
    main()
