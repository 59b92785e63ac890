"""How often the gate lets a taught layer pass that learnt nothing, and how often one that did.

``python -m benchmarks.gate [--meaningless N] [--real N] [--bits K] [--epochs N] [--data DIR]``:
simulates teachings of small libraries of real photos, with albums of random photos and with real
ones of 20 labels each, through the product's own trainer, proof and verdict. With ``--epochs`` each
training is shorter than the product's, with 0 of them ITQ of the library; such runs are told apart.
Every result is kept in the cache folder, so that a series goes on where it was stopped, and the
report holds all that was ever measured. To measure anew, delete ``.cache/gate``.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.pack_options import parsed
from desktopsearch.domain.teaching import DEFAULT_BITS

MEANINGLESS, REAL = 200, 100


def main() -> None:
    """Measure what is asked for and report all that is known."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from benchmarks.gate_report import write_results
    from benchmarks.gate_series import run_series
    from desktopsearch.domain.errors import DesktopSearchError

    arguments = _arguments()
    try:
        results = run_series(
            arguments.meaningless,
            arguments.real,
            arguments.bits,
            arguments.epochs,
            arguments.data,
        )
    except DesktopSearchError as error:
        raise SystemExit(str(error)) from error
    write_results(results, arguments.output)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--meaningless", type=int, default=MEANINGLESS, help="runs, default: %(default)s"
    )
    parser.add_argument("--real", type=int, default=REAL, help="runs, default: %(default)s")
    parser.add_argument("--bits", type=int, default=DEFAULT_BITS, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, help="default: what the objective wants")
    return parsed(parser)


if __name__ == "__main__":
    main()
