"""Photos that were told apart: no duplicates any more, wherever they lie, until that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.albums import ActKind
from desktopsearch.domain.differences import pairs_of
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import FileStamp
from desktopsearch.domain.search import NEAR_COPY_BITS, Query, SearchHit
from desktopsearch.index import HammingIndex
from desktopsearch.services import deletion
from desktopsearch.services.differing import Differing, told_apart
from desktopsearch.services.duplicate_listing import DuplicateListing
from desktopsearch.services.duplicates import Grouping, find, set_apart
from desktopsearch.services.events import AlbumsChanged, DifferencesChanged, Event
from desktopsearch.services.folding import fold
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Shortlist
from desktopsearch.storage import inheritance, locations, photos, reconciling, roots
from tests.services.made_up_library import embeddings_of_kinds, make_library
from tests.storage.fill import new_photo


class Pile:
    """A library of three kinds of four photos each, all near copies within a kind."""

    def __init__(self, paths: LibraryPaths) -> None:
        self.ids = make_library(paths, embeddings_of_kinds(12, 3, 0.004))
        self.library = Library.open_writer(paths)
        self.events: list[Event] = []
        self.differing = Differing(self.library, self.events.append)
        self.labelling = Labelling(self.library, self.events.append)

    def kind(self, number: int) -> list[int]:
        return self.ids[number::3]

    def groups(self) -> set[frozenset[int]]:
        found = find(self.library, NEAR_COPY_BITS)
        return {frozenset(member.photo_id for member in group) for group in found}


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def pile(paths: LibraryPaths) -> Iterator[Pile]:
    made = Pile(paths)
    assert made.groups() == {frozenset(made.kind(number)) for number in range(3)}
    yield made
    made.library.close()


def test_a_marked_photo_leaves_its_group_for_good(pile: Pile, paths: LibraryPaths) -> None:
    first, second, *others = pile.kind(0)
    done = pile.differing.tell_apart(pairs_of(pile.kind(0), {second}))
    assert done is not None
    assert (done.kind, done.album) == (ActKind.DIFFERENT, "")
    rest = {frozenset(pile.kind(1)), frozenset(pile.kind(2))}
    assert pile.groups() == {frozenset([first, *others]), *rest}
    assert pile.differing.tell_apart([(second, first)]) is None, "said already, the other way round"
    pile.library.close()
    with Library.open_writer(paths) as library:
        listed = DuplicateListing(library, Query(duplicates=True))
        while not listed.is_ready:
            listed.go_on()
        assert second not in {each.photo_id for each in listed.candidates}
        assert len(listed.candidates) == 11


def test_marked_photos_may_still_be_copies_of_each_other(pile: Pile) -> None:
    one, two, three, four = pile.kind(1)
    pile.differing.tell_apart(pairs_of(pile.kind(1), {three, four}))
    assert {frozenset([one, two]), frozenset([three, four])} < pile.groups()
    pile.differing.tell_apart(pairs_of([one, two], {one, two}))
    assert {each for each in pile.groups() if each & {one, two}} == set()


def test_two_that_differ_come_into_no_group_of_a_third(pile: Pile) -> None:
    one, two, three, four = pile.kind(0)
    pile.differing.tell_apart([(three, four)])
    [group] = [each for each in pile.groups() if one in each]
    assert len(group & {three, four}) == 1
    assert {one, two} < group


def test_it_is_undone_and_taken_back(pile: Pile) -> None:
    whole = pile.groups()
    one, two, *_others = pile.kind(0)
    pile.differing.tell_apart([(one, two)])
    marked = pile.groups()
    assert marked != whole
    pile.labelling.undo()
    assert pile.groups() == whole
    pile.labelling.redo()
    assert pile.groups() == marked
    taken_back = pile.differing.forget([(two, one)])
    assert taken_back is not None
    assert taken_back.kind is ActKind.SAME
    assert pile.groups() == whole
    assert pile.differing.forget([(two, one)]) is None
    with pytest.raises(DesktopSearchError):
        pile.labelling.redo()
    assert [type(each) for each in pile.events] == [AlbumsChanged, DifferencesChanged] * 4


def test_it_is_remembered_by_content(pile: Pile, paths: LibraryPaths) -> None:
    one, two, *_others = pile.kind(0)
    numbers = [pile.ids.index(each) for each in (one, two)]
    pile.differing.tell_apart([(one, two)])
    pile.library.close()
    deletion.delete(paths, albums=False)
    with Library.open_writer(paths) as library:
        assert told_apart(library) == {}
        with library.database.write() as connection:
            root = roots.add(connection, b"/elsewhere")
            stamps = [FileStamp(b"%d.jpg" % n, 100, 5_000, n + 1) for n in numbers]
            reconciling.reconcile_directory(connection, root.id, b"", stamps)
            new_ids = []
            for place in locations.next_pending(connection, [], 2):
                number = int(place.name.removesuffix(b".jpg"))
                new_ids.append(photos.add(connection, new_photo(number)))
                locations.settle(connection, place.id, new_ids[-1], 100, 5_000)
        assert told_apart(library) == {new_ids[0]: {new_ids[1]}, new_ids[1]: {new_ids[0]}}
        assert not {*new_ids} & {*pile.ids}


def test_an_edited_file_keeps_it(pile: Pile) -> None:
    one, two, three, _four = pile.kind(0)
    pile.differing.tell_apart([(one, two), (one, three)])
    with pile.library.database.write() as connection:
        [place] = photos.places(connection, [one])[one]
        heir = photos.add(connection, new_photo(99))
        inheritance.remember(connection, place.id, one)
        locations.settle(connection, place.id, heir, 100, 6_000)
        inheritance.pass_on(connection)
    assert told_apart(pile.library)[heir] == {two, three}
    pile.labelling.undo()
    assert told_apart(pile.library) == {}, "the journal has followed"


def test_near_copies_among_results_do_not_fold_behind_them(pile: Pile) -> None:
    one, two, three, _four = pile.kind(0)
    hits = [SearchHit(each, 0, b"/%d" % each, (), offline=False) for each in (one, two, three)]
    index = pile.library.snapshot.index
    assert [each.lead for each in fold(index, hits, told_apart(pile.library))] == [None, one, one]
    pile.differing.tell_apart([(one, two)])
    assert [each.lead for each in fold(index, hits, told_apart(pile.library))] == [None, None, one]


def test_near_copies_of_a_photo_are_without_them(pile: Pile) -> None:
    one, two, *others = pile.kind(0)
    pile.differing.tell_apart([(one, two)])
    [vector] = embeddings_of_kinds(12, 3, 0.004)[:1]

    def found(query: Query) -> set[int]:
        shortlist = Shortlist(pile.library, query, vector[np.newaxis])
        return {each.photo_id for each in shortlist.candidates}

    near = Query(photo_id=one, max_distance=NEAR_COPY_BITS)
    assert found(near) == {one, two, *others}
    assert found(replace(near, near_copies=True)) == {one, *others}
    # Of another photo of the kind it is a copy still.
    assert two in found(replace(near, photo_id=others[0], near_copies=True))


def test_a_listing_tells_distances_to_the_first(pile: Pile) -> None:
    made = DuplicateListing(pile.library, Query(duplicates=True))
    while not made.is_ready:
        made.go_on()
    grouping = Grouping(pile.library, NEAR_COPY_BITS, {})
    while not grouping.is_done:
        grouping.go_on()
    expected = {each: gap for group in grouping.groups for gap, each in group[1:]}
    assert {each.photo_id: each.from_lead for each in made.candidates if each.lead} == expected
    assert any(expected.values())


def test_what_is_marked_leaves_what_is_shown() -> None:
    index = HammingIndex(
        8, np.array([1, 2, 3, 4]), np.array([[0], [1], [0b111], [0b1111]], np.uint8)
    )

    def hit(
        photo_id: int, lead: int | None, from_lead: int | None, copies: tuple[bytes, ...] = ()
    ) -> SearchHit:
        path = b"/%d.jpg" % photo_id
        return SearchHit(
            photo_id, 0, path, copies, False, compared=False, lead=lead, from_lead=from_lead
        )

    shown = [hit(1, None, None), hit(2, 1, 1), hit(3, 1, 3, (b"/copy.jpg",)), hit(4, 1, 4)]
    other = [hit(8, None, None), hit(9, 8, 2)]
    assert set_apart([*shown, *other], {4}, index) == [*shown[:3], *other]
    assert set_apart([*shown, *other], {9}, index) == shown
    # Another photo leads, with distances of its own; what lies twice stays as a group of copies.
    assert set_apart([*shown, *other], {1, 3}, index) == [
        hit(2, None, None),
        hit(4, 2, 3),
        hit(3, None, None, (b"/copy.jpg",)),
        *other,
    ]
    assert set_apart(shown, {1, 2, 3, 4}, index) == [hit(3, None, None, (b"/copy.jpg",))]
