"""The albums of a library as they stand, and the photos that a person means by paths."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from desktopsearch.domain.albums import Album, History, LabelCount
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.known_names import unknown
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, journal, photos, roots
from desktopsearch.storage.paths import photos_at


def every(library: Library) -> list[Album]:
    """All albums, in the order of their names."""
    with library.database.read() as connection:
        return albums.every(connection)


def history(library: Library) -> History:
    """What would be undone and redone next."""
    with library.database.read() as connection:
        return journal.history(connection)


def albums_of(library: Library, photo_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The albums that photos are in, in the order of their names; those in none are left out."""
    with library.database.read() as connection:
        return albums.albums_of(connection, photo_ids)


def label_counts(library: Library, photo_ids: Sequence[int]) -> list[LabelCount]:
    """What is said of photos, album by album; albums of which nothing is said are left out."""
    with library.database.read() as connection:
        return albums.label_counts(connection, photo_ids)


def named(library: Library, name: str) -> Album:
    """The album of this name, whatever its case.

    Raises:
        DesktopSearchError: ALBUM_UNKNOWN or ALBUM_NONE_YET.
    """
    with library.database.read() as connection:
        found = albums.find(connection, name)
        if found is not None:
            return found
        known = [album.name for album in albums.every(connection)]
    raise unknown(
        name,
        known,
        none_yet=ProblemCode.ALBUM_NONE_YET,
        otherwise=ProblemCode.ALBUM_UNKNOWN,
    )


def photos_meant(library: Library, paths: Sequence[Path], *, recursive: bool) -> list[int]:
    """The photos that lie at paths, as the library knows them; no file is opened.

    Args:
        library: That knows them.
        paths: Of photos and, if ``recursive``, of folders.
        recursive: Whether a folder means all photos in it and below it.

    Raises:
        DesktopSearchError: ALBUM_PHOTO_UNKNOWN or ALBUM_FOLDER_GIVEN.
    """
    absolute = [os.fsencode(path.absolute()) for path in paths]
    meant: list[int] = []
    with library.database.read() as connection:
        at_files = photos_at(connection, absolute)
        for path in absolute:
            # A link inside the library is a place of its own; one that leads into it is not.
            real = os.path.realpath(path)
            photo_id = at_files.get(path) or photos_at(connection, [real]).get(real)
            meant += (
                [photo_id]
                if photo_id
                else _photos_in(connection, (path, real), recursive=recursive)
            )
    return list(dict.fromkeys(meant))


def _photos_in(connection: Connection, spellings: Sequence[bytes], *, recursive: bool) -> list[int]:
    for folder in spellings:
        inside = [
            photo_id
            for root, directory in roots.parts_below(connection, folder)
            for photo_id in photos.below(connection, root.id, directory)
        ]
        if inside and recursive:
            return inside
        if inside:
            raise DesktopSearchError(ProblemCode.ALBUM_FOLDER_GIVEN, path=shown(folder))
    raise DesktopSearchError(ProblemCode.ALBUM_PHOTO_UNKNOWN, path=shown(spellings[0]))
