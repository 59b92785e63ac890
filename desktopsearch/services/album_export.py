"""Writes albums down in a file that can be taken to other programs and other libraries.

For commands that wait. Never writes over a file that is there.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.album_lists import WRITERS, ListedAlbum, ListedPhoto
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, photos


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written down."""

    albums: int
    labels: int
    """Of photos that are in an album or not in it."""


def export_albums(library: Library, path: Path, style: str) -> Exported:
    """Write all albums of a library into a new file.

    Args:
        library: Is only read.
        path: Of the file.
        style: One of ``WRITERS``.

    Raises:
        DesktopSearchError: EXPORT_EXISTS or EXPORT_NOT_WRITTEN.
    """
    with library.database.read() as connection:
        listed = _listed(connection)
    _write_new(path, WRITERS[style](listed))
    labels = sum(len(album.photos) + len(album.rejected) for album in listed)
    return Exported(len(listed), labels)


def _listed(connection: Connection) -> list[ListedAlbum]:
    labels = albums.labels(connection)
    places = photos.places(connection, sorted({label.photo_id for label in labels}))
    found = {album.id: ListedAlbum(album.name, album.colour) for album in albums.every(connection)}
    for label in labels:
        album, copies = found[label.album_id], places.get(label.photo_id)
        photo = ListedPhoto(label.digest, copies[0].path if copies else None)
        (album.rejected if label.rejected else album.photos).append(photo)
    return list(found.values())


def _write_new(path: Path, text: str) -> None:
    name = shown(os.fsencode(path))
    try:
        with path.open("x", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise DesktopSearchError(ProblemCode.EXPORT_EXISTS, path=name) from error
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise DesktopSearchError(
            ProblemCode.EXPORT_NOT_WRITTEN, path=name, reason=error.strerror or str(error)
        ) from error
