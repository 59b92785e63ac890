"""Takes in albums from folders, CSV or JSON: which photos of the library are meant.

For commands that wait: photos elsewhere are told by their content, which children read. What the
library does not know is left out and named.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktopsearch.config import Settings
from desktopsearch.domain.albums import Act
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.batch import identify_files
from desktopsearch.imaging.listing import folders_in, pictures_below
from desktopsearch.imaging.messages import Identified
from desktopsearch.services.album_lists import (
    READERS,
    AlbumList,
    ListedAlbum,
    ListedPhoto,
    unreadable,
)
from desktopsearch.services.labelling import Labelling, NamedAlbum
from desktopsearch.services.library import Library
from desktopsearch.storage import photos
from desktopsearch.storage.paths import photos_at

Progress = Callable[[int, int], None]
"""Takes how many files were read to recognise photos, and how many there are to read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    act: Act | None
    """None if all of it was so already."""
    unknown: tuple[bytes, ...]
    """Files that are not among the photos of the library, and contents that lie nowhere."""


def import_albums(
    library: Library, labelling: Labelling, path: Path, settings: Settings, progress: Progress
) -> Imported:
    """Take in albums, in one act; what is in the library already stays.

    Args:
        library: Open for writing.
        labelling: Of the same library.
        path: A folder whose folders become albums, or a .csv or .json file.
        settings: How many children read what lies outside the library.
        progress: Called now and then.

    Raises:
        DesktopSearchError: ALBUMS_..., ALBUM_NAME_...; as ``folders_in`` and ``identify_files``.
    """
    listed = _read(path)
    known = _Known(library, listed, settings, progress)
    albums = [
        NamedAlbum(album.name, album.colour, known.ids(album.photos), known.ids(album.rejected))
        for album in listed
        if known.has_any_of(album)
    ]
    return Imported(labelling.take_in(albums), known.unknown)


def _read(path: Path) -> list[ListedAlbum]:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise unreadable(path, error) from error
    if is_folder:
        return _of_folders(path)
    if not is_there:
        raise DesktopSearchError(ProblemCode.ALBUMS_NOT_FOUND, path=shown(os.fsencode(path)))
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise DesktopSearchError(ProblemCode.ALBUMS_FORMAT_UNCLEAR, path=shown(os.fsencode(path)))
    return read(path)


def _of_folders(folder: Path) -> list[ListedAlbum]:
    listed = AlbumList()
    for inner in folders_in(folder.absolute()):
        pictures = [ListedPhoto(path=os.fsencode(file)) for file in pictures_below(inner)]
        if pictures:
            listed.album(shown(os.fsencode(inner.name))).photos.extend(pictures)
    if not listed.every():
        raise DesktopSearchError(ProblemCode.ALBUMS_NO_FOLDERS, path=shown(os.fsencode(folder)))
    return listed.every()


class _Known:
    """Which photos of the library are meant by those of a list."""

    def __init__(
        self,
        library: Library,
        listed: Iterable[ListedAlbum],
        settings: Settings,
        progress: Progress,
    ) -> None:
        every = dict.fromkeys(
            photo for album in listed for photo in (*album.photos, *album.rejected)
        )
        digests = {photo.digest for photo in every if photo.digest is not None}
        paths = {photo.path for photo in every if photo.path is not None}
        real = {path: os.path.realpath(path) for path in paths}
        with library.database.read() as connection:
            by_digest = photos.ids_of(connection, digests)
            by_path = photos_at(connection, {*paths, *real.values()})
        self._ids: dict[ListedPhoto, int] = {}
        for photo in every:
            # What a content is called is certain, what lies at a path may have changed since.
            photo_id = by_digest.get(photo.digest or b"")
            if photo_id is None and photo.path is not None:
                photo_id = by_path.get(photo.path) or by_path.get(real[photo.path])
            if photo_id is not None:
                self._ids[photo] = photo_id
        elsewhere = [
            photo
            for photo in every
            if photo not in self._ids and photo.path is not None and photo.digest is None
        ]
        self._ids |= _told_by_content(library, elsewhere, settings, progress)
        self.unknown = tuple(
            photo.path or (photo.digest or b"").hex().encode()
            for photo in every
            if photo not in self._ids
        )

    def has_any_of(self, album: ListedAlbum) -> bool:
        """Whether an album is to be made: not of photos all of which are unknown."""
        listed = [*album.photos, *album.rejected]
        return not listed or any(photo in self._ids for photo in listed)

    def ids(self, listed: Iterable[ListedPhoto]) -> list[int]:
        return [self._ids[photo] for photo in listed if photo in self._ids]


def _told_by_content(
    library: Library, elsewhere: list[ListedPhoto], settings: Settings, progress: Progress
) -> dict[ListedPhoto, int]:
    files = [Path(os.fsdecode(photo.path or b"")) for photo in elsewhere]
    digests: dict[ListedPhoto, bytes] = {}
    with closing(identify_files(files, settings.decoder_processes)) as results:
        for done, (photo, result) in enumerate(zip(elsewhere, results, strict=True), start=1):
            if isinstance(result, Identified):
                digests[photo] = result.digest
            progress(done, len(files))
    with library.database.read() as connection:
        known = photos.ids_of(connection, set(digests.values()))
    return {photo: known[digest] for photo, digest in digests.items() if digest in known}
