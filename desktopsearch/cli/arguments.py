"""The grammar of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from desktopsearch import __version__
from desktopsearch.cli.album_arguments import (
    add_album_acts,
    add_generation_acts,
    add_training,
)
from desktopsearch.cli.grammar import act_maker, at_least, data_dir, json_switch
from desktopsearch.cli.search_arguments import add_photos, add_search, add_searches
from desktopsearch.cli.texts import _


def parser() -> argparse.ArgumentParser:
    """Build the parser; ``arguments.command`` is the subcommand's name, None for the window."""
    top = argparse.ArgumentParser(
        prog="desktopsearch",
        description=_(
            "Find photos by example, wholly on your own machine."
            " Without a command, the window opens."
        ),
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    top.set_defaults(json=False)
    data_dir(top, default=None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title=_("commands"))

    def command(name: str, text: str, *, json: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        # Without a default of its own, so that one given before the command is not overwritten.
        data_dir(sub, default=argparse.SUPPRESS)
        if json:
            json_switch(sub)
        return sub

    sub = command("open", _("open the window with an image as the query"), json=False)
    sub.add_argument("image", type=Path, metavar="IMAGE")

    sub = command("folders", _("add, remove or list the folders of the library"))
    _acts(sub, "PATH", Path)

    sub = command("excludes", _("add, remove or list the patterns of what to leave out"))
    acts = _acts(sub, "PATTERN", str)
    test = acts.add_parser("test", help=_("tell which patterns leave out a path"))
    data_dir(test, default=argparse.SUPPRESS)
    json_switch(test)
    test.add_argument("path", type=Path, metavar="PATH")

    sub = command("index", _("add folders, if any, and bring the library up to date"))
    sub.add_argument("paths", type=Path, nargs="*", metavar="PATH")
    sub.add_argument("--retry", action="store_true", help=_("also try again what failed before"))

    command("watch", _("bring the library up to date and keep it so until interrupted"), json=False)

    add_search(command("search", _("find the photos most similar to an image")))

    add_searches(
        command("searches", _("searches that are saved under a name: list, save, run, change"))
    )

    add_photos(command("photos", _("list the photos of the library, the latest first")))

    sub = command("explain", _("say why a photo of the library is found by an image"))
    sub.add_argument("image", type=Path, metavar="IMAGE")
    sub.add_argument("photo", type=Path, metavar="PHOTO")

    _duplicates_acts(command("duplicates", _("list groups of photos that are nearly the same")))

    command("status", _("show what the library holds"))
    _problems_acts(
        command("problems", _("list the files and folders that could not be read, and why"))
    )

    add_album_acts(command("albums", _("albums and their photos: list, change, import, export")))

    sub = command("doctor", _("check the library; exit status 1 if something is wrong"))
    sub.add_argument("--rebuild", action="store_true", help=_("make anew all that is derived"))

    sub = command("delete-index", _("delete what is known of the photos, but never a photo"))
    sub.add_argument(
        "--albums",
        action="store_true",
        help=_("also albums, saved searches, what was taught and what was told apart"),
    )
    sub.add_argument(
        "--yes", action="store_true", help=_("do it; without this, only what would go is told")
    )

    sub = command("evaluate", _("measure how well search does on a folder of labelled photos"))
    sub.add_argument(
        "directory",
        type=Path,
        metavar="DIR",
        help=_("class folders, or a labels.csv of file,labels"),
    )
    sub.add_argument(
        "-k",
        type=at_least(1),
        default=10,
        metavar="N",
        help=_("cut-off of the figures (default 10)"),
    )
    sub.add_argument(
        "--bits", type=at_least(1), metavar="K", help=_("fit codes of this length on DIR instead")
    )
    sub.add_argument(
        "--model",
        metavar="MODEL",
        help=_("measure another model than the one in use: its name, or its folder"),
    )

    _model_acts(
        command("model", _("list, use or import models, for stronger ones than the bundled"))
    )
    add_training(command("train", _("learn from the albums what is alike, and prove it")))
    add_generation_acts(
        command("generations", _("list what was taught, switch to it, go back, delete it"))
    )
    _settings_acts(command("settings", _("list, set or reset what the window and 'watch' heed")))
    return top


def _settings_acts(target: argparse.ArgumentParser) -> None:
    act = act_maker(target)
    act("list", _("list all settings"))
    sub = act("set", _("give a setting a value"))
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("value", metavar="VALUE")
    sub = act("reset", _("give a setting, or all of them, the default again"))
    sub.add_argument("name", nargs="?", metavar="NAME")


def _problems_acts(target: argparse.ArgumentParser) -> None:
    target.add_argument(
        "--ignored", action="store_true", help=_("also list those that were put aside")
    )
    target.add_argument(
        "--export", type=Path, metavar="FILE", help=_("write them to a .csv or a .json file")
    )
    acts = target.add_subparsers(dest="act", metavar="ACT")
    for name, text in (
        ("ignore", _("put the problems of files aside until the files change")),
        ("heed", _("list the problems of files again that were put aside")),
    ):
        act = acts.add_parser(name, help=text, description=text)
        data_dir(act, default=argparse.SUPPRESS)
        json_switch(act)
        act.add_argument("paths", type=Path, nargs="+", metavar="PATH")


def _duplicates_acts(target: argparse.ArgumentParser) -> None:
    target.add_argument(
        "--max-distance", type=at_least(0), metavar="R", help=_("largest difference, in bits")
    )
    acts = target.add_subparsers(dest="act", metavar="ACT")
    for name, text in (
        ("different", _("say that photos are no duplicates of each other")),
        ("same", _("say no more that photos are no duplicates of each other")),
    ):
        act = acts.add_parser(name, help=text, description=text)
        data_dir(act, default=argparse.SUPPRESS)
        json_switch(act)
        act.add_argument("paths", type=Path, nargs="+", metavar="PATH")


def _model_acts(target: argparse.ArgumentParser) -> None:
    act = act_maker(target)
    act("list", _("list the models that are here"))
    sub = act("use", _("encode the library with a model, then search with it"))
    sub.add_argument("name", metavar="NAME")
    sub = act("import", _("make a model from a backbone's weights, fitted to the library's photos"))
    sub.add_argument(
        "path", type=Path, nargs="?", metavar="PATH", help=_("weights, unless a package has them")
    )
    sub.add_argument("--backbone", required=True, metavar="NAME", help=_("such as resnet50"))
    sub.add_argument("--name", metavar="NAME", help=_("of the model (default: the backbone's)"))
    sub.add_argument(
        "--px", type=at_least(96), metavar="N", help=_("side of the square that the backbone sees")
    )
    sub.add_argument(
        "--bits", type=at_least(1), default=256, metavar="K", help=_("of a code (default 256)")
    )


def _acts(
    target: argparse.ArgumentParser, metavar: str, kind: Callable[[str], object]
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    acts = target.add_subparsers(dest="act", metavar="ACT", required=True)
    for name in ("add", "remove", "list"):
        act = acts.add_parser(name, help=f"{name} {metavar}s".lower())
        data_dir(act, default=argparse.SUPPRESS)
        json_switch(act)
        if name != "list":
            act.add_argument("names", type=kind, nargs="+", metavar=metavar)
    return acts
