"""Searches under a name: kept by content, changed by acts that can be undone, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.albums import ActKind
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter, Lately
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.kept_queries import (
    KeptPicture,
    KeptQuery,
    SavedQuery,
    circumstances,
)
from desktopsearch.domain.library import FileStamp
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.services import deletion, saved_searches, upkeep
from desktopsearch.services.events import AlbumsChanged, Event, SearchesChanged
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.saved_searches import SavedSearches
from desktopsearch.storage import locations, photos, reconciling, roots
from tests.services.made_up_library import embeddings_of_kinds, make_library
from tests.storage.fill import new_photo


class Shelf:
    """A library with six photos and the acts on its saved searches."""

    def __init__(self, paths: LibraryPaths) -> None:
        self.ids = make_library(paths, embeddings_of_kinds(6, 3, 0.2))
        self.library = Library.open_writer(paths)
        self.events: list[Event] = []
        self.acts = SavedSearches(self.library, self.events.append)
        self.labelling = Labelling(self.library, self.events.append)

    def names(self) -> list[str]:
        return [each.name for each in saved_searches.every(self.library)]


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def shelf(paths: LibraryPaths) -> Iterator[Shelf]:
    made = Shelf(paths)
    yield made
    made.library.close()


def like(photo_id: int, how: Query = Query()) -> SavedQuery:  # noqa: B008 - it is frozen
    """A search for photos like one, in the middle of it, and unlike some pasted picture."""
    return SavedQuery(
        circumstances(how),
        KeptQuery(
            "a.jpg",
            b"small",
            photo_id=photo_id,
            framing=Framing((0.25, 0.25, 0.75, 0.75), 90, True),
            further=(KeptPicture("Pasted picture", False, data=b"pasted"),),
        ),
    )


def refusal(shelf: Shelf, name: str) -> ProblemCode:
    with pytest.raises(DesktopSearchError) as raised:
        shelf.acts.save(name, like(shelf.ids[0]))
    return raised.value.code


def test_a_search_comes_back_as_it_was(shelf: Shelf, paths: LibraryPaths) -> None:
    wanted = Filter(
        folder=b"/photos/\xff",
        first_day=date(2020, 2, 29),
        formats=frozenset(["jpeg", "raw"]),
        without_album=True,
    )
    how = Query(filter=wanted, max_distance=33, rerank=True, taste=0.25, folded=True)
    saved = like(shelf.ids[2], how)
    shelf.acts.save("  Boats ", saved)
    shelf.library.close()
    with Library.open_reader(paths) as library:
        search = saved_searches.named(library, "BOATS")
        asked = saved_searches.query_of(library, search)
    assert search.name == "Boats"
    assert asked == saved.query(date(2026, 1, 1))
    assert (asked.photo_id, asked.filter, asked.taste) == (shelf.ids[2], wanted, 0.25)
    [unlike] = asked.examples
    assert (unlike.data, unlike.alike) == (b"pasted", False)


def test_days_up_to_today_move_on(shelf: Shelf) -> None:
    listing = SavedQuery(circumstances(Query(all_photos=True)), lately=Lately.WEEK)
    shelf.acts.save("New", listing)
    saved = saved_searches.named(shelf.library, "New").query
    for today in (date(2026, 1, 3), date(2026, 11, 22)):
        wanted = saved.query(today).filter
        assert wanted.last_day == today
        assert wanted.first_day is not None
        assert (today - wanted.first_day).days == 6


def test_acts_are_undone_and_redone(shelf: Shelf) -> None:
    first, other = like(shelf.ids[0]), like(shelf.ids[1], Query(max_distance=5))
    shelf.acts.save("Boats", first)
    assert shelf.acts.save("boats", first, replacing=True) is not None, "its name changes"
    assert shelf.acts.save("boats", first, replacing=True) is None
    shelf.acts.save("boats", other, replacing=True)
    search = saved_searches.named(shelf.library, "Boats")
    assert search.query.how.max_distance == 5
    shelf.acts.rename(search.id, "Ships")
    deleted = shelf.acts.delete(search.id)
    assert deleted is not None
    assert (deleted.kind, deleted.album) == (ActKind.DELETE_SEARCH, "Ships")
    assert shelf.names() == []
    assert shelf.events == [AlbumsChanged(), SearchesChanged()] * 5
    seen = []
    for _ in range(5):
        shelf.labelling.undo()
        seen.append(shelf.names())
    assert seen == [["Ships"], ["boats"], ["boats"], ["Boats"], []]
    for _ in range(4):
        shelf.labelling.redo()
    assert shelf.events == [AlbumsChanged(), SearchesChanged()] * 14
    shelf.labelling.create("Ants")
    assert shelf.events[28:] == [AlbumsChanged()]
    assert shelf.names() == ["Ships"]
    assert saved_searches.named(shelf.library, "ships").query.how.max_distance == 5


def test_names_are_checked(shelf: Shelf) -> None:
    shelf.acts.save("Boats", like(shelf.ids[0]))
    shelf.acts.save("Ships", like(shelf.ids[0]))
    assert refusal(shelf, "bOATS") is ProblemCode.SEARCH_NAME_TAKEN
    assert refusal(shelf, " ") is ProblemCode.SEARCH_NAME_EMPTY
    assert refusal(shelf, "a\nb") is ProblemCode.SEARCH_NAME_INVALID
    assert refusal(shelf, "a" * 256) is ProblemCode.SEARCH_NAME_TOO_LONG
    ships = saved_searches.named(shelf.library, "Ships")
    with pytest.raises(DesktopSearchError) as raised:
        shelf.acts.rename(ships.id, "boats")
    assert raised.value.code is ProblemCode.SEARCH_NAME_TAKEN
    shelf.acts.rename(ships.id, "SHIPS")
    assert shelf.names() == ["Boats", "SHIPS"]
    shelf.acts.delete(ships.id)
    with pytest.raises(DesktopSearchError) as raised:
        shelf.acts.rename(ships.id, "x")
    assert raised.value.code is ProblemCode.SEARCH_GONE
    with pytest.raises(DesktopSearchError) as raised:
        shelf.acts.delete(ships.id)
    assert raised.value.code is ProblemCode.SEARCH_GONE


def test_a_photo_is_found_by_its_content(shelf: Shelf, paths: LibraryPaths) -> None:
    shelf.acts.save("Boats", like(shelf.ids[3]))
    shelf.library.close()
    deletion.delete(paths, albums=False)
    with Library.open_writer(paths) as library:
        search = saved_searches.named(library, "Boats")
        with pytest.raises(DesktopSearchError) as raised:
            saved_searches.ready(library, search)
        assert raised.value.code is ProblemCode.SEARCH_PHOTO_GONE
        assert raised.value.parameters == {"name": "Boats", "picture": "a.jpg"}
        # The same content, found again in another place, is another row.
        with library.database.write() as connection:
            root = roots.add(connection, b"/elsewhere")
            reconciling.reconcile_directory(
                connection, root.id, b"", [FileStamp(b"moved.jpg", 100, 5_000, 1)]
            )
            [place] = locations.next_pending(connection, [], 1)
            new_id = photos.add(connection, new_photo(3))
            locations.settle(connection, place.id, new_id, 100, 5_000)
        assert new_id not in shelf.ids
        assert saved_searches.query_of(library, search).photo_id == new_id


def test_an_album_that_was_deleted_is_said(shelf: Shelf) -> None:
    album = shelf.labelling.create("Ants")
    within = Query(filter=Filter(album_ids=frozenset([album.id])))
    shelf.acts.save("In", like(shelf.ids[0], within))
    shelf.acts.save("List", SavedQuery(circumstances(Query(album_id=album.id))))
    shelf.labelling.delete(album.id)
    for name in ("In", "List"):
        with pytest.raises(DesktopSearchError) as raised:
            saved_searches.ready(shelf.library, saved_searches.named(shelf.library, name))
        assert raised.value.code is ProblemCode.SEARCH_ALBUM_GONE
    shelf.labelling.undo()
    for name in ("In", "List"):
        saved_searches.ready(shelf.library, saved_searches.named(shelf.library, name))


def test_a_check_up_finds_what_cannot_be_read(shelf: Shelf) -> None:
    shelf.acts.save("Boats", like(shelf.ids[0]))

    def found() -> tuple[bool, str]:
        [check] = [each for each in upkeep.examine(shelf.library) if each.name == "saved searches"]
        return check.ok, check.detail

    assert found() == (True, "ok")
    with shelf.library.database.write() as connection:
        connection.exec_driver_sql("UPDATE saved_search SET content = '{'")
    assert found() == (False, "1 saved searches are wrong")


def test_all_of_the_library_means_saved_searches_too(shelf: Shelf, paths: LibraryPaths) -> None:
    shelf.acts.save("Boats", like(shelf.ids[3]))
    shelf.library.close()
    deletion.delete(paths, albums=True)
    with Library.open_writer(paths) as library:
        assert saved_searches.every(library) == []
