"""How well codes find what belongs together, under the protocols of the papers.

``python -m benchmarks.retrieval --protocol NAME [--objective NAME ...] [--bits K ...] [--seed N]
[--data DIR]``: trains objectives on the bundled embedding and measures them beside rivals. The
photos are the packs in DIR, or in the folder that ``DESKTOPSEARCH_DATA`` names. ``--protocol all``
runs them one after the other. Each protocol gets a table, its raw figures and a chart.

``--depth deep [--stages N] [--photos M] [--px P] [--epochs E]`` trains the network under the hash
layer too, for the CIFAR-10 protocols with labels: hours on a CPU. It can be stopped and goes on.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.pack_options import parsed

BITS = (16, 24, 32, 48, 64, 128, 256)
EVERYTHING = "all"


def main() -> None:
    """Run the protocols that are asked for."""
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from benchmarks.deep_report import DEEP_PROTOCOLS, DeepOptions, measure_deep
    from benchmarks.protocols import PROTOCOLS
    from benchmarks.retrieval_report import measure
    from desktopsearch.domain.errors import DesktopSearchError

    arguments = _arguments([*PROTOCOLS, EVERYTHING])
    deep = arguments.depth == "deep"
    everything = DEEP_PROTOCOLS if deep else PROTOCOLS
    names = list(everything) if arguments.protocol == EVERYTHING else [arguments.protocol]
    if not set(names) <= set(everything):
        raise SystemExit(f"--depth deep is for {' and '.join(DEEP_PROTOCOLS)}")
    try:
        for name in names:
            protocol = PROTOCOLS[name]
            chosen = protocol.objectives if arguments.objective is None else arguments.objective
            bits = sorted(arguments.bits)
            seed, data, output = arguments.seed, arguments.data, arguments.output
            if not deep:
                measure(protocol, chosen, bits, seed, data, output)
            else:
                options = DeepOptions(
                    arguments.stages, arguments.photos, arguments.px, arguments.epochs
                )
                measure_deep(protocol, chosen, bits, seed, data, output, options)
    except DesktopSearchError as error:
        raise SystemExit(str(error)) from error


def _arguments(protocols: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", choices=protocols, required=True)
    parser.add_argument(
        "--objective",
        nargs="*",
        help="default: those of the protocol; with no name the rivals alone",
    )
    parser.add_argument("--bits", nargs="+", type=int, default=BITS, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of split and training")
    parser.add_argument(
        "--depth",
        choices=("head", "deep"),
        default="head",
        help="what is trained: the hash layer, or the network under it too",
    )
    parser.add_argument("--stages", type=int, help="last ones that are trained, default: all")
    parser.add_argument("--photos", type=int, help="to train on at most, default: all")
    parser.add_argument("--px", type=int, help="side of the pictures, default: the model's")
    parser.add_argument("--epochs", type=int, help="default: what the objective wants")
    return parsed(parser)


if __name__ == "__main__":
    main()
