"""What went wrong with files and folders, until it goes right or the file is gone."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from desktopsearch import __version__
from desktopsearch.domain.library import Problem, join
from desktopsearch.domain.problems import Parameters, ProblemCode
from desktopsearch.storage.schema import ignored, location, problem, root


def record(
    connection: Connection, location_id: int, code: ProblemCode, parameters: Parameters
) -> None:
    """Record what went wrong with a file; its last problem replaces an earlier one."""
    root_id = select(location.c.root_id).where(location.c.id == location_id).scalar_subquery()
    values = {
        "root_id": root_id,
        "location_id": location_id,
        **_described(code, parameters),
    }
    statement = insert(problem).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["location_id"], set_=_described(code, parameters)
        )
    )


def record_folder(
    connection: Connection,
    root_id: int,
    directory: bytes,
    code: ProblemCode,
    parameters: Parameters,
) -> None:
    """Record what went wrong with a folder."""
    connection.execute(
        insert(problem).values(root_id=root_id, directory=directory, **_described(code, parameters))
    )


def clear_encoded(connection: Connection, photo_ids: Sequence[int]) -> None:
    """Drop what was recorded when these photos could not be encoded."""
    places = select(location.c.id).where(location.c.photo_id.in_(photo_ids))
    connection.execute(
        delete(problem).where(
            problem.c.code == ProblemCode.FILE_NOT_ENCODED.name, problem.c.location_id.in_(places)
        )
    )


def clear_folders(connection: Connection, root_id: int) -> None:
    """Drop the folder problems of a root; a scan finds those that remain."""
    connection.execute(
        delete(problem).where(problem.c.root_id == root_id, problem.c.location_id.is_(None))
    )


def ignore(connection: Connection, location_ids: Sequence[int]) -> None:
    """Put the problems of files aside until these files change."""
    if location_ids:
        as_it_is = select(location.c.id, location.c.size, location.c.mtime_ns)
        connection.execute(
            insert(ignored)
            .prefix_with("OR REPLACE")
            .from_select(
                ["location_id", "size", "mtime_ns"], as_it_is.where(location.c.id.in_(location_ids))
            )
        )


def heed(connection: Connection, location_ids: Sequence[int]) -> None:
    """List the problems of files again."""
    connection.execute(delete(ignored).where(ignored.c.location_id.in_(location_ids)))


def is_ignored() -> ColumnElement[bool]:
    """The condition that a problem has been put aside and its file has not changed since."""
    return (
        exists()
        .where(
            ignored.c.location_id == problem.c.location_id,
            location.c.id == ignored.c.location_id,
            location.c.size == ignored.c.size,
            location.c.mtime_ns == ignored.c.mtime_ns,
        )
        .correlate(problem)
    )


def every(connection: Connection) -> list[Problem]:
    """All problems, by path; those that were put aside say so."""
    rows = connection.execute(
        select(
            problem,
            root.c.path,
            location.c.directory.label("file_directory"),
            location.c.name,
            is_ignored().label("ignored"),
        )
        .join(root, root.c.id == problem.c.root_id)
        .outerjoin(location, location.c.id == problem.c.location_id)
    )
    found = [
        Problem(
            path=(
                join(row.path, row.directory)
                if row.location_id is None
                else join(row.path, row.file_directory, row.name)
            ),
            code=ProblemCode[row.code],
            parameters=json.loads(row.parameters),
            at=row.at,
            location_id=row.location_id,
            ignored=bool(row.ignored),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.path)


def count_by_root(connection: Connection) -> dict[int, int]:
    """How many problems each root has that were not put aside, by root id."""
    rows = connection.execute(
        select(problem.c.root_id, func.count().label("problems"))
        .where(~is_ignored())
        .group_by(problem.c.root_id)
    )
    return {row.root_id: row.problems for row in rows}


def _described(code: ProblemCode, parameters: Parameters) -> dict[str, object]:
    return {
        "code": code.name,
        "parameters": json.dumps(dict(parameters)),
        "application": __version__,
        "at": int(time.time()),
    }
