"""Acts on albums: on a real library file, undone and redone across its closings."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.albums import PALETTE, ActKind, Album
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import albums
from desktopsearch.services.events import AlbumsChanged, Event
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.storage import albums as stored
from desktopsearch.storage import journal, photos, reconciling, roots
from desktopsearch.storage.schema import label_change, photo
from tests.storage.fill import add_root, digest_of, listed, read_all_pending

PHOTOS = list(range(1, 13))


class Desk:
    """A library with twelve photos, opened and closed as a person would."""

    def __init__(self, folder: Path) -> None:
        self.paths = LibraryPaths(folder)
        self.events: list[Event] = []
        self._open()
        with self.library.database.write() as connection:
            root = add_root(connection, "/photos")
            listed(connection, root, b"", **{f"{number}.jpg": number for number in PHOTOS})
            read_all_pending(connection)

    def _open(self) -> None:
        self.library = Library.open_writer(self.paths)
        self.labelling = Labelling(self.library, self.events.append)

    def restart(self) -> None:
        self.library.close()
        self._open()

    def names(self) -> list[str]:
        return [album.name for album in albums.every(self.library)]

    def album(self, name: str) -> Album:
        return albums.named(self.library, name)

    def state(self) -> list[tuple[object, ...]]:
        """Everything that acts change, row by row."""
        with closing(sqlite3.connect(self.paths.library)) as connection:
            rows = connection.execute("SELECT * FROM album ORDER BY id").fetchall()
            return rows + connection.execute("SELECT * FROM label ORDER BY 1, 2").fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "library")
    yield desk
    desk.library.close()


def refused(code: ProblemCode) -> pytest.RaisesExc[DesktopSearchError]:
    return pytest.RaisesExc(DesktopSearchError, check=lambda error: error.code is code)


def test_an_album_counts_what_is_in_it_and_what_is_not(desk: Desk) -> None:
    album = desk.labelling.create("Holiday")
    assert (album.photos, album.present, album.rejected) == (0, 0, 0)
    desk.labelling.add(album.id, [1, 2, 3])
    desk.labelling.reject(album.id, [3, 4])
    album = desk.album("holiday")
    assert (album.photos, album.present, album.rejected) == (2, 2, 2)
    desk.labelling.remove(album.id, [2, 4])
    album = desk.album("holiday")
    assert (album.photos, album.present, album.rejected) == (1, 1, 1)


def test_a_photo_may_be_in_several_albums(desk: Desk) -> None:
    first, second = desk.labelling.create("One"), desk.labelling.create("Two")
    desk.labelling.add(first.id, [1])
    desk.labelling.add(second.id, [1])
    assert [desk.album(name).photos for name in ("One", "Two")] == [1, 1]


def test_what_changes_nothing_is_no_act_and_keeps_what_can_be_redone(desk: Desk) -> None:
    album = desk.labelling.create("Holiday", "blue")
    added = desk.labelling.add(album.id, [1, 2, 2, 1])
    assert added is not None
    assert (added.kind, added.album, added.labels) == (ActKind.ADD, "Holiday", 2)
    desk.labelling.add(album.id, [3])
    desk.labelling.undo()
    assert desk.labelling.add(album.id, [2, 1]) is None
    assert desk.labelling.add(album.id, []) is None
    assert desk.labelling.add(album.id, [999]) is None, "a photo that was forgotten meanwhile"
    assert desk.labelling.remove(album.id, [7]) is None
    assert desk.labelling.rename(album.id, " Holiday ") is None
    assert desk.labelling.recolour(album.id, "Blue") is None
    undoable = albums.history(desk.library)
    assert undoable.undo == added
    assert undoable.redo is not None
    desk.labelling.redo()
    assert desk.album("Holiday").photos == 3


def test_a_new_act_takes_the_place_of_what_was_undone(desk: Desk) -> None:
    album = desk.labelling.create("Holiday")
    desk.labelling.add(album.id, [1])
    desk.labelling.undo()
    desk.labelling.add(album.id, [2])
    with refused(ProblemCode.NOTHING_TO_REDO):
        desk.labelling.redo()
    with desk.library.database.read() as connection:
        assert stored.photo_ids(connection, album.id) == [2]


def test_a_deleted_album_comes_back_with_its_labels(desk: Desk) -> None:
    album = desk.labelling.create("Holiday", "teal")
    desk.labelling.add(album.id, [1, 2])
    desk.labelling.reject(album.id, [3])
    before = desk.state()
    desk.labelling.delete(album.id)
    assert desk.state() == []
    desk.restart()
    assert desk.labelling.undo().kind is ActKind.DELETE
    assert desk.state() == before
    assert desk.album("HOLIDAY").id == album.id


def test_undo_and_redo_say_when_there_is_nothing(desk: Desk) -> None:
    with refused(ProblemCode.NOTHING_TO_UNDO):
        desk.labelling.undo()
    with refused(ProblemCode.NOTHING_TO_REDO):
        desk.labelling.redo()
    assert desk.events == []


def test_every_change_is_told(desk: Desk) -> None:
    album = desk.labelling.create("Holiday")
    desk.labelling.add(album.id, [1])
    desk.labelling.undo()
    assert desk.events == [AlbumsChanged()] * 3
    desk.labelling.remove(album.id, [1])
    assert len(desk.events) == 3, "nothing was changed"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Summer at sea ", "Summer at sea"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("חופשה", "חופשה"),
        ("a" * 255, "a" * 255),
        ("été", "été"),
        ("a; b, \"c\" 'd' \\ /", "a; b, \"c\" 'd' \\ /"),
    ],
)
def test_names_that_are_allowed(desk: Desk, name: str, kept: str) -> None:
    assert desk.labelling.create(name).name == kept
    assert desk.album(kept.upper() if kept.isascii() else kept).name == kept


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", ProblemCode.ALBUM_NAME_EMPTY),
        (" \u200b\u200e ", ProblemCode.ALBUM_NAME_EMPTY),
        ("a" * 300, ProblemCode.ALBUM_NAME_TOO_LONG),
        ("two\nlines", ProblemCode.ALBUM_NAME_INVALID),
        ("\x1b[31mred", ProblemCode.ALBUM_NAME_INVALID),
        ("latin \udce9", ProblemCode.ALBUM_NAME_INVALID),
        ("straße", ProblemCode.ALBUM_NAME_TAKEN),
        ("HOLIDAY", ProblemCode.ALBUM_NAME_TAKEN),
        ("e\u0301te\u0301", ProblemCode.ALBUM_NAME_TAKEN),
    ],
)
def test_names_that_are_refused(desk: Desk, name: str, code: ProblemCode) -> None:
    for taken in ("Holiday", "STRASSE", "Été"):
        desk.labelling.create(taken)
    other = desk.labelling.create("Other")
    before = desk.state()
    with refused(code):
        desk.labelling.create(name)
    with refused(code):
        desk.labelling.rename(other.id, name)
    assert desk.state() == before
    assert desk.labelling.undo().album == "Other"


def test_an_album_may_change_the_case_of_its_name(desk: Desk) -> None:
    album = desk.labelling.create("holiday")
    assert desk.labelling.rename(album.id, "Holiday") is not None
    assert desk.names() == ["Holiday"]


def test_colours(desk: Desk) -> None:
    given = [desk.labelling.create(str(number)).colour for number in range(10)]
    assert given == [*PALETTE.values(), next(iter(PALETTE.values()))]
    with refused(ProblemCode.ALBUM_COLOUR_UNKNOWN):
        desk.labelling.create("Eleven", "mauve")
    album = desk.album("3")
    assert desk.labelling.recolour(album.id, PALETTE["pink"].upper()) is not None
    assert desk.album("3").colour == PALETTE["pink"]
    desk.labelling.undo()
    assert desk.album("3").colour == album.colour


def test_an_album_that_is_gone(desk: Desk) -> None:
    album = desk.labelling.create("Holiday")
    desk.labelling.delete(album.id)
    labelling = desk.labelling
    acts: list[Callable[[], object]] = [
        lambda: labelling.rename(album.id, "Trip"),
        lambda: labelling.recolour(album.id, "red"),
        lambda: labelling.delete(album.id),
        lambda: labelling.add(album.id, [1]),
        lambda: labelling.remove(album.id, [1]),
        lambda: labelling.reject(album.id, [1]),
    ]
    for act in acts:
        with refused(ProblemCode.ALBUM_GONE):
            act()


def some_act(desk: Desk, rng: random.Random) -> None:
    """Do something that a person might do; much of it changes nothing or is refused."""
    present = albums.every(desk.library)
    choice = rng.random()
    if not present or choice < 0.15:
        with _perhaps_refused():
            desk.labelling.create(f"Album {rng.randrange(8)}")
        return
    album = rng.choice(present)
    chosen = rng.sample(PHOTOS, rng.randrange(5))
    if choice < 0.4:
        desk.labelling.add(album.id, chosen)
    elif choice < 0.55:
        desk.labelling.remove(album.id, chosen)
    elif choice < 0.75:
        desk.labelling.reject(album.id, chosen)
    elif choice < 0.85:
        with _perhaps_refused():
            desk.labelling.rename(album.id, f"Album {rng.randrange(8)}")
    elif choice < 0.93:
        desk.labelling.recolour(album.id, rng.choice(list(PALETTE)))
    else:
        desk.labelling.delete(album.id)


class _perhaps_refused:  # noqa: N801 - used like a function
    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        return isinstance(error, DesktopSearchError) and error.code is ProblemCode.ALBUM_NAME_TAKEN


@pytest.mark.parametrize("seed", range(6))
def test_all_the_way_back_and_forth(desk: Desk, seed: int) -> None:
    rng = random.Random(seed)
    states = [desk.state()]
    last = None
    for _ in range(60):
        some_act(desk, rng)
        undoable = albums.history(desk.library).undo
        if undoable != last:
            last = undoable
            states.append(desk.state())
    assert len(states) > 25
    for position in [*range(len(states) - 2, -1, -1)]:
        desk.labelling.undo()
        assert desk.state() == states[position]
        if position % 20 == 0:
            desk.restart()
    with refused(ProblemCode.NOTHING_TO_UNDO):
        desk.labelling.undo()
    for position in range(1, len(states)):
        desk.labelling.redo()
        assert desk.state() == states[position]
    # Back and forth at random, with the position as the only truth.
    position = len(states) - 1
    for _ in range(60):
        if rng.random() < 0.5 and position > 0:
            desk.labelling.undo()
            position -= 1
        elif position < len(states) - 1:
            desk.labelling.redo()
            position += 1
        assert desk.state() == states[position]


def test_the_journal_does_not_grow_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_ACTS", 5)
    album = desk.labelling.create("Holiday")
    for photo_id in PHOTOS:
        desk.labelling.add(album.id, [photo_id])
    for _ in range(5):
        desk.labelling.undo()
    with refused(ProblemCode.NOTHING_TO_UNDO):
        desk.labelling.undo()
    assert desk.album("Holiday").photos == len(PHOTOS) - 5
    monkeypatch.setattr(journal, "MOST_LABELS", 4)
    desk.labelling.add(album.id, PHOTOS)
    desk.labelling.remove(album.id, PHOTOS)
    desk.labelling.undo()
    assert desk.album("Holiday").photos == len(PHOTOS)
    with refused(ProblemCode.NOTHING_TO_UNDO):
        desk.labelling.undo()
    with desk.library.database.read() as connection:
        kept = connection.execute(label_change.select()).all()
    assert len(kept) == len(PHOTOS)


def test_a_photo_with_a_label_is_never_forgotten(desk: Desk) -> None:
    album = desk.labelling.create("Holiday")
    desk.labelling.add(album.id, [1])
    desk.labelling.reject(album.id, [2])
    desk.labelling.add(album.id, [3])
    desk.labelling.remove(album.id, [3])
    later = time.time() + photos.FORGET_AFTER_S + 100
    with desk.library.database.write() as connection:
        [root] = roots.every(connection)
        reconciling.drop(connection, listed(connection, root, b"").gone)
        assert photos.forget_orphans(connection, later) == len(PHOTOS) - 2
        assert photos.digests_of(connection, PHOTOS).keys() == {1, 2}
    now = desk.album("Holiday")
    assert (now.photos, now.present, now.rejected) == (1, 0, 1)
    # What was done with the forgotten photo is undone as far as there is anything to undo.
    assert desk.labelling.undo().kind is ActKind.REMOVE
    assert desk.labelling.undo().kind is ActKind.ADD
    assert desk.album("Holiday") == now
    # When all its labels are gone it is forgotten like any other.
    desk.labelling.delete(album.id)
    with desk.library.database.write() as connection:
        assert photos.forget_orphans(connection, later) == 2
    desk.labelling.undo()
    assert desk.album("Holiday").photos == 0


def test_forty_thousand_labels_are_quick(desk: Desk) -> None:
    with desk.library.database.write() as connection:
        content = {"size": 1, "width": 1, "height": 1, "format": "JPEG", "added_at": 0}
        rows = [{"digest": digest_of(number), **content} for number in range(100, 40_100)]
        connection.execute(photo.insert(), rows)
        many = list(connection.scalars(select(photo.c.id)))
    album = desk.labelling.create("Everything")
    started_at = time.perf_counter()
    desk.labelling.add(album.id, many)
    desk.labelling.delete(album.id)
    desk.labelling.undo()
    desk.labelling.undo()
    desk.labelling.redo()
    assert desk.album("Everything").photos == len(many)
    assert time.perf_counter() - started_at < 10
