"""Requests and replies of the scanner, decoder and sidecar writer; imports no picture library.

The application side knows the children that touch users' files by these messages alone.
Paths are bytes, as the file system gave them (``os.fsencode``).
"""

from __future__ import annotations

import msgspec

from desktopsearch.domain.framing import Framing
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

DECODER_ROLE = "desktopsearch.imaging.decoder:create"
SCANNER_ROLE = "desktopsearch.imaging.scanner:create"
SIDECAR_WRITER_ROLE = "desktopsearch.imaging.sidecar_writer:create"


# --- scanner ---------------------------------------------------------------------------------


class ScanTree(Message, frozen=True):
    """List the picture files below a folder, one reply per directory."""

    root: bytes
    directory: bytes = b""
    """Where to start, relative to ``root``; empty for the root itself."""
    recursive: bool = True
    excludes: tuple[str, ...] = ()
    """Patterns of ``domain.excludes``."""


class FoundFile(msgspec.Struct, frozen=True, array_like=True):
    """One picture file of a directory, by its name in that directory."""

    name: bytes
    size: int
    mtime_ns: int
    inode: int
    """0 where the file system has no stable number."""


class DirectoryListed(Message, frozen=True):
    """All picture files of one directory (relative to the root, ``/`` between its parts)."""

    directory: bytes
    files: list[FoundFile]


class DirectoryUnreadable(Message, frozen=True):
    """A directory that could not be listed; nothing is known about what lies below it."""

    directory: bytes
    reason: str


class ScanFinished(Message, frozen=True):
    """The last reply of a scan that reached its end.

    ``device`` is the root's device number, ``empty`` says that the root directory holds nothing
    at all (a mount point without its drive looks like that).
    """

    device: int
    empty: bool


# --- decoder ---------------------------------------------------------------------------------


class IdentifyFile(Message, frozen=True):
    """Read a file whole and keep its bytes for ``DecodeIdentified``."""

    path: bytes


class IdentifyBytes(Message, frozen=True):
    """The same for bytes that came from elsewhere, such as the clipboard."""

    data: bytes


class Identified(Message, frozen=True):
    """Content identity: BLAKE2b-256 of the bytes, and what ``fstat`` said of the open file."""

    digest: bytes
    size: int
    mtime_ns: int


class DecodeIdentified(Message, frozen=True):
    """Decode the bytes that were identified last, and only those."""

    framing: Framing | None = None


class Decoded(Message, frozen=True):
    """What the application keeps of a picture's content."""

    proxy: bytes
    """Upright sRGB JPEG without metadata; short side 256 px or less, long side at most 768."""
    width: int
    """Of the upright original, in pixels."""
    height: int
    format: str
    """Pillow's name of the format found by content, such as ``JPEG``; ``RAW`` for camera RAW."""
    taken_at: str | None
    """EXIF DateTimeOriginal as naive local ISO 8601 time, ``2024-05-01T12:30:00``."""
    taken_offset_min: int | None
    """Minutes east of UTC, where the camera wrote them."""
    camera: str | None
    """Maker and model, without doubling the maker."""
    framed: bytes | None = None
    """What the request's framing leaves of the picture, with its detail, in the form of the proxy;
    None without a framing."""


class DecodeWhole(Message, frozen=True):
    """Decode the bytes that were identified last in full size, to be handed on as pixels."""


class WholeDecoded(Message, frozen=True):
    """An upright sRGB picture; one of more than 50 megapixels comes reduced to these."""

    rgb: bytes
    """(height, width, 3) uint8, line by line."""
    width: int
    height: int


class CheckFiles(Message, frozen=True):
    """Ask whether files are still there."""

    paths: list[bytes]


class FilesChecked(Message, frozen=True):
    """One truth value a path, in the order of the request."""

    present: list[bool]


# --- sidecar writer --------------------------------------------------------------------------


class AddKeywords(Message, frozen=True):
    """Put keywords into the sidecar of a photo, beside those that it has."""

    photo: bytes
    keywords: list[str]


class KeywordsAdded(Message, frozen=True):
    """The sidecar has them all now; ``written`` says that it had not before."""

    written: bool


ScannerRequest = ScanTree
ScannerReply = Ready | Failed | Broken | Done | DirectoryListed | DirectoryUnreadable | ScanFinished
DecoderRequest = IdentifyFile | IdentifyBytes | DecodeIdentified | DecodeWhole | CheckFiles
DecoderReply = Ready | Failed | Broken | Done | Identified | Decoded | WholeDecoded | FilesChecked
SidecarWriterReply = Ready | Failed | Broken | Done | KeywordsAdded
