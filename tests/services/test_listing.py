"""Albums as listings: over a real library on disk whose photos are made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.services.filtering import photos_within
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.listing import Listing
from desktopsearch.services.session import ReadingSession
from desktopsearch.storage.schema import location, photo
from tests.services.made_up_library import embeddings_of_kinds, make_library

PHOTOS = 600


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def ids(paths: LibraryPaths) -> list[int]:
    return make_library(paths, embeddings_of_kinds(PHOTOS, 4, 1.0))


@pytest.fixture
def library(paths: LibraryPaths, ids: list[int]) -> Iterator[Library]:
    assert ids
    with Library.open_writer(paths) as opened:
        yield opened


def album_of(library: Library, photo_ids: list[int]) -> int:
    labelling = Labelling(library, lambda _event: None)
    album = labelling.create("Ants")
    labelling.add(album.id, photo_ids)
    return album.id


def change(library: Library, photo_id: int, at: str) -> None:
    """Have a photo's file changed at a moment."""
    moment = int(datetime.fromisoformat(at).astimezone().timestamp()) * 10**9
    with library.database.write() as connection:
        files = location.c.photo_id == photo_id
        connection.execute(update(location).where(files).values(mtime_ns=moment))


def take(library: Library, photo_id: int, at: str) -> None:
    """Have a camera say when a photo was taken."""
    with library.database.write() as connection:
        connection.execute(update(photo).where(photo.c.id == photo_id).values(taken_at=at))


def listed(library: Library, album_id: int, wanted: Filter = Filter()) -> list[int]:  # noqa: B008
    listing = Listing(library, album_id, wanted)
    while not listing.is_ready:
        listing.go_on()
    assert not any(each.compared for each in listing.candidates)
    return [each.photo_id for each in listing.candidates]


def test_the_latest_comes_first_by_the_camera_and_else_by_the_file(
    library: Library, ids: list[int]
) -> None:
    album = album_of(library, ids[:4])
    change(library, ids[0], "2020-06-02T12:00:00")
    change(library, ids[1], "2020-06-04T12:00:00")
    change(library, ids[2], "2021-01-01T12:00:00")
    take(library, ids[2], "2020-06-03T08:00:00")
    change(library, ids[3], "2020-06-03T09:00:00")
    assert listed(library, album) == [ids[1], ids[3], ids[2], ids[0]]


def test_an_album_is_listed_whole_and_what_was_rejected_is_not_in_it(
    library: Library, ids: list[int]
) -> None:
    album = album_of(library, ids)
    Labelling(library, lambda _event: None).reject(album, ids[:10])
    assert sorted(listed(library, album)) == ids[10:]


def test_filters_leave_out_what_they_leave_out_elsewhere(library: Library, ids: list[int]) -> None:
    album = album_of(library, ids[:3])
    take(library, ids[1], "1999-12-31T08:00:00")
    day = date(1999, 12, 31)
    assert listed(library, album, Filter(first_day=day, last_day=day)) == [ids[1]]


def test_an_album_that_is_not_there_is_said(
    library: Library, paths: LibraryPaths, ids: list[int]
) -> None:
    album = album_of(library, ids[:3])
    Labelling(library, lambda _event: None).delete(album)
    with (
        ReadingSession.open(paths, Settings(decoder_processes=1), print) as session,
        pytest.raises(DesktopSearchError) as caught,
    ):
        session.search(Query(album_id=album))
    assert caught.value.code is ProblemCode.ALBUM_GONE


def test_files_that_are_gone_are_left_out_unless_their_folder_is_offline(
    library: Library, paths: LibraryPaths, ids: list[int]
) -> None:
    album = album_of(library, ids[:3])
    with ReadingSession.open(paths, Settings(decoder_processes=1), print) as session:
        # No file of the made up library is there.
        assert session.search(Query(album_id=album)).hits == ()
        with library.database.write() as connection:
            connection.exec_driver_sql("UPDATE root SET offline = 1")
        hits = session.search(Query(album_id=album, folded=True)).hits
    assert [hit.offline for hit in hits] == [True] * 3
    assert not any(hit.compared for hit in hits)


def test_photos_in_no_album_are_all_others_also_those_that_were_rejected(
    library: Library, ids: list[int]
) -> None:
    labelling = Labelling(library, lambda _event: None)
    ants, bees = (labelling.create(name).id for name in ("Ants", "Bees"))
    labelling.add(ants, ids[:3])
    labelling.add(bees, ids[2:5])
    labelling.reject(ants, ids[5:7])
    in_none = photos_within(library, Filter(without_album=True))
    assert in_none is not None
    assert sorted(in_none.tolist()) == ids[5:]
    in_any = photos_within(library, Filter(album_ids=frozenset([ants, bees])))
    assert in_any is not None
    assert sorted(in_any.tolist()) == ids[:5]
    assert listed(library, ants, Filter(without_album=True)) == []
    labelling.remove(ants, ids[:1])
    in_none = photos_within(library, Filter(without_album=True))
    assert in_none is not None
    assert sorted(in_none.tolist()) == [ids[0], *ids[5:]]
