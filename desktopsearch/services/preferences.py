"""Keeps what a person has set, in a small file of the data folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.preferences import DEFAULTS, Preferences
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.events import Notice


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found in the file."""

    preferences: Preferences
    damage: Notice | None
    """Why these are the defaults although there is a file."""


def load(paths: LibraryPaths) -> Kept:
    """Read the file; without one, or with one that cannot be used, all have their defaults."""
    try:
        content = paths.preferences.read_bytes()
    except FileNotFoundError:
        return Kept(DEFAULTS, None)
    except OSError as error:
        return _damaged(paths, error.strerror or str(error))
    try:
        return Kept(_up_to_now(msgspec.json.decode(content, type=Preferences)), None)
    except msgspec.DecodeError as error:
        return _damaged(paths, str(error))


def change(paths: LibraryPaths, change: Callable[[Preferences], Preferences]) -> Preferences:
    """Change some of them, from what the file holds now; returns all of them.

    Raises:
        DesktopSearchError: What ``change`` raises; LIBRARY_UNWRITABLE or LIBRARY_DISK_FULL.
    """
    changed = change(load(paths).preferences)
    partial = paths.preferences.with_suffix(f".{os.getpid()}.partial")
    try:
        paths.folder.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(changed)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(paths.preferences)
    except OSError as error:
        # Imported here: those who only read need no SQLAlchemy.
        from desktopsearch.storage.failures import unwritable

        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise unwritable(paths, error) from error
    return changed


def stamp(paths: LibraryPaths) -> tuple[int, int] | None:
    """What tells that the file has changed; None while there is none."""
    try:
        status = paths.preferences.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def applied(preferences: Preferences, settings: Settings) -> Settings:
    """How the machine is used when the user's wishes are heeded."""
    return settings.gentle() if preferences.speed == "gentle" else settings


def _up_to_now(preferences: Preferences) -> Preferences:
    """A pause that is over is none."""
    until = preferences.paused
    if isinstance(until, datetime) and until <= datetime.now(UTC):
        return msgspec.structs.replace(preferences, paused=False)
    return preferences


def _damaged(paths: LibraryPaths, reason: str) -> Kept:
    return Kept(
        DEFAULTS,
        Notice(ProblemCode.SETTINGS_DAMAGED, {"path": str(paths.preferences), "reason": reason}),
    )
