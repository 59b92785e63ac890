"""Albums, folders and all of a library as listings: a real library whose photos are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, insert, select, update

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
from desktopsearch.storage import roots
from desktopsearch.storage.schema import code, location, photo
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
    return listed_of(library, Query(album_id=album_id, filter=wanted))


def listed_of(library: Library, query: Query) -> list[int]:
    listing = Listing(library, query)
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


def test_all_photos_are_listed_the_latest_first_up_to_a_limit(
    library: Library, ids: list[int]
) -> None:
    take(library, ids[7], "2030-01-01T00:00:00")
    take(library, ids[3], "1900-01-01T00:00:00")
    rest = [each for each in reversed(ids) if each not in (ids[3], ids[7])]
    everything = Query(all_photos=True, limit=10_000)
    # The others have been changed at the same moment: then the latest to come is first.
    assert listed_of(library, everything) == [ids[7], *rest, ids[3]]
    listing = Listing(library, replace(everything, limit=3))
    while not listing.is_ready:
        listing.go_on()
    assert [each.photo_id for each in listing.candidates] == [ids[7], *rest[:2]]
    assert listing.listed == PHOTOS


def test_photos_that_lie_nowhere_are_not_listed(library: Library, ids: list[int]) -> None:
    with library.database.write() as connection:
        connection.execute(delete(location).where(location.c.photo_id == ids[0]))
    assert sorted(listed_of(library, Query(all_photos=True, limit=10_000))) == ids[1:]


def test_a_folder_is_listed_with_what_is_below_it_and_with_photos_that_have_a_copy_there(
    library: Library, ids: list[int]
) -> None:
    with library.database.write() as connection:
        other = roots.add(connection, b"/scans")
        for photo_id, directory in ((ids[0], b""), (ids[1], b"old/1950"), (ids[2], b"older")):
            place = location.c.photo_id == photo_id
            connection.execute(
                update(location).where(place).values(root_id=other.id, directory=directory)
            )
        copy = select(location).where(location.c.photo_id == ids[3])
        row = dict(connection.execute(copy).one()._mapping)
        row.pop("id")
        connection.execute(insert(location).values(row | {"root_id": other.id}))
    scans = Query(folder=b"/scans", limit=10_000)
    assert sorted(listed_of(library, scans)) == ids[:4]
    assert listed_of(library, replace(scans, folder=b"/scans/old")) == [ids[1]]
    assert sorted(listed_of(library, replace(scans, folder=b"/photos"))) == ids[3:]
    both = replace(scans, filter=Filter(folder=b"/photos"))
    listing = Listing(library, both)
    while not listing.is_ready:
        listing.go_on()
    [found] = listing.candidates
    assert [place.path[:7] for place in found.places] == [b"/photos", b"/scans/"]
    with pytest.raises(DesktopSearchError) as caught:
        Listing(library, replace(scans, folder=b"/elsewhere"))
    assert caught.value.code is ProblemCode.FOLDER_UNKNOWN


def test_the_photos_in_no_album_are_listed_also_those_that_have_no_code_yet(
    library: Library, ids: list[int]
) -> None:
    album_of(library, ids[:590])
    with library.database.write() as connection:
        connection.execute(delete(code).where(code.c.photo_id == ids[599]))
    library.snapshot.index.remove(np.array([ids[599]]))
    unsorted = Query(all_photos=True, limit=10_000, filter=Filter(without_album=True))
    assert sorted(listed_of(library, unsorted)) == ids[590:]
    take(library, ids[0], "1999-12-31T08:00:00")
    take(library, ids[595], "1999-12-31T08:00:00")
    day = date(1999, 12, 31)
    of_a_day = Filter(without_album=True, first_day=day, last_day=day)
    assert listed_of(library, replace(unsorted, filter=of_a_day)) == [ids[595]]


def test_a_file_of_a_year_that_no_calendar_knows_comes_last(
    library: Library, ids: list[int]
) -> None:
    with library.database.write() as connection:
        files = location.c.photo_id == ids[5]
        connection.execute(update(location).where(files).values(mtime_ns=2**63 - 1))
        files = location.c.photo_id == ids[6]
        connection.execute(update(location).where(files).values(mtime_ns=-(2**63)))
    listed = listed_of(library, Query(all_photos=True, limit=10_000))
    assert {ids[5], ids[6]} & {listed[0], listed[-1]}
    assert sorted(listed) == ids


def test_an_empty_library_lists_nothing(tmp_path: Path) -> None:
    with Library.open_writer(LibraryPaths(tmp_path / "empty")) as library:
        assert listed_of(library, Query(all_photos=True)) == []
