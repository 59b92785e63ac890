"""Albums written down: as values, as CSV and as JSON, to carry them from library to library.

A CSV has a line for each file, ``file,albums,rejected``; the names of albums are separated by
semicolons, and a semicolon or a backslash before one of the two that belongs to a name has a
backslash before it. JSON also tells contents by their digests and the colours. Opens no photo and
no library.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from desktopsearch.domain.albums import checked_name, folded
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode

_HEADER: Final = ["file", "albums", "rejected"]
_NAME: Final = re.compile(r"(?:\\[\\;]|[^;])+")


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """A photo as a list tells of it, by content, by path or by both."""

    digest: bytes | None = None
    path: bytes | None = None
    """Absolute."""


@dataclass(frozen=True, slots=True)
class ListedAlbum:
    """An album as a list tells of it."""

    name: str
    colour: str | None = None
    """As ``#rrggbb`` if the list says."""
    photos: list[ListedPhoto] = field(default_factory=list)
    rejected: list[ListedPhoto] = field(default_factory=list)


class AlbumList:
    """Albums in the making; each name is there once, whatever its case."""

    def __init__(self) -> None:
        self._albums: dict[str, ListedAlbum] = {}

    def album(self, name: str, colour: str | None = None) -> ListedAlbum:
        """The album of this name, listed now if it was not yet.

        Raises:
            DesktopSearchError: ALBUM_NAME_EMPTY, ALBUM_NAME_TOO_LONG or ALBUM_NAME_INVALID.
        """
        name = checked_name(name)
        return self._albums.setdefault(folded(name), ListedAlbum(name, colour))

    def every(self) -> list[ListedAlbum]:
        """All of them, in the order in which they were listed."""
        return list(self._albums.values())


def read_csv(file: Path) -> list[ListedAlbum]:
    """Read a CSV; a relative path in it begins where the file lies.

    Raises:
        DesktopSearchError: ALBUMS_UNREADABLE, ALBUMS_INVALID; as ``AlbumList.album``.
    """
    listed = AlbumList()
    folder = file.absolute().parent
    rows = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        header = next(rows, [])
        if header not in (_HEADER, _HEADER[:2]):
            raise _invalid(file, "its first line is neither file,albums nor file,albums,rejected")
        for row in rows:
            if not row:
                continue
            if len(row) != len(header) or not row[0]:
                raise _invalid(file, f"line {rows.line_num} has not {len(header)} fields")
            photo = ListedPhoto(path=_path(file, str(folder / row[0])))
            for name in _names(row[1]):
                listed.album(name).photos.append(photo)
            for name in _names("".join(row[2:])):
                listed.album(name).rejected.append(photo)
    except csv.Error as error:
        raise _invalid(file, f"line {rows.line_num}: {error}") from error
    return listed.every()


def as_csv(albums: Iterable[ListedAlbum]) -> str:
    """Write down where photos lie and which albums they are in and not in.

    A photo that lies nowhere has no line: only JSON can tell of it.
    """
    lines: dict[bytes, tuple[list[str], list[str]]] = {}
    for album in albums:
        for column, photos in enumerate((album.photos, album.rejected)):
            for photo in photos:
                if photo.path is not None:
                    lines.setdefault(photo.path, ([], []))[column].append(album.name)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for path, columns in sorted(lines.items()):
        writer.writerow([os.fsdecode(path), *map(_joined, columns)])
    return out.getvalue()


class _Photo(msgspec.Struct, frozen=True):
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    path: str | None = None


class _Album(msgspec.Struct, frozen=True):
    name: str
    colour: Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}$")]
    photos: list[_Photo] = []
    rejected: list[_Photo] = []


class _Document(msgspec.Struct, frozen=True):
    format: Literal["desktopsearch albums"]
    version: Literal[1]
    albums: list[_Album]


def read_json(file: Path) -> list[ListedAlbum]:
    """Read what ``as_json`` has written.

    Raises:
        DesktopSearchError: ALBUMS_UNREADABLE, ALBUMS_INVALID; as ``AlbumList.album``.
    """
    try:
        # Not msgspec's own reader: it takes no lone surrogates, which undecodable paths need.
        document = msgspec.convert(json.loads(_text(file)), _Document)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise _invalid(file, str(error)) from error
    listed = AlbumList()
    for album in document.albums:
        into = listed.album(album.name, album.colour)
        into.photos.extend(_listed_photos(file, album.photos))
        into.rejected.extend(_listed_photos(file, album.rejected))
    return listed.every()


def as_json(albums: Iterable[ListedAlbum]) -> str:
    """Write down everything that there is to tell of albums."""

    def photos(listed: Sequence[ListedPhoto]) -> list[dict[str, str | None]]:
        return [
            {
                "digest": photo.digest.hex() if photo.digest else None,
                "path": os.fsdecode(photo.path) if photo.path else None,
            }
            for photo in listed
        ]

    document = {
        "format": "desktopsearch albums",
        "version": 1,
        "albums": [
            {
                "name": album.name,
                "colour": album.colour,
                "photos": photos(album.photos),
                "rejected": photos(album.rejected),
            }
            for album in albums
        ],
    }
    return json.dumps(document, indent=2) + "\n"


READERS: Final[Mapping[str, Callable[[Path], list[ListedAlbum]]]] = {
    ".csv": read_csv,
    ".json": read_json,
}
"""How to read a list, by the ending of its name."""

WRITERS: Final[Mapping[str, Callable[[Iterable[ListedAlbum]], str]]] = {
    "csv": as_csv,
    "json": as_json,
}
"""How to write a list, by format."""


def unreadable(path: Path, error: OSError) -> DesktopSearchError:
    """Say why a list, or what should be one, cannot be read."""
    return DesktopSearchError(
        ProblemCode.ALBUMS_UNREADABLE,
        path=shown(os.fsencode(path)),
        reason=error.strerror or str(error),
    )


def _text(file: Path) -> str:
    try:
        # Paths are bytes: what is no UTF-8 comes through as it goes out.
        return file.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError as error:
        raise unreadable(file, error) from error


def _listed_photos(file: Path, photos: Sequence[_Photo]) -> list[ListedPhoto]:
    return [
        ListedPhoto(bytes.fromhex(photo.digest), _path(file, photo.path) if photo.path else None)
        for photo in photos
    ]


def _path(file: Path, text: str) -> bytes:
    try:
        path = os.fsencode(text)
    except UnicodeEncodeError as error:
        raise _invalid(file, f"no path can be {text!a}") from error
    if b"\0" in path:
        raise _invalid(file, f"no path can be {text!a}")
    return path


def _names(cell: str) -> list[str]:
    parts = [re.sub(r"\\([\\;])", r"\1", part).strip() for part in _NAME.findall(cell)]
    return [part for part in parts if part]


def _joined(names: Iterable[str]) -> str:
    return ";".join(re.sub(r"(\\(?=[\\;]|$)|;)", r"\\\1", name) for name in names)


def _invalid(file: Path, reason: str) -> DesktopSearchError:
    return DesktopSearchError(
        ProblemCode.ALBUMS_INVALID, path=shown(os.fsencode(file)), reason=reason
    )
