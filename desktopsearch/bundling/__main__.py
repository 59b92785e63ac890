"""``python -m desktopsearch.bundling``: make a model from folders of photos.

Children that this process spawns import this module too; so nothing heavy at its top.
"""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from desktopsearch.config import default_settings
from desktopsearch.domain.errors import DesktopSearchError

DEFAULT_AT_MOST = 4_000
DEFAULT_BITS = 256
DEFAULT_DIMENSIONS = 256


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    wanted = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    # Before torch is imported: spinning barriers would starve the decoders.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from desktopsearch.bundling.bundle import Recipe, make_model
    from desktopsearch.bundling.training_photos import read_holdout, training_photos

    try:
        held_out = read_holdout(wanted.holdout) if wanted.holdout else []
        recipe = Recipe(
            name=wanted.output.resolve().name,
            version=wanted.model_version,
            dimensions=wanted.dimensions,
            bits=wanted.bits,
            command=_command(wanted),
        )
        photos = training_photos(wanted.images, held_out, wanted.at_most)
        manifest = make_model(photos, recipe, wanted.output, default_settings().decoder_processes)
    except DesktopSearchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{wanted.output}: fingerprint {manifest.fingerprint}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m desktopsearch.bundling",
        description="Make a model from folders of photos; labels, if there are any, help.",
    )
    parser.add_argument(
        "--images", nargs="+", type=Path, required=True, metavar="FOLDER", help="photos to use"
    )
    parser.add_argument(
        "--holdout",
        type=Path,
        metavar="FILE",
        help="text file with a folder a line, such as caltech101/ant, that is left out",
    )
    parser.add_argument(
        "--at-most",
        type=int,
        default=DEFAULT_AT_MOST,
        help="photos of one folder, evenly thinned, default: %(default)s",
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the model; its name is the name",
    )
    parser.add_argument("--model-version", default="1", help="default: %(default)s")
    parser.add_argument(
        "--dimensions",
        type=int,
        default=DEFAULT_DIMENSIONS,
        help="of the embedding, default: %(default)s",
    )
    parser.add_argument(
        "--bits", type=int, default=DEFAULT_BITS, help="of a code, default: %(default)s"
    )
    return parser


def _command(wanted: argparse.Namespace) -> str:
    """Write the command with the names of folders and files alone, not where they lay."""
    words = ["python", "-m", "desktopsearch.bundling", "--images"]
    words += [folder.resolve().name for folder in wanted.images]
    if wanted.holdout:
        words += ["--holdout", wanted.holdout.name]
    words += ["--at-most", str(wanted.at_most)]
    words += ["--dimensions", str(wanted.dimensions), "--bits", str(wanted.bits)]
    words += ["--model-version", wanted.model_version]
    words += ["--output", wanted.output.resolve().name]
    return shlex.join(words)


if __name__ == "__main__":
    sys.exit(main())
