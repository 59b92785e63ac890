"""The grammar of the commands about albums and what is learnt from them."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktopsearch.cli.grammar import act_maker, at_least
from desktopsearch.cli.texts import _
from desktopsearch.domain.albums import EXPORT_FORMATS, PALETTE
from desktopsearch.domain.teaching import DEFAULT_BITS, Depth

# Each of them is compared with thousands of others.
_MOST_SUGGESTED = 1_000


def add_album_acts(target: argparse.ArgumentParser) -> None:
    """Add what ``albums`` can do."""
    act = act_maker(target)

    def about_one(name: str, text: str) -> argparse.ArgumentParser:
        sub = act(name, text)
        sub.add_argument("name", metavar="NAME")
        return sub

    act("list", _("list all albums, and what can be undone"))
    about_one("show", _("list the photos of an album, the latest first"))
    sub = about_one("suggest", _("list photos that most likely belong to an album"))
    sub.add_argument(
        "--ask", action="store_true", help=_("rather those of which the answer would teach most")
    )
    sub.add_argument(
        "--limit",
        type=at_least(1, _MOST_SUGGESTED),
        default=20,
        metavar="N",
        help=_("most photos (default 20)"),
    )
    sub = about_one("create", _("make an album"))
    sub.add_argument("--colour", metavar="COLOUR", help=", ".join(PALETTE))
    about_one("rename", _("give an album another name")).add_argument("new", metavar="NEW")
    about_one("recolour", _("give an album another colour")).add_argument(
        "colour", metavar="COLOUR"
    )
    about_one("delete", _("delete an album; its photos stay as they are"))
    for name, text in (
        ("add", _("say that photos are in an album")),
        ("remove", _("say no more whether photos are in an album or not")),
        ("reject", _("say that photos are not in an album")),
    ):
        sub = about_one(name, text)
        sub.add_argument("paths", type=Path, nargs="+", metavar="PATH")
        sub.add_argument(
            "--recursive", action="store_true", help=_("a folder means all photos in it")
        )
    act("undo", _("undo the last act on albums, saved searches or duplicates"))
    act("redo", _("redo the act that was undone last"))
    sub = act("import", _("take in albums of photos that the library knows"))
    sub.add_argument(
        "path", type=Path, metavar="PATH", help=_("a folder of folders, a .csv or a .json file")
    )
    sub = act("export", _("write albums down, or into sidecars beside the photos of a folder"))
    sub.add_argument("path", type=Path, metavar="PATH")
    sub.add_argument(
        "--format",
        choices=EXPORT_FORMATS,
        help=_("csv or json for a new file (default: as its name ends); xmp for sidecars"),
    )


def add_training(target: argparse.ArgumentParser) -> None:
    """Add how ``train`` can teach."""
    target.add_argument(
        "--objective",
        choices=("auto", "ssdh_semi", "ssdh_sup", "usdh", "ddh", "dsrh"),
        default="auto",
        help=_("training method (default auto: by the labels there are)"),
    )
    target.add_argument(
        "--bits",
        type=at_least(1),
        default=DEFAULT_BITS,
        metavar="K",
        help=_("of a code (default {bits})").format(bits=DEFAULT_BITS),
    )
    target.add_argument(
        "--depth",
        choices=[str(each) for each in Depth],
        default=str(Depth.HEAD),
        help=_(
            "head: the hash layer alone, in minutes; deep: the last stages of the network too,"
            " on a graphics card or overnight (default head)"
        ),
    )
    target.add_argument(
        "--no-activate", action="store_true", help=_("keep the outcome aside, however good it is")
    )


def add_generation_acts(target: argparse.ArgumentParser) -> None:
    """Add what ``generations`` can do."""
    act = act_maker(target)
    act("list", _("list all generations of codes"))
    for name, text in (
        ("activate", _("search with a generation from now on")),
        ("delete", _("forget a taught generation")),
    ):
        act(name, text).add_argument("id", type=at_least(1), metavar="ID")
    act("rollback", _("go back to the generation that was in use before"))
