"""The grammar of ``desktopsearch search``, ``searches`` and ``photos``."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from desktopsearch.cli import framing
from desktopsearch.cli.grammar import act_maker, at_least
from desktopsearch.cli.texts import _, figure
from desktopsearch.domain.filters import FORMATS
from desktopsearch.domain.search import RERANKED


def add_search(sub: argparse.ArgumentParser) -> None:
    """Add all that the command takes."""
    sub.add_argument("image", type=Path, metavar="IMAGE")
    sub.add_argument(
        "-k", type=at_least(1), default=20, metavar="N", help=_("most hits (default 20)")
    )
    _add_how(sub)


def add_searches(target: argparse.ArgumentParser) -> None:
    """Add what ``searches`` can do."""
    act = act_maker(target)
    act("list", _("list the saved searches"))
    sub = act("save", _("save a search under a name; without an image, one that lists photos"))
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("image", type=Path, nargs="?", metavar="IMAGE")
    sub.add_argument(
        "--replace", action="store_true", help=_("take the place of a search of this name")
    )
    _add_how(sub)
    sub = act("run", _("find photos by a saved search"))
    sub.add_argument("name", metavar="NAME")
    sub.add_argument(
        "-k",
        type=at_least(1),
        metavar="N",
        help=_("most hits (default 20, or all that are listed)"),
    )
    sub = act("rename", _("give a saved search another name"))
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("new", metavar="NEW")
    act("delete", _("forget a saved search")).add_argument("name", metavar="NAME")


def add_photos(sub: argparse.ArgumentParser) -> None:
    """Add all that the command takes."""
    _add_filters(sub)
    sub.add_argument("--limit", type=at_least(1), metavar="N", help=_("most photos (default: all)"))


def _add_how(sub: argparse.ArgumentParser) -> None:
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
