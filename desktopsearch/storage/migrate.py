"""Brings library.db to this version's schema, after putting a copy of it aside."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage.failures import keep_copy
from desktopsearch.storage.schema import APPLICATION_ID, HEAD_REVISION


def revision_of(connection: Connection, paths: LibraryPaths) -> str | None:
    """The schema revision of an open library, None for a new and empty file.

    Raises:
        DesktopSearchError: LIBRARY_FOREIGN for a database of another program.
    """
    if not inspect(connection).get_table_names():
        return None
    if connection.execute(text("PRAGMA application_id")).scalar_one() != APPLICATION_ID:
        raise DesktopSearchError(ProblemCode.LIBRARY_FOREIGN, path=str(paths.library))
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def refuse_newer(revision: str | None, paths: LibraryPaths) -> None:
    """Refuse a library that a newer version of the application has made.

    Raises:
        DesktopSearchError: LIBRARY_NEWER, after keeping a copy.
    """
    if revision is not None and revision > HEAD_REVISION:
        raise DesktopSearchError(
            ProblemCode.LIBRARY_NEWER,
            path=str(paths.folder),
            copy=str(keep_copy(paths, "newer")),
        )


def upgrade(connection: Connection, paths: LibraryPaths) -> None:
    """Migrate to the head revision; does nothing on a library that is there already.

    Args:
        connection: The writer's connection, inside a transaction that makes all of it one step.
        paths: Where the copy goes.

    Raises:
        DesktopSearchError: LIBRARY_NEWER or LIBRARY_FOREIGN.
    """
    revision = revision_of(connection, paths)
    refuse_newer(revision, paths)
    if revision == HEAD_REVISION:
        return
    if revision is not None:
        keep_copy(paths, f"before-{HEAD_REVISION}")

    # Alembic takes a third of a second to import and is needed once a version.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
