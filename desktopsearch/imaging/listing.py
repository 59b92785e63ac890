"""The picture files below a folder, for commands that work through folders of their own choice.

Imports no picture library. The library's folders are listed by the scanner child instead.
"""

from __future__ import annotations

import os
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.formats import is_picture_name


def folders_in(folder: Path) -> list[Path]:
    """Return the folders directly in a folder, sorted, hidden ones left out.

    Raises:
        DesktopSearchError: FOLDER_NOT_FOUND, FOLDER_NOT_A_FOLDER, FOLDER_UNREADABLE.
    """
    try:
        return sorted(
            path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
    except FileNotFoundError as error:
        raise DesktopSearchError(ProblemCode.FOLDER_NOT_FOUND, path=str(folder)) from error
    except NotADirectoryError as error:
        raise DesktopSearchError(ProblemCode.FOLDER_NOT_A_FOLDER, path=str(folder)) from error
    except OSError as error:
        raise _unreadable(error, folder) from error


def pictures_below(folder: Path) -> list[Path]:
    """Return the picture files in a folder and all below it, sorted, hidden ones left out.

    Raises:
        DesktopSearchError: FOLDER_NOT_FOUND, FOLDER_NOT_A_FOLDER, FOLDER_UNREADABLE.
    """
    folders_in(folder)  # says what is wrong with the folder itself
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise _unreadable(error, folder) from error

    for directory, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(directory, name)
            for name in names
            if not name.startswith(".") and is_picture_name(os.fsencode(name))
        ]
    return sorted(found)


def _unreadable(error: OSError, folder: Path) -> DesktopSearchError:
    return DesktopSearchError(
        ProblemCode.FOLDER_UNREADABLE,
        path=str(error.filename or folder),
        reason=error.strerror or type(error).__name__,
    )
