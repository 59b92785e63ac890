"""Adding and removing folders of a library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.excludes import checked_pattern
from desktopsearch.domain.library import Root, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.library import Library
from desktopsearch.storage import photos, roots


def add(library: Library, folders: Sequence[Path]) -> list[Root]:
    """Add folders; those that are there already, or lie in one that is, change nothing.

    Returns:
        The roots that now hold the folders, in the order given.

    Raises:
        DesktopSearchError: FOLDER_NOT_FOUND, FOLDER_NOT_A_FOLDER or FOLDER_UNREADABLE; then none
            has been added.
    """
    paths = [_checked(folder) for folder in folders]
    added = []
    with library.database.write() as connection:
        for path in paths:
            known = roots.covering(connection, path)
            added.append(known or roots.add(connection, path))
    return added


def remove(library: Library, folders: Sequence[Path]) -> None:
    """Remove folders and what lies in them from the library; the files stay where they are.

    Raises:
        DesktopSearchError: FOLDER_UNKNOWN; then none has been removed.
    """
    with library.database.write() as connection:
        known = {root.path: root for root in roots.every(connection)}
        for folder in folders:
            path = os.fsencode(folder.absolute())
            root = known.get(path) or known.get(os.fsencode(folder.resolve()))
            if root is None:
                raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(path))
            roots.remove(connection, root.id)
        photos.orphan_unplaced(connection)
    library.resync_index()


def every(library: Library) -> list[Root]:
    """The folders of a library, by path."""
    with library.database.read() as connection:
        return roots.every(connection)


def _checked(folder: Path) -> bytes:
    # Resolved once, so that one folder cannot be added under two names.
    name = shown(os.fsencode(folder.absolute()))
    try:
        path = folder.resolve()
        with os.scandir(path):
            return os.fsencode(path)
    except FileNotFoundError as error:
        raise DesktopSearchError(ProblemCode.FOLDER_NOT_FOUND, path=name) from error
    except NotADirectoryError as error:
        raise DesktopSearchError(ProblemCode.FOLDER_NOT_A_FOLDER, path=name) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DesktopSearchError(ProblemCode.FOLDER_UNREADABLE, path=name, reason=reason) from error


def exclusions(library: Library) -> list[str]:
    """The patterns of what to leave out."""
    with library.database.read() as connection:
        return roots.exclusions(connection)


def exclude(library: Library, patterns: Sequence[str]) -> None:
    """Leave out what matches these patterns from the next scan on.

    Raises:
        DesktopSearchError: EXCLUDE_EMPTY or EXCLUDE_TOO_LONG; then none has been added.
    """
    checked = [checked_pattern(pattern) for pattern in patterns]
    with library.database.write() as connection:
        roots.exclude(connection, checked)


def include(library: Library, patterns: Sequence[str]) -> None:
    """Take patterns away again."""
    with library.database.write() as connection:
        roots.include(connection, patterns)
