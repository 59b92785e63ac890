"""``desktopsearch`` and ``desktopsearch open IMAGE``: the window."""

from __future__ import annotations

import argparse

from desktopsearch.config import default_settings


def run(arguments: argparse.Namespace) -> int:
    """Open the window and stay until it is closed.

    Raises:
        DesktopSearchError: There is no display, or the library cannot be opened.
    """
    from desktopsearch.gui import app

    query = arguments.image.absolute() if arguments.command == "open" else None
    return app.run(arguments.library_paths, default_settings(), query)
