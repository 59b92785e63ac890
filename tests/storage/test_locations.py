"""Listings become locations: what is new, the same, moved, swapped, gone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select

from desktopsearch import __version__
from desktopsearch.domain.library import Root
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import caches, locations, photos, problems, reconciling, roots
from desktopsearch.storage.checks import count_unnoted_orphans
from desktopsearch.storage.database import Database
from desktopsearch.storage.schema import location, photo
from tests.storage.fill import add_root, digest_of, listed, read_all_pending, stamp


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection
        assert count_unnoted_orphans(connection) == 0


@pytest.fixture
def root(connection: Connection) -> Root:
    return add_root(connection, "/photos")


def places(connection: Connection) -> dict[bytes, bytes | None]:
    """The digest at each path; None where nothing has been read."""
    rows = connection.execute(
        select(location.c.directory, location.c.name, photo.c.digest).join_from(
            location, photo, isouter=True
        )
    )
    return {row.directory + b"/" + row.name: row.digest for row in rows}


def test_a_new_directory_is_pending_until_it_is_read(connection: Connection, root: Root) -> None:
    found = listed(connection, root, b"", one=1, two=2)
    assert (found.to_read, found.recognised, found.gone) == (2, 0, [])
    assert locations.count_pending(connection) == 2
    assert read_all_pending(connection) == [b"/photos/one", b"/photos/two"]
    assert locations.count_pending(connection) == 0
    again = listed(connection, root, b"", one=1, two=2)
    assert (again.to_read, again.recognised, again.gone) == (0, 0, [])


def test_a_change_is_read_again_and_keeps_its_photo_until_then(
    connection: Connection, root: Root
) -> None:
    listed(connection, root, b"", one=1)
    read_all_pending(connection)
    assert listed(connection, root, b"", one=2).to_read == 1
    assert places(connection) == {b"/one": digest_of(1)}
    read_all_pending(connection)
    assert places(connection) == {b"/one": digest_of(2)}


def test_a_move_is_recognised_before_and_after_the_old_place_is_listed(
    connection: Connection, root: Root
) -> None:
    listed(connection, root, b"m", one=1)
    read_all_pending(connection)
    for directory, old in ((b"a", b"m"), (b"z", b"a")):
        gone = listed(connection, root, old).gone
        found = listed(connection, root, directory, moved=1)
        assert (found.to_read, found.recognised) == (0, 1)
        assert reconciling.drop(connection, gone) == 1
        assert places(connection) == {directory + b"/moved": digest_of(1)}


def test_another_inode_is_another_file(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", one=1)
    read_all_pending(connection)
    twin = stamp("twin", 1, inode=77)
    found = reconciling.reconcile_directory(connection, root.id, b"", [stamp("one", 1), twin])
    assert (found.to_read, found.recognised) == (1, 0)
    # Where inodes mean nothing, nothing is recognised by them.
    nameless = [stamp("one", 1)._replace(inode=0), stamp("other", 1)._replace(inode=0)]
    assert reconciling.reconcile_directory(connection, root.id, b"b", nameless).recognised == 0


def test_a_drive_with_other_inodes_is_not_read_again(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", one=1, two=2)
    read_all_pending(connection)
    renumbered = [stamp("one", 1, inode=50), stamp("two", 2, inode=51)]
    assert reconciling.reconcile_directory(connection, root.id, b"", renumbered).to_read == 0


def test_files_that_swap_names_are_read_again(connection: Connection, root: Root) -> None:
    twins = [stamp("left", 1, inode=50), stamp("right", 1, inode=51)]
    reconciling.reconcile_directory(connection, root.id, b"", twins)
    read_all_pending(connection)
    swapped = [stamp("left", 1, inode=51), stamp("right", 1, inode=50)]
    assert reconciling.reconcile_directory(connection, root.id, b"", swapped).to_read == 2


def test_a_drive_that_is_mounted_elsewhere(connection: Connection, root: Root) -> None:
    listed(connection, root, b"d", one=1, two=2)
    read_all_pending(connection)
    other = add_root(connection, "/elsewhere")
    stamps = [stamp("one", 1, inode=50), stamp("two", 2, inode=51)]
    assert reconciling.reconcile_directory(connection, other.id, b"x", stamps).recognised == 0
    reconciling.drop(connection, listed(connection, other, b"x").gone)
    roots.note_offline(connection, root.id)
    assert reconciling.reconcile_directory(connection, other.id, b"x", stamps).recognised == 0
    assert reconciling.reconcile_directory(connection, other.id, b"d", stamps).recognised == 2


def test_what_a_scan_did_not_come_across_is_unvisited(connection: Connection, root: Root) -> None:
    for directory in (b"", b"a", b"a/b", b"a/b/c", b"ab", b"locked", b"locked/x"):
        listed(connection, root, directory, **{f"file {directory!r}": 1})
    rows = connection.execute(select(location.c.id, location.c.directory))
    by_directory = {row.id: row.directory for row in rows}

    def unvisited(start: bytes, visited: set[bytes], unreadable: set[bytes]) -> set[bytes]:
        found = reconciling.unvisited(connection, root.id, start, visited, unreadable)
        return {by_directory[each] for each in found}

    assert unvisited(b"", {b"", b"a", b"ab"}, {b"locked"}) == {b"a/b", b"a/b/c"}
    assert unvisited(b"a", {b"a"}, set()) == {b"a/b", b"a/b/c"}
    assert unvisited(b"a", set(), set()) == {b"a", b"a/b", b"a/b/c"}
    assert unvisited(b"", {b""}, {b""}) == set()
    assert reconciling.drop(connection, list(by_directory)) == len(by_directory)
    assert places(connection) == {}


def test_many_locations_go_at_once(connection: Connection, root: Root) -> None:
    count = 40_000  # more than SQLite takes variables in a statement
    stamps = [stamp(str(number), number) for number in range(count)]
    assert reconciling.reconcile_directory(connection, root.id, b"", stamps).to_read == count
    gone = reconciling.reconcile_directory(connection, root.id, b"", []).gone
    assert reconciling.drop(connection, gone) == count


def test_offline_folders_are_not_read(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", one=1)
    roots.note_offline(connection, root.id)
    assert locations.next_pending(connection, [], 10) == []
    assert locations.count_pending(connection) == 0
    roots.note_scan(connection, root.id, 7, 1)
    [file] = locations.next_pending(connection, [], 10)
    assert locations.next_pending(connection, [file.id], 10) == []


def test_a_failure_takes_the_photo_away_or_keeps_it(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", one=1, two=2)
    read_all_pending(connection)
    listed(connection, root, b"", one=3, two=4)
    one, two = locations.next_pending(connection, [], 10)
    assert locations.fail(connection, one.id, keep_photo=False)
    assert locations.fail(connection, two.id, keep_photo=True)
    assert places(connection) == {b"/one": None, b"/two": digest_of(2)}
    problems.record(connection, one.id, ProblemCode.FILE_CRASHED, {})
    problems.record(connection, two.id, ProblemCode.FILE_UNREADABLE, {"reason": "x"})
    problems.record(connection, two.id, ProblemCode.FILE_VANISHED, {})
    assert [each.code for each in problems.every(connection)] == [
        ProblemCode.FILE_CRASHED,
        ProblemCode.FILE_VANISHED,
    ]

    def retried(application: str, *, everything: bool = False) -> int:
        return locations.retry_failed(
            connection, application, {"FILE_VANISHED"}, everything=everything
        )

    assert retried(__version__) == 1
    assert retried(__version__) == 0
    assert retried("another version") == 1
    assert retried(__version__, everything=True) == 0
    read_all_pending(connection)
    assert problems.every(connection) == []


def test_what_has_left_the_library_meanwhile(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", one=1)
    [file] = locations.next_pending(connection, [], 10)
    roots.remove(connection, root.id)
    assert not roots.is_known(connection, root.id)
    assert not locations.settle(connection, file.id, 1, 1, 1)
    assert not locations.fail(connection, file.id, keep_photo=False)
    assert locations.photo_at(connection, file.id) is None


def test_one_copy_is_read_again_where_a_proxy_is_missing(
    connection: Connection, root: Root
) -> None:
    listed(connection, root, b"", one=1, copy=1, two=2)
    read_all_pending(connection)
    caches.write_proxy(connection, digest_of(2), b"jpeg")
    assert locations.reread_without_proxy(connection) == 1
    assert locations.reread_without_proxy(connection) == 1, "the other copy"
    assert locations.reread_without_proxy(connection) == 0


def test_a_photo_that_lies_nowhere_is_forgotten_after_a_month(
    connection: Connection, root: Root
) -> None:
    listed(connection, root, b"", one=1, two=2)
    read_all_pending(connection)
    caches.write_proxy(connection, digest_of(1), b"jpeg")
    reconciling.drop(connection, listed(connection, root, b"", two=2).gone)
    now = time.time()
    assert photos.forget_orphans(connection, now + photos.FORGET_AFTER_S - 60) == 0
    assert photos.forget_orphans(connection, now + photos.FORGET_AFTER_S + 60) == 1
    assert photos.find(connection, digest_of(1)) is None
    assert not caches.has_proxy(connection, digest_of(1))
    assert photos.find(connection, digest_of(2)) is not None
