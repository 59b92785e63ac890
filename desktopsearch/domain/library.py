"""What a library holds: folders, photos, where they lie, and what went wrong with them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from desktopsearch.domain.problems import Parameters, ProblemCode, sentence


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that the user has added."""

    id: int
    path: bytes
    device: int | None
    offline: bool
    scanned_at: int | None
    """Seconds since 1970, None before the first complete scan."""

    @property
    def folder(self) -> Path:
        """The path for this machine's file functions."""
        return Path(os.fsdecode(self.path))


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A location: one copy of a photo's content, or a file not read yet."""

    id: int
    root: bytes
    directory: bytes
    name: bytes
    offline: bool = False

    @property
    def path(self) -> bytes:
        """The absolute path as bytes."""
        return join(self.root, self.directory, self.name)


class FileStamp(NamedTuple):
    """What the file system says of a file without opening it."""

    name: bytes
    size: int
    mtime_ns: int
    inode: int
    """0 where the file system has no stable number."""


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A content that was read for the first time."""

    digest: bytes
    """BLAKE2b-256 of the file's bytes."""
    size_bytes: int
    width_px: int
    height_px: int
    format: str
    taken_at: str | None
    taken_offset_min: int | None
    camera: str | None


@dataclass(frozen=True, slots=True)
class PhotoDate:
    """The day that people know a photo by."""

    at: datetime
    """On the clock of the camera or, where only the file tells it, of this machine."""
    by_camera: bool
    """Whether the camera has said it; else it is when the oldest copy's file was last changed."""


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """All that the library knows of a photo."""

    digest: bytes
    """BLAKE2b-256 of the file's bytes."""
    size_bytes: int
    width_px: int
    height_px: int
    format: str
    taken_at: datetime | None
    """On the clock of the camera."""
    taken_offset_min: int | None
    """Minutes east of UTC, where the camera wrote them."""
    camera: str | None
    paths: tuple[bytes, ...]
    """Where its copies lie, those that can be reached first."""
    albums: tuple[str, ...]
    """The names of the albums that it is in, in their order."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture on its way to another program: upright sRGB."""

    rgb: bytes
    """(height, width, 3) uint8, line by line."""
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong with a file or a folder of the library."""

    path: bytes
    code: ProblemCode
    parameters: Parameters
    at: int
    location_id: int | None
    """None for a folder."""
    ignored: bool
    """Whether it was put aside; no longer once the file has changed."""

    @property
    def sentence(self) -> str:
        """What went wrong, in English."""
        return sentence(self.code, self.parameters)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many of what a library holds; ``photos`` counts those with a location."""

    photos: int
    locations: int
    pending: int
    unencoded: int
    problems: int


@dataclass(frozen=True, slots=True)
class Generation:
    """A hash layer with codes of its own; exactly one is active."""

    id: int
    name: str
    model: str
    fingerprint: str
    bits: int
    hash_layer: bytes
    created_at: int
    """Seconds since 1970."""


def join(root: bytes, directory: bytes, name: bytes = b"") -> bytes:
    """Join a root, a relative directory with ``/`` between its parts, and a file name."""
    separator = os.fsencode(os.sep)
    parts = [root.rstrip(separator) or root]
    parts += [part for part in (*directory.split(b"/"), name) if part]
    return separator.join(parts) if parts[0] != separator else separator + separator.join(parts[1:])


def shown(path: bytes) -> str:
    """A path for people: undecodable bytes become replacement characters."""
    return os.fsdecode(path).encode("utf-8", "replace").decode("utf-8")
