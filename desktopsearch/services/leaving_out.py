"""Leaving single files and folders out of the library, and taking them in again.

Changes patterns and has the places looked at again; the files themselves stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.excludes import checked_pattern, pattern_of
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.ingest import Ingest
from desktopsearch.services.library import Library
from desktopsearch.storage import roots


def leave_out(
    library: Library, ingest: Ingest, places: Sequence[bytes], *, folders: bool
) -> list[str]:
    """Exclude files or folders, and have what they held leave the library.

    Args:
        library: Open for writing.
        ingest: Looks at the places again.
        places: Absolute paths below the library's folders.
        folders: Whether the places are folders.

    Returns:
        The patterns that are new, for ``take_in``.

    Raises:
        DesktopSearchError: FOLDER_UNKNOWN, EXCLUDE_TOO_LONG or EXCLUDE_TOO_WIDE; then none has
            been excluded.
    """
    patterns = []
    with library.database.write() as connection:
        known = set(roots.exclusions(connection))
        for place in places:
            root = roots.covering(connection, place)
            if root is None:
                raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(place))
            name = os.fsdecode(roots.relative(root.path, place))
            patterns.append(checked_pattern(pattern_of(name)))
        new = [pattern for pattern in dict.fromkeys(patterns) if pattern not in known]
        roots.exclude(connection, new)
    look_again(library, ingest, places, folders=folders)
    return new


def take_in(
    library: Library,
    ingest: Ingest,
    patterns: Sequence[str],
    places: Sequence[bytes],
    *,
    folders: bool,
) -> None:
    """Take patterns away again, and look at the places that they had excluded."""
    with library.database.write() as connection:
        roots.include(connection, patterns)
    look_again(library, ingest, places, folders=folders)


def look_again(library: Library, ingest: Ingest, places: Iterable[bytes], *, folders: bool) -> None:
    """Scan folders with all that they hold, or the folders in which files lie.

    Places that lie in no folder of the library are passed over.
    """
    looked_at = set(places) if folders else {os.path.dirname(each) for each in places}  # noqa: PTH120
    with library.database.read() as connection:
        found = [
            (root, roots.relative(root.path, folder))
            for folder in sorted(looked_at)
            if (root := roots.covering(connection, folder)) is not None
        ]
    for root, directory in found:
        ingest.rescan(root, directory, recursive=folders)
