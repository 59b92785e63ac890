"""Opens the three files of a library as one connection, for the one writer or for a reader.

Owns connection settings and transactions. Must never know what the tables mean.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.pool import StaticPool

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import migrate
from desktopsearch.storage.cache_schema import CACHE_VERSION, embeddings, proxies
from desktopsearch.storage.failures import damage_mark, explained
from desktopsearch.storage.lock import WriterLock
from desktopsearch.storage.schema import HEAD_REVISION

BUSY_TIMEOUT_MS = 5_000


class Database:
    """A library's connection. Use ``open_writer`` or ``open_reader``; not thread-safe."""

    def __init__(self, paths: LibraryPaths, engine: Engine, lock: WriterLock | None) -> None:
        self.paths = paths
        self._engine = engine
        self._lock = lock

    @classmethod
    def open_writer(cls, paths: LibraryPaths) -> Database:
        """Open for changing, making or migrating the library as needed.

        Raises:
            DesktopSearchError: LIBRARY_BUSY, LIBRARY_NEWER, LIBRARY_CORRUPT, LIBRARY_UNWRITABLE
                or LIBRARY_DISK_FULL.
        """
        lock = WriterLock(paths)
        try:
            with explained(paths):
                _refuse_newer(paths)
                for cache in (paths.embeddings, paths.proxies):
                    _discard_unusable_cache(cache)
                database = cls(paths, _engine(paths, writer=True), lock)
                with database.write() as connection:
                    migrate.upgrade(connection, paths)
                with database.write() as connection:
                    _create_cache(connection, embeddings)
                    _create_cache(connection, proxies)
                return database
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open_reader(cls, paths: LibraryPaths) -> Database:
        """Open for reading only; works while another process writes.

        Raises:
            DesktopSearchError: LIBRARY_MISSING, LIBRARY_OUTDATED, LIBRARY_NEWER or
                LIBRARY_CORRUPT.
        """
        if not paths.library.exists():
            raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))
        database = cls(paths, _engine(paths, writer=False), None)
        with database.read() as connection:
            # Only those that stand in for a missing file are made here.
            embeddings.create_all(connection)
            proxies.create_all(connection)
            connection.execute(text("PRAGMA query_only = ON"))
            revision = migrate.revision_of(connection, paths)
            migrate.refuse_newer(revision, paths)
            if revision is None:
                raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))
            if revision != HEAD_REVISION:
                raise DesktopSearchError(ProblemCode.LIBRARY_OUTDATED, path=str(paths.folder))
        return database

    @property
    def is_writer(self) -> bool:
        """Whether this is the one connection that may change the library."""
        return self._lock is not None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may change things; committed at the end, undone on an error."""
        with explained(self.paths), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the library."""
        with explained(self.paths), self._engine.begin() as connection:
            yield connection

    def give_back_room(self) -> None:
        """Write library.db anew without what was deleted from it, of which then nothing is left."""
        with explained(self.paths), self._engine.connect() as connection:
            driver = connection.connection.cursor()
            # Without a transaction, which it cannot be in.
            driver.execute("VACUUM main")
            driver.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the files and let others write."""
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _engine(paths: LibraryPaths, *, writer: bool) -> Engine:
    mode = "rwc" if writer else "rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            _uri(paths.library, mode),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
        for schema, cache in (("embeddings", paths.embeddings), ("proxies", paths.proxies)):
            # A reader does without a cache that is gone or damaged; the writer makes a new one.
            present = writer or _is_usable(cache)
            where = _uri(cache, mode) if present else ":memory:"
            connection.execute(f"ATTACH ? AS {schema}", (where,))
        connection.execute("PRAGMA foreign_keys = ON")
        if writer:
            for schema in ("main", "embeddings", "proxies"):
                connection.execute(f"PRAGMA {schema}.journal_mode = WAL")
                connection.execute(f"PRAGMA {schema}.synchronous = NORMAL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _refuse_newer(paths: LibraryPaths) -> None:
    """Look at a library before anything of it is touched."""
    if paths.library.exists():
        present = Database(paths, _engine(paths, writer=False), None)
        with present, present.read() as connection:
            migrate.refuse_newer(migrate.revision_of(connection, paths), paths)


def _create_cache(connection: Connection, cache: MetaData) -> None:
    cache.create_all(connection)
    connection.execute(text(f"PRAGMA {cache.schema}.user_version = {CACHE_VERSION}"))


def _discard_unusable_cache(path: Path) -> None:
    """Caches hold nothing that cannot be made again: a damaged or foreign one is deleted."""
    if path.exists() and not _is_usable(path):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    damage_mark(path).unlink(missing_ok=True)


def _is_usable(path: Path) -> bool:
    if not path.exists() or damage_mark(path).exists():
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("SELECT name FROM sqlite_master").fetchall()
        except sqlite3.DatabaseError:
            return False
    return version == CACHE_VERSION
