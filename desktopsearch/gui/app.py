"""Starts the window and ends with it. Imports Qt only after a look at what it needs."""

from __future__ import annotations

import os
from pathlib import Path

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui import display
from desktopsearch.gui.handover import Request, hand_over, take_place


def run(paths: LibraryPaths, settings: Settings, query: Path | None) -> int:
    """Show the window until it is closed, or ask the one that is open already.

    Args:
        paths: The library; made on first use.
        settings: How much of the machine is used.
        query: A picture to look for at once.

    Returns:
        The exit status: 1 when the library could not be opened.

    Raises:
        DesktopSearchError: DISPLAY_MISSING, QT_LIBRARIES_MISSING or WINDOW_UNANSWERED.
    """
    request = Request(
        query=os.fsencode(query.absolute()) if query is not None else None,
        activation_token=os.environ.get("XDG_ACTIVATION_TOKEN"),
    )
    if hand_over(paths, request):
        return 0
    display.check()
    place = take_place(paths, request)
    if place is None:
        return 0
    try:
        from desktopsearch.gui.application import run_application

        return run_application(paths, settings, query)
    finally:
        place.release()
