"""Turns what SQLite reports into errors that say what to do."""

from __future__ import annotations

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


@contextmanager
def explained(paths: LibraryPaths) -> Iterator[None]:
    """Re-raise SQLite's errors about files and disks as ``DesktopSearchError``.

    Raises:
        DesktopSearchError: LIBRARY_DISK_FULL, LIBRARY_CORRUPT (after keeping a copy) or
            LIBRARY_UNWRITABLE. Anything else is our own mistake and passes unchanged.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if primary == sqlite3.SQLITE_FULL:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_DISK_FULL, path=str(paths.folder)
            ) from error
        if primary in _CORRUPT:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_CORRUPT,
                path=str(paths.folder),
                reason=str(cause),
                copy=str(keep_copy(paths.library, "damaged")),
            ) from error
        if primary in _UNWRITABLE:
            raise DesktopSearchError(
                ProblemCode.LIBRARY_UNWRITABLE, path=str(paths.folder), reason=str(cause)
            ) from error
        raise


def keep_copy(database: Path, why: str) -> Path:
    """Copy a database and its write-ahead log beside it, once for each state of the file."""
    status = database.stat()
    target = database.with_name(f"{database.stem}-{why}-{status.st_mtime_ns}{database.suffix}")
    if not target.exists():
        log = database.with_name(database.name + "-wal")
        if log.exists():
            shutil.copy2(log, target.with_name(target.name + "-wal"))
        shutil.copy2(database, target)
    return target
