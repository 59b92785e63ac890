"""Reads a user's file whole and says which content it is.

Opens nothing but ordinary files and waits for nothing but the disk; knows no picture formats.
"""

from __future__ import annotations

import hashlib
import os
import stat

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.filefacts import reason, stamp
from desktopsearch.imaging.messages import Identified

LARGEST_FILE_BYTES = 512_000_000

# A FIFO without a writer must not hang the open; a terminal must not become ours.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_file(path: bytes) -> tuple[Identified, bytes]:
    """Return a file's identity and its bytes.

    Raises:
        DesktopSearchError: FILE_VANISHED, FILE_UNREADABLE, FILE_NOT_REGULAR, FILE_EMPTY,
            FILE_TOO_LARGE, FILE_OUT_OF_MEMORY or FILE_CHANGED.
    """
    try:
        # Opening a device may already do something, so it is looked at first.
        _check_regular(os.stat(path))  # noqa: PTH116 - Path takes no bytes
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            _check_regular(before)
            check_size(before.st_size)
            data = file.read(before.st_size + 1)
            after = os.fstat(descriptor)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DesktopSearchError(ProblemCode.FILE_VANISHED) from error
    except OSError as error:
        raise DesktopSearchError(ProblemCode.FILE_UNREADABLE, reason=reason(error)) from error
    except MemoryError as error:
        raise DesktopSearchError(ProblemCode.FILE_OUT_OF_MEMORY) from error
    known = stamp(before)
    if stamp(after) != known or len(data) != known.size:
        raise DesktopSearchError(ProblemCode.FILE_CHANGED)
    return Identified(digest(data), known.size, known.mtime_ns), data


def check_size(size_bytes: int) -> None:
    """Refuse what is empty or too large to be read.

    Raises:
        DesktopSearchError: FILE_EMPTY or FILE_TOO_LARGE.
    """
    if size_bytes == 0:
        raise DesktopSearchError(ProblemCode.FILE_EMPTY)
    if size_bytes > LARGEST_FILE_BYTES:
        raise DesktopSearchError(
            ProblemCode.FILE_TOO_LARGE,
            megabytes=size_bytes // 1_000_000,
            limit_megabytes=LARGEST_FILE_BYTES // 1_000_000,
        )


def digest(data: bytes) -> bytes:
    """Return the BLAKE2b-256 of a content, 32 bytes."""
    return hashlib.blake2b(data, digest_size=32).digest()


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise DesktopSearchError(ProblemCode.FILE_NOT_REGULAR)
