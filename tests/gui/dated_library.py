"""A library of photos each a day younger than the one before, with albums."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.services import albums, folders
from desktopsearch.services.session import WritingSession
from tests.gui.conftest import SETTINGS, Indexed
from tests.journeys.photographs import put


def put_dated(files: Sequence[Path]) -> list[Path]:
    """Write a photo to each path, which is named by its number; returns the paths."""
    for number, file in enumerate(files):
        put(file, number)
        at = datetime(2020, 5, 1 + number, 12).astimezone().timestamp()
        os.utime(file, (at, at))
    return list(files)


def make_dated_library(
    folder: Path, indexed: Indexed, files: Sequence[Path], of_album: Mapping[str, Sequence[Path]]
) -> None:
    """Index the folders in which the photos lie, and put photos into new albums.

    The embeddings of ``indexed`` spare the start of an encoder.
    """
    folder.mkdir()
    shutil.copy2(indexed.library / "embeddings.db", folder)
    with WritingSession.open(LibraryPaths(folder), SETTINGS, lambda _: None) as made:
        folders.add(made.library, list(dict.fromkeys(file.parent for file in files)))
        made.bring_up_to_date()
        for name, photos in of_album.items():
            album = made.labelling.create(name)
            if photos:
                ids = albums.photos_meant(made.library, photos, recursive=False)
                made.labelling.add(album.id, ids)


def names(window: MainWindow) -> list[str]:
    """The names of the photos in the grid, in order."""
    rows = range(window.model.rowCount())
    return [str(window.model.index(row).data()) for row in rows]
