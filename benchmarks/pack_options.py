"""The options of commands that measure on the photo packs: where these lie, where results go."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

DATA_VARIABLE = "DESKTOPSEARCH_DATA"


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Add ``--data`` and ``--output``, and read the command line; refuse it without any packs.

    Args:
        parser: With all other options.
    """
    data = os.environ.get(DATA_VARIABLE)
    parser.add_argument("--data", type=Path, default=data and Path(data), help="folder of packs")
    parser.add_argument("--output", type=Path, help="folder of the results, default: results")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error(f"name the folder of the packs with --data or {DATA_VARIABLE}")
    return arguments
