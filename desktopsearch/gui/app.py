"""Starts the window and ends with it. Imports Qt only after a look at what it needs."""

from __future__ import annotations

from pathlib import Path

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui import display


def run(paths: LibraryPaths, settings: Settings, query: Path | None) -> int:
    """Show the window until it is closed.

    Args:
        paths: The library; made on first use.
        settings: How much of the machine is used.
        query: A picture to look for at once.

    Returns:
        The exit status: 1 when the library could not be opened.

    Raises:
        DesktopSearchError: DISPLAY_MISSING or QT_LIBRARIES_MISSING.
    """
    display.check()
    from desktopsearch.gui.application import run_application

    return run_application(paths, settings, query)
