"""What the grammars of all commands are made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from desktopsearch.cli.texts import _


def act_maker(
    target: argparse.ArgumentParser,
) -> Callable[[str, str], argparse.ArgumentParser]:
    """Return what adds an act (name, help) to a command, with the options that all have."""
    acts = target.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, text: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=text, description=text)
        data_dir(sub, default=argparse.SUPPRESS)
        json_switch(sub)
        return sub

    return act


def data_dir(target: argparse.ArgumentParser, default: str | None) -> None:
    """Add ``--data-dir``."""
    target.add_argument(
        "--data-dir", type=Path, metavar="DIR", default=default, help=_("where the library lies")
    )


def json_switch(target: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    # Without a default of its own, so that one given before an act is not overwritten.
    target.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("print one JSON document"),
    )


def at_least(smallest: int, at_most: int | None = None) -> Callable[[str], int]:
    """Return what reads a whole number within limits off the command line."""

    def number(text: str) -> int:
        value = int(text)
        if value < smallest:
            raise argparse.ArgumentTypeError(
                _("{value} is less than {smallest}").format(value=value, smallest=smallest)
            )
        if at_most is not None and value > at_most:
            raise argparse.ArgumentTypeError(
                _("{value} is more than {largest}").format(value=value, largest=at_most)
            )
        return value

    return number
