"""Turns what SQLite and the file system report into errors that say what to do."""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_HARDLY_ANY_BYTES = 1_000_000


@contextmanager
def explained(paths: LibraryPaths) -> Iterator[None]:
    """Re-raise SQLite's errors about files and disks as ``DesktopSearchError``.

    Raises:
        DesktopSearchError: LIBRARY_DISK_FULL, LIBRARY_CORRUPT (after keeping a copy),
            CACHE_DAMAGED or LIBRARY_UNWRITABLE. Anything else is our own mistake and passes
            unchanged.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if primary in _CORRUPT:
            raise _damage(paths, str(cause)) from error
        if primary == sqlite3.SQLITE_FULL or (primary in _UNWRITABLE and _is_full(paths)):
            raise DesktopSearchError(
                ProblemCode.LIBRARY_DISK_FULL, path=str(paths.folder)
            ) from error
        if primary in _UNWRITABLE:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_UNWRITABLE, path=str(paths.folder), reason=str(cause)
            ) from error
        raise


def unwritable(paths: LibraryPaths, error: OSError) -> DesktopSearchError:
    """Say why a file could not be put into the data folder."""
    if error.errno in _FULL:
        return DesktopSearchError(ProblemCode.LIBRARY_DISK_FULL, path=str(paths.folder))
    return DesktopSearchError(
        ProblemCode.LIBRARY_UNWRITABLE,
        path=str(paths.folder),
        reason=error.strerror or str(error),
    )


def damage_mark(cache: Path) -> Path:
    """The file that says of a cache that it is damaged and must be made anew."""
    return cache.with_suffix(".damaged")


def _damage(paths: LibraryPaths, reason: str) -> DesktopSearchError:
    if not _is_sound(paths.library):
        return DesktopSearchError(
            ProblemCode.LIBRARY_CORRUPT,
            path=str(paths.folder),
            reason=reason,
            copy=str(keep_copy(paths, "damaged")),
        )
    caches = (paths.embeddings, paths.proxies)
    for cache in [cache for cache in caches if not _is_sound(cache)] or caches:
        # They are open, so they can only be deleted the next time.
        with contextlib.suppress(OSError):
            damage_mark(cache).touch()
    return DesktopSearchError(ProblemCode.CACHE_DAMAGED, path=str(paths.folder), reason=reason)


def _is_sound(file: Path) -> bool:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        try:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False


def _is_full(paths: LibraryPaths) -> bool:
    return shutil.disk_usage(paths.folder).free < _HARDLY_ANY_BYTES


def keep_copy(paths: LibraryPaths, why: str) -> Path:
    """Copy library.db and its write-ahead log beside it, once for each state of the file.

    Raises:
        DesktopSearchError: LIBRARY_DISK_FULL or LIBRARY_UNWRITABLE.
    """
    database = paths.library
    target = database.with_name(f"{database.stem}-{why}-{database.stat().st_mtime_ns}.db")
    if target.exists():
        return target
    partial = target.with_suffix(".partial")
    try:
        log = database.with_name(database.name + "-wal")
        if log.exists():
            shutil.copy2(log, target.with_name(target.name + "-wal"))
        shutil.copy2(database, partial)
        partial.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise unwritable(paths, error) from error
    return target
