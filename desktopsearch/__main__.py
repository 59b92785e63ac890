"""Entry of the application: the window without arguments, else the command line."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from desktopsearch.config import LibraryPaths


def main() -> int:
    """Run the command line of this process; returns the exit status."""
    # In a frozen build, children begin here and never return from the next line.
    multiprocessing.freeze_support()
    from desktopsearch.cli.command import run

    return run(sys.argv[1:], _open_window)


def _open_window(paths: LibraryPaths, query: Path | None) -> int:
    from desktopsearch.config import default_settings
    from desktopsearch.gui import app

    return app.run(paths, default_settings(), query)


if __name__ == "__main__":
    sys.exit(main())
