"""Throws away what the application keeps of photos, or the whole library; never a photo.

No other part may have the library open for writing. What a crash leaves half done is sound, and
gone when it is asked for once more: caches are marked first, and whoever opens the library next
throws marked ones away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import taught_models
from desktopsearch.services.status import size_of
from desktopsearch.services.teaching_job import folder_of
from desktopsearch.storage import emptying
from desktopsearch.storage.database import Database
from desktopsearch.storage.failures import damage_mark, unwritable
from desktopsearch.storage.lock import WriterLock


def check_there(paths: LibraryPaths) -> None:
    """Refuse where there is nothing to delete.

    Raises:
        DesktopSearchError: LIBRARY_MISSING.
    """
    if not paths.library.exists():
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))


def delete(paths: LibraryPaths, *, albums: bool) -> int:
    """Delete folders, photos and all that was derived from them; settings stay.

    Args:
        paths: Of the library.
        albums: Whether albums, labels, saved searches, patterns, differences and what was taught go
            as well: nothing of the library stays but imported models. This needs no library that
            can be opened.

    Returns:
        How many bytes its databases take less.

    Raises:
        DesktopSearchError: LIBRARY_MISSING; LIBRARY_BUSY and others, as ``Database.open_writer``.
    """
    check_there(paths)
    before = size_of(paths)
    if albums:
        _delete_all(paths)
    else:
        _delete_index(paths)
    return before - size_of(paths)


def _delete_index(paths: LibraryPaths) -> None:
    with _alone(paths):
        _mark_caches(paths)
        _delete_beside(paths)
    # Opened now, it has empty caches; so there is room for the rest even on a disk that was full.
    with Database.open_writer(paths) as database:
        with database.write() as connection:
            emptying.forget_photos(connection)
        database.give_back_room()


def _delete_all(paths: LibraryPaths) -> None:
    with _alone(paths):
        _mark_caches(paths)
        _delete_beside(paths)
        paths.window_state.unlink(missing_ok=True)
        for folder in taught_models.all_in_place(paths):
            shutil.rmtree(folder)
        for file in (paths.library, paths.embeddings, paths.proxies):
            # The log last: without its database it says nothing.
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
        for cache in (paths.embeddings, paths.proxies):
            damage_mark(cache).unlink(missing_ok=True)


@contextmanager
def _alone(paths: LibraryPaths) -> Iterator[None]:
    """Hold the right to change the library, and explain files that cannot be deleted."""
    lock = WriterLock(paths)
    try:
        yield
    except OSError as error:
        raise unwritable(paths, error) from error
    finally:
        lock.release()


def _mark_caches(paths: LibraryPaths) -> None:
    for cache in (paths.embeddings, paths.proxies):
        damage_mark(cache).touch()


def _delete_beside(paths: LibraryPaths) -> None:
    """Delete what lies beside the databases and tells of photos."""
    # Of a teaching that was interrupted, and of the model that it was making.
    if folder_of(paths).exists():
        shutil.rmtree(folder_of(paths))
    for folder in taught_models.all_being_made(paths):
        shutil.rmtree(folder)
    # Copies from before migrations with their logs, and what may have been left of one being made.
    for pattern in (f"{paths.library.stem}-*", f"{paths.recent_queries.name}*"):
        for file in paths.folder.glob(pattern):
            file.unlink()
    paths.child_log.unlink(missing_ok=True)
