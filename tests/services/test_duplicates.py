"""Duplicates of a whole library: the groups, and the listing of them, over a library on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, insert, select

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.search import NEAR_COPY_BITS, Query, SearchAnswer, SearchHit
from desktopsearch.index import HammingIndex
from desktopsearch.services import duplicates
from desktopsearch.services.duplicate_listing import DuplicateListing
from desktopsearch.services.duplicates import Group, Grouping, find, regrouped
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Candidate
from desktopsearch.services.session import ReadingSession
from desktopsearch.storage.schema import code, location
from tests.services.made_up_library import embeddings_of_kinds, make_library

KINDS, PHOTOS = 60, 300


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def ids(paths: LibraryPaths) -> list[int]:
    """Photos of sixty kinds, of which some are within the radius of each other and some are not."""
    return make_library(paths, embeddings_of_kinds(PHOTOS, KINDS, 0.2))


@pytest.fixture
def library(paths: LibraryPaths, ids: list[int]) -> Iterator[Library]:
    assert ids
    with Library.open_writer(paths) as opened:
        yield opened


def copy(library: Library, photo_id: int, name: bytes) -> None:
    """Have a photo lie in another place, too."""
    with library.database.write() as connection:
        row = connection.execute(select(location).where(location.c.photo_id == photo_id)).one()
        values = {**row._mapping, "name": name}
        del values["id"]
        connection.execute(insert(location).values(**values))


def by_hand(library: Library, radius: int) -> list[Group]:
    """Photo by photo, against all that come later."""
    index = library.snapshot.index
    there, codes = index.codes_of(np.sort(index.photo_ids))
    ids = np.sort(index.photo_ids)[there]
    taken: set[int] = set()
    groups = []
    for row, photo_id in enumerate(ids.tolist()):
        if photo_id in taken:
            continue
        near = [
            (int(gap), int(other))
            for gap, other in zip(
                hamming_distances(codes[row], codes[row + 1 :]), ids[row + 1 :], strict=True
            )
            if gap <= radius and other not in taken
        ]
        if near:
            taken.update(other for _, other in near)
            groups.append([(0, photo_id), *sorted(near)])
    return groups


def grouped(grouping: Grouping) -> list[Group]:
    while not grouping.is_done:
        grouping.go_on()
    return grouping.groups


@pytest.mark.parametrize("comparisons", [1, 5_000, 10_000_000])
@pytest.mark.parametrize("radius", [0, NEAR_COPY_BITS, 30, 256])
def test_groups_are_those_that_are_found_by_hand(
    library: Library, monkeypatch: pytest.MonkeyPatch, comparisons: int, radius: int
) -> None:
    monkeypatch.setattr(duplicates, "_COMPARISONS", comparisons)
    expected = by_hand(library, radius)
    assert grouped(Grouping(library, radius, {})) == expected
    if radius == NEAR_COPY_BITS:
        sizes = {len(group) for group in expected}
        assert len(sizes) > 1, "groups of several sizes, not only whole kinds"


def test_a_library_without_photos_has_none(tmp_path: Path) -> None:
    with Library.open_writer(LibraryPaths(tmp_path / "empty")) as library:
        assert grouped(Grouping(library, 256, {})) == []
        assert find(library, 256) == []


def test_copies_are_a_group_also_without_a_code(library: Library, ids: list[int]) -> None:
    copy(library, ids[3], b"copy.jpg")
    copy(library, ids[4], b"other.jpg")
    with library.database.write() as connection:
        connection.execute(delete(code).where(code.c.photo_id == ids[4]))
    found = [[member.path for member in group] for group in find(library, 0)]
    assert [b"/photos/3.jpg", b"/photos/copy.jpg"] in found
    assert [b"/photos/4.jpg", b"/photos/other.jpg"] in found


def listing(library: Library, **parts: object) -> DuplicateListing:
    made = DuplicateListing(library, replace(Query(duplicates=True, limit=1_000), **parts))  # type: ignore[arg-type]
    while not made.is_ready:
        made.go_on()
    return made


def test_the_listing_has_the_groups_of_the_command_line(library: Library, ids: list[int]) -> None:
    copy(library, ids[7], b"0-copy.jpg")
    made = listing(library)
    expected = find(library, NEAR_COPY_BITS)
    assert [
        [place.path for each in group for place in each.places] for group in in_groups(made)
    ] == [[member.path for member in group] for group in expected]
    assert made.listed == len(made.candidates) == len({m.photo_id for g in expected for m in g})


def in_groups(made: DuplicateListing) -> list[list[Candidate]]:
    """The candidates, group by group."""
    groups: list[list[Candidate]] = []
    for each in made.candidates:
        if each.lead is None:
            groups.append([])
        else:
            assert groups[-1][0].photo_id == each.lead
        groups[-1].append(each)
    return groups


def test_the_limit_leaves_out_whole_groups(library: Library) -> None:
    everything = in_groups(listing(library))
    assert len(everything) > 2
    limit = len(everything[0]) + len(everything[1]) + 1
    assert len(everything[2]) > 1
    made = listing(library, limit=limit)
    assert in_groups(made) == everything[:2]
    assert made.listed == sum(map(len, everything))
    limit = len(everything[0]) - 1
    assert in_groups(listing(library, limit=limit)) == [everything[0][:limit]]


def test_a_filter_compares_only_what_passes_it(library: Library, ids: list[int]) -> None:
    labelling = Labelling(library, lambda _event: None)
    album = labelling.create("Ants")
    inside = ids[: KINDS + 5]
    labelling.add(album.id, inside)
    made = listing(library, filter=Filter(album_ids=frozenset({album.id})))
    found = {each.photo_id for each in made.candidates}
    assert found
    assert found <= {*ids[:5], *ids[KINDS : KINDS + 5]}


def test_what_is_gone_leaves_its_group_and_another_photo_leads() -> None:
    codes = np.array([[0], [0], [0b111]], dtype=np.uint8)
    index = HammingIndex(8, np.array([1, 2, 3]), codes)

    def hit(photo_id: int, lead: int | None = None, copies: tuple[bytes, ...] = ()) -> SearchHit:
        path = b"/%d.jpg" % photo_id
        return SearchHit(photo_id, 0, path, copies, offline=False, compared=False, lead=lead)

    left = [hit(2, 1), hit(3, 1), hit(5, 4), hit(6), hit(7, copies=(b"/copy.jpg",)), hit(9, 8)]
    assert regrouped(left, index) == [
        hit(2),
        replace(hit(3, 2), from_lead=3),
        hit(7, copies=(b"/copy.jpg",)),
    ]
    assert regrouped([], index) == []


def test_a_new_query_ends_a_search_for_duplicates(
    paths: LibraryPaths, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_COMPARISONS", 1)
    answers: list[SearchAnswer | DesktopSearchError | Cancelled] = []
    with ReadingSession.open(paths, Settings(decoder_processes=1), lambda _event: None) as session:
        searching = session.searching
        for query in (Query(duplicates=True), Query(all_photos=True), Query(duplicates=True)):
            searching.search(query, answers.append)
            searching.turn()
            searching.turn()
            if query.all_photos:
                session.loop.run(until=lambda: len(answers) == 2)
        assert isinstance(answers[0], Cancelled)
        assert isinstance(answers[1], SearchAnswer)
        assert answers[1].listed == len(ids)
        searching.give_up_duplicates()
        assert isinstance(answers[2], Cancelled)
        assert not searching.busy
        searching.give_up_duplicates()
        assert len(answers) == 3
