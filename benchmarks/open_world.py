"""What teaching does where most photos belong to no album, as in most libraries.

``python -m benchmarks.open_world [--pack NAME ...] [--albums N] [--labels N] [--draws N]
[--bits K]``: makes albums of few classes of a pack, drawn anew each time, labels some photos of
each and teaches with them. Photos of these classes that were not labelled are the queries, among
all photos that were not: those of other classes, of which nothing was said, are in their way.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from benchmarks.pack_options import parsed
from desktopsearch.domain.teaching import DEFAULT_BITS

if TYPE_CHECKING:
    import numpy as np

    from benchmarks.teaching_protocol import PhotoLibrary
    from benchmarks.teaching_trials import Result

SINGLE_LABELLED = ("flowers17", "caltech101")
OBJECTIVES = ("ssdh_semi", "ssdh_sup", "dsrh")
_LEAST_LEFT = 10


def main() -> None:
    """Measure and report."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    import numpy as np

    from benchmarks import report
    from benchmarks.comparison import EMBEDDING
    from benchmarks.judging import MEAN_AP
    from benchmarks.keeping import commit
    from benchmarks.photo_packs import CACHE
    from benchmarks.rivals import ITQ
    from benchmarks.teaching_protocol import PRECISION, library_of
    from benchmarks.teaching_trials import BUNDLED, LOGISTIC, Classroom
    from desktopsearch.hashing.model import bundled_model_folder, load_model

    arguments = _arguments()
    model, program = load_model(bundled_model_folder()), commit()
    ways: list[tuple[str, int | None]] = [(EMBEDDING, None), (LOGISTIC, None)]
    ways += [(BUNDLED, model.layer.bits)]
    ways += [(method, arguments.bits) for method in (ITQ, *OBJECTIVES)]
    rows: list[list[object]] = []
    for pack in arguments.pack:
        library = library_of(pack, arguments.data, bundled_model_folder(), CACHE)
        found: dict[tuple[str, int | None], list[Result]] = {way: [] for way in ways}
        for draw in range(arguments.draws):
            generator = np.random.default_rng(draw)
            few = few_albums(library, arguments.albums, arguments.labels, generator)
            classroom = Classroom(few, arguments.labels, draw, model.layer, program)
            for way in ways:
                found[way].append(classroom.measure(classroom.trial(*way)))
                figures = found[way][-1].figures
                print(pack, draw, *way, f"{figures[MEAN_AP]:.4f}", file=sys.stderr, flush=True)
        for (method, bits), results in found.items():
            each = [result.figures[MEAN_AP] for result in results]
            early = [result.figures[PRECISION] for result in results]
            spread = f"{np.mean(each):.3f} [{min(each):.3f}, {max(each):.3f}]"
            rows.append([pack, method, bits or "float", spread, f"{np.mean(early):.3f}"])
    said = (
        f"{arguments.albums} albums of each pack, drawn {arguments.draws} times, with"
        f" {arguments.labels} labels each; behind each mean the lowest and the highest draw."
        f" Program: {program}."
    )
    columns = ["pack", "method", "bits", MEAN_AP, PRECISION]
    folder = arguments.output or report.RESULTS
    report.write("open_world", columns, rows, summary=[said, ""], folder=folder)


def few_albums(
    library: PhotoLibrary, count: int, labels: int, generator: np.random.Generator
) -> PhotoLibrary:
    """Return a library with some of its albums, drawn from those with photos enough.

    Args:
        library: All photos stay in it.
        count: Albums.
        labels: That are to be given away of each.
        generator: Draws them.

    Raises:
        ValueError: Too few albums are large enough.
    """
    from dataclasses import replace

    import numpy as np

    large = np.flatnonzero(library.labels.sum(axis=0) >= labels + 2 * _LEAST_LEFT)
    if len(large) < count:
        raise ValueError(f"{len(large)} albums are large enough, fewer than {count}")
    chosen = np.sort(generator.choice(large, count, replace=False))
    return replace(library, labels=library.labels[:, chosen])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", nargs="+", choices=SINGLE_LABELLED, default=SINGLE_LABELLED)
    parser.add_argument("--albums", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--labels", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--draws", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--bits", type=int, default=DEFAULT_BITS, help="default: %(default)s")
    return parsed(parser)


if __name__ == "__main__":
    main()
