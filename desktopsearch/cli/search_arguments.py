"""The grammar of ``desktopsearch search`` and ``photos``: pictures, filters, and order."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from desktopsearch.cli import framing
from desktopsearch.cli.grammar import at_least
from desktopsearch.cli.texts import _, figure
from desktopsearch.domain.filters import FORMATS
from desktopsearch.domain.search import RERANKED


def add_search(sub: argparse.ArgumentParser) -> None:
    """Add all that the command takes."""
    sub.add_argument("image", type=Path, metavar="IMAGE")
    sub.add_argument(
        "-k", type=at_least(1), default=20, metavar="N", help=_("most hits (default 20)")
    )
    sub.add_argument(
        "--max-distance", type=at_least(0), metavar="R", help=_("farthest hit, in bits")
    )
    framing.add_arguments(sub)
    for name, text in (
        ("--like", _("also like this image; may be given several times")),
        ("--unlike", _("unlike this image; may be given several times")),
    ):
        sub.add_argument(name, type=Path, metavar="IMAGE", action="append", default=[], help=text)
    _add_filters(sub)
    sub.add_argument(
        "--group-copies",
        action="store_true",
        help=_("put near copies behind the nearest of them"),
    )
    order = sub.add_mutually_exclusive_group()
    order.add_argument(
        "--taste",
        type=_share,
        default=1.0,
        metavar="T",
        help=_("from 0, what looks alike to the model, to 1, what was taught (default)"),
    )
    order.add_argument(
        "--rerank",
        action="store_true",
        help=_("order the first {n} anew by the cosine of their embeddings").format(
            n=figure(RERANKED)
        ),
    )


def add_photos(sub: argparse.ArgumentParser) -> None:
    """Add all that the command takes."""
    _add_filters(sub)
    sub.add_argument("--limit", type=at_least(1), metavar="N", help=_("most photos (default: all)"))


def _add_filters(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--folder", type=Path, metavar="PATH", help=_("only photos in this folder"))
    among = sub.add_mutually_exclusive_group()
    among.add_argument(
        "--album",
        metavar="NAME",
        action="append",
        default=[],
        help=_("only photos in this album; may be given several times"),
    )
    among.add_argument("--no-album", action="store_true", help=_("only photos in no album"))
    sub.add_argument(
        "--taken-after",
        type=_day,
        metavar="YYYY-MM-DD",
        help=_("only photos taken on this day or later"),
    )
    sub.add_argument(
        "--taken-before",
        type=_day,
        metavar="YYYY-MM-DD",
        help=_("only photos taken on this day or earlier"),
    )
    sub.add_argument(
        "--format",
        choices=list(FORMATS),
        action="append",
        default=[],
        help=_("only photos of this format; may be given several times"),
    )


def _share(text: str) -> float:
    value = float(text)
    # Written so that what is not a number fails too.
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(_("{text} is not between 0 and 1").format(text=text))
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text} is no day").format(text=text)) from None
