"""What the file system says of a file, in the form in which it is sent and compared.

The scanner and the decoder must say the same of the same file, so both ask here.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1

_WINDOWS_PLACEHOLDER = stat.FILE_ATTRIBUTE_OFFLINE | 0x400000 | 0x40000
"""Offline, recall on data access, recall on open."""
_MACOS_DATALESS = 0x40000000


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is recognised without being read."""

    size: int
    mtime_ns: int
    inode: int
    """0 where the file system has no stable number."""


def stamp(status: os.stat_result) -> Stamp:
    """Return a file's stamp; every number fits 64 signed bits, as the library stores them."""
    return Stamp(
        status.st_size,
        min(max(status.st_mtime_ns, _SMALLEST), _LARGEST),
        status.st_ino & _LARGEST,
    )


def device(status: os.stat_result) -> int:
    """Return the number of the device that a file lies on, in 64 signed bits."""
    return status.st_dev & _LARGEST


def is_placeholder(status: os.stat_result) -> bool:
    """Return whether reading the file would fetch it from a cloud first."""
    attributes: int = getattr(status, "st_file_attributes", 0)
    flags: int = getattr(status, "st_flags", 0)
    return bool(attributes & _WINDOWS_PLACEHOLDER or flags & _MACOS_DATALESS)


def is_junction(status: os.stat_result) -> bool:
    """Return whether an ``lstat`` shows a directory of Windows that stands for another one."""
    tag: int = getattr(status, "st_reparse_tag", 0)
    return tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def reason(error: OSError) -> str:
    """Return the operating system's words for an error, without the path."""
    return error.strerror or type(error).__name__


def shown(path: bytes) -> str:
    """Return a path for people; bytes that are no text become replacement characters."""
    return path.decode("utf-8", "replace")
