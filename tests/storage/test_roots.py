"""Folders of a library: inside each other, at the top, gone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import locations, photos, problems, roots
from desktopsearch.storage.database import Database
from tests.storage.fill import add_root, listed, read_all_pending

pytestmark = pytest.mark.skipif(os.sep != "/", reason="the paths are those of POSIX")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def paths(connection: Connection) -> set[bytes]:
    ids = [row.id for row in connection.execute(text("SELECT id FROM photo"))]
    return {place.path for each in photos.places(connection, ids).values() for place in each}


def test_a_parent_takes_over_its_parts(connection: Connection) -> None:
    inner = add_root(connection, "/a/b")
    beside = add_root(connection, "/ab")
    deeper = add_root(connection, "/a/c/d")
    listed(connection, inner, b"", one=1, bad=9)
    listed(connection, inner, b"x\xff/y", two=2)
    listed(connection, deeper, b"z", three=3)
    listed(connection, beside, b"", four=4)
    read_all_pending(connection)
    listed(connection, inner, b"", one=1, bad=10)
    [bad] = locations.next_pending(connection, [], 10)
    locations.fail(connection, bad.id, keep_photo=False)
    problems.record(connection, bad.id, ProblemCode.FILE_EMPTY, {})
    problems.record_folder(connection, inner.id, b"x", ProblemCode.FOLDER_UNREADABLE, {})
    before = paths(connection)

    outer = add_root(connection, "/a")
    assert [each.path for each in roots.every(connection)] == [b"/a", b"/ab"]
    assert paths(connection) == before
    assert [(each.path, each.code) for each in problems.every(connection)] == [
        (b"/a/b/bad", ProblemCode.FILE_EMPTY)
    ]
    assert roots.count_locations(connection) == {outer.id: 4, beside.id: 1}
    assert listed(connection, outer, b"b/x\xff/y", two=2).to_read == 0
    assert photos.below(connection, outer.id, b"b/x\xff") == [3]


def test_the_root_of_the_file_system(connection: Connection) -> None:
    inner = add_root(connection, "/photos")
    listed(connection, inner, b"", one=1)
    listed(connection, inner, b"x", two=2)
    read_all_pending(connection)
    before = paths(connection)
    assert before == {b"/photos/one", b"/photos/x/two"}
    top = add_root(connection, "/")
    assert paths(connection) == before
    assert roots.relative(top.path, b"/photos/x") == b"photos/x"
    assert roots.covering(connection, b"/anything") == top


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        (b"/a", b"/a", True),
        (b"/a", b"/a/b", True),
        (b"/a", b"/ab", False),
        (b"/a/b", b"/a", False),
        (b"/", b"/a", True),
        (b"/", b"/", True),
    ],
)
def test_covers(outer: bytes, inner: bytes, *, covered: bool) -> None:
    assert roots.covers(outer, inner) is covered


def test_parts_below_a_folder(connection: Connection) -> None:
    b, c = add_root(connection, "/a/b"), add_root(connection, "/a/c")
    assert roots.parts_below(connection, b"/a/b/x") == [(b, b"x")]
    assert roots.parts_below(connection, b"/a/b") == [(b, b"")]
    assert roots.parts_below(connection, b"/a") == [(b, b""), (c, b"")]
    assert roots.parts_below(connection, b"/a/bb") == []


def test_photos_below_a_folder_of_like_named_ones(connection: Connection) -> None:
    root = add_root(connection, "/r")
    for number, directory in enumerate((b"d", b"d/e", b"d e", b"d-", b"d0", b"D", b"")):
        listed(connection, root, directory, file=number)
    read_all_pending(connection)
    assert photos.below(connection, root.id, b"d") == [1, 2]
    assert len(photos.below(connection, root.id, b"")) == 7


def test_patterns_are_kept_once(connection: Connection) -> None:
    roots.exclude(connection, ["b", "a", "b"])
    roots.exclude(connection, ["a"])
    roots.exclude(connection, [])
    assert roots.exclusions(connection) == ["a", "b"]
    roots.include(connection, ["a", "missing"])
    assert roots.exclusions(connection) == ["b"]
