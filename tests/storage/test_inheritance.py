"""Labels follow a photo through edits, swaps and moves, and never to a stranger."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, delete, select, text

from desktopsearch.domain.albums import ActKind
from desktopsearch.domain.library import Root
from desktopsearch.storage import (
    albums,
    inheritance,
    journal,
    locations,
    photos,
    reconciling,
    roots,
)
from desktopsearch.storage.database import Database
from desktopsearch.storage.journal import NewAct
from desktopsearch.storage.schema import inheritance as remembered
from desktopsearch.storage.schema import location
from tests.storage.fill import add_root, digest_of, listed, read_all_pending


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


@pytest.fixture
def root(connection: Connection) -> Root:
    """A folder with three photos, the first two in an album."""
    root = add_root(connection, "/photos")
    listed(connection, root, b"", a=1, b=2, c=3)
    read_all_pending(connection)
    label(connection, 1, 2)
    return root


def label(connection: Connection, *numbers: int, rejected: bool = False) -> None:
    found = albums.find(connection, "Holiday")
    act = NewAct(connection, ActKind.ADD, "Holiday")
    album_id = found.id if found else act.create("Holiday", "#c62828")
    photo_ids = [photos.find(connection, digest_of(number)) for number in numbers]
    act.label(album_id, [each for each in photo_ids if each is not None], rejected=rejected)
    assert act.finish() is not None


def numbers(connection: Connection, *, rejected: bool = False) -> set[int]:
    """The numbers of the photos in the album."""
    album = albums.find(connection, "Holiday")
    assert album is not None
    digests = photos.digests_of(
        connection, albums.photo_ids(connection, album.id, rejected=rejected)
    ).values()
    return {number for number in range(100) if digest_of(number) in digests}


def read(connection: Connection, *, backwards: bool = False) -> int:
    """Read what is pending, in either order, and pass labels on as a run does at its end."""
    if backwards:
        while pending := locations.next_pending(connection, [], 1_000):
            # All but the last are put off.
            last = pending[-1].id
            others = [file.id for file in pending if file.id != last]
            connection.execute(
                location.update().where(location.c.id.in_(others)).values(state="failed")
            )
            read_all_pending(connection)
            connection.execute(
                location.update().where(location.c.id.in_(others)).values(state="pending")
            )
    read_all_pending(connection)
    handed_on = inheritance.pass_on(connection)
    assert connection.execute(select(remembered)).all() == []
    return handed_on


def test_an_edit_inherits(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", a=11, b=2, c=3)
    assert read(connection) == 1
    assert numbers(connection) == {11, 2}
    # The journal knows where the label is now.
    assert journal.undo(connection) is not None
    assert albums.every(connection) == []
    assert journal.redo(connection) is not None
    assert numbers(connection) == {11, 2}


def test_edit_after_edit_inherits(connection: Connection, root: Root) -> None:
    for number in (11, 21):
        listed(connection, root, b"", a=number, b=2, c=3)
        read_all_pending(connection)
    assert read(connection) == 1
    assert numbers(connection) == {21, 2}
    listed(connection, root, b"", a=1, b=2, c=3)
    assert read(connection) == 1, "the edit was taken back"
    assert numbers(connection) == {1, 2}


def test_a_rejection_is_inherited_and_an_own_label_counts(
    connection: Connection, root: Root
) -> None:
    label(connection, 3, rejected=True)
    listed(connection, root, b"", a=1, b=2, c=13)
    read(connection)
    assert numbers(connection, rejected=True) == {13}
    # Content that is in the album and lay nowhere comes to where a rejected one lay.
    reconciling.drop(connection, listed(connection, root, b"", a=1, c=13).gone)
    read(connection)
    listed(connection, root, b"", a=1, c=2)
    read(connection)
    assert numbers(connection) == {1, 2}
    assert numbers(connection, rejected=True) == set()


def test_a_copy_elsewhere_keeps_its_labels(connection: Connection, root: Root) -> None:
    listed(connection, root, b"copies", a=1)
    read(connection)
    listed(connection, root, b"", a=11, b=2, c=3)
    assert read(connection) == 0
    assert numbers(connection) == {1, 2}
    listed(connection, root, b"copies", a=12)
    assert read(connection) == 1
    assert numbers(connection) == {12, 2}


def test_copies_that_are_edited_together_all_inherit(connection: Connection, root: Root) -> None:
    listed(connection, root, b"copies", a=1)
    read(connection)
    listed(connection, root, b"", a=11, b=2, c=3)
    listed(connection, root, b"copies", a=12)
    assert read(connection) == 2
    assert numbers(connection) == {11, 12, 2}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "after",
    [
        {"a": 3, "b": 2, "c": 1},
        {"a": 2, "b": 3, "c": 1},
        {"a": 3, "b": 1, "c": 2},
        {"a": 3, "b": 1, "c": 2, "d": 4},
        {"a": 9, "b": 1, "c": 2},
        {"a": 2, "b": 1, "c": 9},
    ],
)
def test_files_that_change_places_keep_their_labels(
    connection: Connection, root: Root, after: dict[str, int], *, backwards: bool
) -> None:
    reconciling.drop(connection, listed(connection, root, b"", **after).gone)
    read(connection, backwards=backwards)
    assert numbers(connection) == {1, 2}


def test_a_photo_put_over_another_inherits_nothing(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", a=3, b=2, c=3)
    assert read(connection) == 0
    assert numbers(connection) == {1, 2}
    album = albums.find(connection, "Holiday")
    assert album is not None
    assert (album.photos, album.present) == (2, 1)


def test_a_file_that_was_damaged_in_between_inherits(connection: Connection, root: Root) -> None:
    listed(connection, root, b"", a=50, b=2, c=3)
    [file] = locations.next_pending(connection, [], 10)
    assert locations.fail(connection, file.id, keep_photo=False)
    assert inheritance.pass_on(connection) == 0
    assert numbers(connection) == {1, 2}
    listed(connection, root, b"", a=11, b=2, c=3)
    assert read(connection) == 1
    assert numbers(connection) == {11, 2}


def test_a_file_that_is_gone_leaves_its_labels_with_its_photo(
    connection: Connection, root: Root
) -> None:
    listed(connection, root, b"", a=11, b=2, c=3)
    read_all_pending(connection)
    connection.execute(delete(location).where(location.c.name == b"a"))
    assert read(connection) == 0
    assert numbers(connection) == {1, 2}
    roots.remove(connection, root.id)
    photos.orphan_unplaced(connection)
    again = add_root(connection, "/photos")
    listed(connection, again, b"", elsewhere=1)
    read(connection)
    album = albums.find(connection, "Holiday")
    assert album is not None
    assert (album.photos, album.present) == (2, 1)


@pytest.mark.parametrize("seed", range(8))
def test_acts_edits_and_undoing_in_any_order(connection: Connection, root: Root, seed: int) -> None:
    rng = random.Random(seed)
    files = {"a": 1, "b": 2, "c": 3}
    fresh = iter(range(20, 100))
    for _ in range(60):
        choice = rng.random()
        if choice < 0.3:
            name = rng.choice(sorted(files))
            # Something new, something that lay there once, or a copy of another.
            files[name] = rng.choice([next(fresh), rng.randrange(1, 20), *files.values()])
            reconciling.drop(connection, listed(connection, root, b"", **files).gone)
            read(connection)
        elif choice < 0.4:
            files = dict(zip(files, rng.sample(list(files.values()), 3), strict=True))
            reconciling.drop(connection, listed(connection, root, b"", **files).gone)
            before = labels(connection)
            read(connection, backwards=rng.random() < 0.5)
            assert labels(connection) == before, "files that change places keep their labels"
        elif choice < 0.7:
            some_label(connection, rng)
        elif choice < 0.9:
            journal.undo(connection)
        else:
            journal.redo(connection)
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    while journal.undo(connection) is not None:
        pass
    assert (albums.every(connection), labels(connection)) == ([], [])
    while journal.redo(connection) is not None:
        pass
    assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def labels(connection: Connection) -> list[albums.Label]:
    return albums.labels(connection)


def some_label(connection: Connection, rng: random.Random) -> None:
    album = albums.find(connection, "Holiday")
    act = NewAct(connection, ActKind.ADD, "Holiday")
    album_id = album.id if album else act.create("Holiday", "#c62828")
    known = connection.scalars(select(location.c.photo_id)).all()
    act.label(album_id, rng.sample(list(known), 2), rejected=rng.choice([True, False, None]))
    act.finish()
