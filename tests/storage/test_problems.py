"""Problems that are put aside, until their file changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from desktopsearch.domain.library import FileStamp, Root
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import locations, photos, problems, reconciling
from desktopsearch.storage.database import Database
from tests.storage.fill import add_root, stamp


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


@pytest.fixture
def root(connection: Connection) -> Root:
    return add_root(connection, "/photos")


def seen(connection: Connection, root: Root, *stamps: FileStamp) -> None:
    reconciling.reconcile_directory(connection, root.id, b"", stamps)


def fail_all(connection: Connection) -> list[int]:
    """Fail whatever is pending; returns the ids."""
    files = locations.next_pending(connection, [], 100)
    for file in files:
        locations.fail(connection, file.id, keep_photo=False)
        problems.record(connection, file.id, ProblemCode.FILE_EMPTY, {})
    return [file.id for file in files]


def ignored(connection: Connection) -> dict[bytes, bool]:
    return {each.path: each.ignored for each in problems.every(connection)}


def test_what_is_put_aside_is_counted_no_more_until_the_file_changes(
    connection: Connection, root: Root
) -> None:
    seen(connection, root, stamp("a", 1), stamp("b", 2))
    first, _ = fail_all(connection)
    assert problems.count_by_root(connection) == {root.id: 2}
    problems.ignore(connection, [first])
    problems.ignore(connection, [first])
    assert ignored(connection) == {b"/photos/a": True, b"/photos/b": False}
    assert problems.count_by_root(connection) == {root.id: 1}
    assert photos.totals(connection, 1).problems == 1

    locations.read_again(connection, [first])
    assert fail_all(connection) == [first]
    assert ignored(connection)[b"/photos/a"], "another failure of the same file says nothing new"

    seen(connection, root, stamp("a", 3), stamp("b", 2))
    assert fail_all(connection) == [first]
    assert ignored(connection) == {b"/photos/a": False, b"/photos/b": False}


def test_what_was_put_aside_can_be_listed_again(connection: Connection, root: Root) -> None:
    seen(connection, root, stamp("a", 1))
    failed = fail_all(connection)
    problems.ignore(connection, failed)
    problems.heed(connection, failed)
    assert ignored(connection) == {b"/photos/a": False}
    problems.ignore(connection, [])
    assert ignored(connection) == {b"/photos/a": False}


def test_problems_of_folders_are_never_put_aside(connection: Connection, root: Root) -> None:
    problems.record_folder(connection, root.id, b"", ProblemCode.FOLDER_OFFLINE, {"path": "x"})
    [problem] = problems.every(connection)
    assert (problem.location_id, problem.ignored) == (None, False)
    assert problems.count_by_root(connection) == {root.id: 1}


def test_a_file_that_leaves_the_library_takes_all_along(connection: Connection, root: Root) -> None:
    seen(connection, root, stamp("a", 1))
    failed = fail_all(connection)
    problems.ignore(connection, failed)
    reconciling.drop(connection, failed)
    assert problems.every(connection) == []
    seen(connection, root, stamp("a", 1))
    fail_all(connection)
    assert ignored(connection) == {b"/photos/a": False}
