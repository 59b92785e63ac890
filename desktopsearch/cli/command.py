"""Runs one command: finds it, hands it its arguments, turns errors into exit statuses."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktopsearch import translation
from desktopsearch.cli.arguments import parser
from desktopsearch.cli.interrupts import raise_on_interrupt
from desktopsearch.cli.output import note, prepare
from desktopsearch.cli.texts import _, error_sentence
from desktopsearch.config import LibraryPaths, default_data_folder
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.services import preferences

FAILED = 1

# Each command is imported when it is called: the help must not wait for SQLAlchemy and faiss.
_MODULES = {
    "folders": "folders",
    "excludes": "folders",
    "index": "indexing",
    "watch": "indexing",
    "search": "searching",
    "searches": "searches",
    "photos": "photos",
    "explain": "explaining",
    "duplicates": "duplicates",
    "status": "state",
    "problems": "problems",
    "albums": "albums",
    "doctor": "doctor",
    "delete-index": "deleting",
    "evaluate": "evaluating",
    "model": "models",
    "train": "training",
    "generations": "generations",
    "settings": "settings",
}


OpenWindow = Callable[[LibraryPaths, Path | None], int]
"""Opens the window on a library, with an image as the query if there is one."""


def run(argv: Sequence[str], open_window: OpenWindow) -> int:
    """Run the command line.

    Args:
        argv: Without the name of the program.
        open_window: Called for the commands that have a window.

    Returns:
        0, or 1 after a failure that was explained in one line; wrong usage exits with 2.
    """
    _speak(argv)
    with translation.argparse_following():
        arguments = parser().parse_args(argv)
    arguments.library_paths = LibraryPaths((arguments.data_dir or default_data_folder()).absolute())
    raise_on_interrupt()
    prepare()
    try:
        status = _run(arguments, open_window)
        sys.stdout.flush()
    except DesktopSearchError as error:
        note(f"desktopsearch: {error_sentence(error)}")
    except (Cancelled, KeyboardInterrupt):
        note(f"desktopsearch: {_('stopped; what was done is kept.')}")
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from writing to it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        return status
    return FAILED


def _speak(argv: Sequence[str]) -> None:
    """Choose the language of all that follows, the help of the parser too."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--data-dir", type=Path, default=default_data_folder())
    paths = LibraryPaths(early.parse_known_args(argv)[0].data_dir)
    wanted = preferences.load(paths).preferences.language
    languages = translation.of_the_environment() if wanted == "system" else [wanted]
    translation.use(translation.choose(languages))


def _run(arguments: argparse.Namespace, open_window: OpenWindow) -> int:
    if arguments.command is None:
        return open_window(arguments.library_paths, None)
    if arguments.command == "open":
        return open_window(arguments.library_paths, arguments.image.absolute())
    module = importlib.import_module(f"desktopsearch.cli.{_MODULES[arguments.command]}")
    status: int = module.run(arguments)
    return status
