"""``desktopsearch folders`` and ``desktopsearch excludes``: what the library looks at."""

from __future__ import annotations

import argparse

from desktopsearch.cli.output import document, line, path_text
from desktopsearch.cli.texts import _
from desktopsearch.domain.library import shown
from desktopsearch.services import excluding, folders
from desktopsearch.services.library import Library


def run(arguments: argparse.Namespace) -> int:
    """Add, remove or list; then print what there is."""
    changes = arguments.act in ("add", "remove")
    opened = Library.open_writer if changes else Library.open_reader
    with opened(arguments.library_paths) as library:
        if arguments.command == "folders":
            return _folders(library, arguments)
        return _excludes(library, arguments)


def _folders(library: Library, arguments: argparse.Namespace) -> int:
    if arguments.act == "add":
        folders.add(library, arguments.names)
    elif arguments.act == "remove":
        folders.remove(library, arguments.names)
    roots = folders.every(library)
    if arguments.json:
        document(
            {"folders": [{"path": path_text(root.path), "offline": root.offline} for root in roots]}
        )
    else:
        for root in roots:
            line(shown(root.path) + (f"  ({_('offline')})" if root.offline else ""))
    return 0


def _excludes(library: Library, arguments: argparse.Namespace) -> int:
    if arguments.act == "test":
        return _test(library, arguments)
    if arguments.act == "add":
        folders.exclude(library, arguments.names)
    elif arguments.act == "remove":
        folders.include(library, arguments.names)
    patterns = folders.exclusions(library)
    if arguments.json:
        document({"excludes": patterns})
    else:
        for pattern in patterns:
            line(pattern)
    return 0


def _test(library: Library, arguments: argparse.Namespace) -> int:
    tested = excluding.test(library, arguments.path)
    root = path_text(tested.root) if tested.root is not None else None
    if arguments.json:
        document(
            {"path": path_text(tested.path), "folder": root, "patterns": list(tested.patterns)}
        )
        return 0
    for pattern in tested.patterns:
        line(pattern)
    if not tested.patterns:
        line(_("No pattern leaves it out."))
    if root is None:
        line(_("It lies in none of the library's folders."))
    return 0
