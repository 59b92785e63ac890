"""Queries of several pictures over a real library whose codes are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.codes import pack, unpack
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.examples import Example
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.rankings import unit_rows
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.services import folders
from desktopsearch.services.library import Library
from desktopsearch.services.nearness import Nearness, Pictures
from desktopsearch.services.ranking import Shortlist
from desktopsearch.services.session import WritingSession
from tests.journeys.photographs import content, put, put_many
from tests.services.made_up_library import embeddings_of_kinds, make_library

PHOTOS = 600
SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float16]:
    return embeddings_of_kinds(PHOTOS, 12, 2.0)


@pytest.fixture(scope="module")
def ids(embeddings: NDArray[np.float16], folder: Path) -> list[int]:
    return make_library(LibraryPaths(folder), embeddings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture
def library(ids: list[int], folder: Path) -> Iterator[Library]:
    assert len(ids) == PHOTOS
    with Library.open_reader(LibraryPaths(folder)) as library:
        yield library


def ready(found: Shortlist) -> Shortlist:
    while not found.is_ready:
        found.go_on()
    return found


def asked(*alike: bool, **further: object) -> Query:
    pictures = [Example(photo_id=number, alike=each) for number, each in enumerate(alike, 1)]
    return replace(Query(limit=PHOTOS).with_pictures(pictures), **further)  # type: ignore[arg-type]


def bits_of(library: Library, embeddings: NDArray[np.float16]) -> NDArray[np.int64]:
    return unpack(library.snapshot.layer.codes(embeddings)).astype(np.int64)


def test_distances_are_those_that_are_reckoned_bit_by_bit(
    library: Library, embeddings: NDArray[np.float16], ids: list[int]
) -> None:
    found = ready(Shortlist(library, asked(True, True, False, counted=True), embeddings[[0, 1, 2]]))
    bits = bits_of(library, embeddings)
    first, second, unlike = (np.abs(bits - bits[row]).sum(axis=1) for row in (0, 1, 2))
    meant = (first + second) / 2
    wanted = np.floor(meant + np.maximum(0, meant - unlike) + 0.5).astype(int).clip(max=256)
    told = {each.photo_id: each.distance for each in found.candidates}
    assert told == dict(zip(ids, wanted.tolist(), strict=True))
    assert list(told.values()) == sorted(told.values())
    assert found.counts == tuple(np.bincount(wanted, minlength=257).tolist())
    assert (unlike < meant).any(), "else this shows nothing of what is not meant"


def test_one_picture_given_twice_finds_what_it_finds_alone(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    alone = Shortlist(library, asked(True, counted=True), embeddings[[5]])
    twice = ready(Shortlist(library, asked(True, True, counted=True), embeddings[[5, 5]]))
    assert twice.candidates == alone.candidates
    assert twice.counts == alone.counts


def test_filters_limits_and_distances_cut_the_same_order(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    rows = embeddings[[0, 12, 5]]
    everything = ready(Shortlist(library, asked(True, True, False), rows)).candidates
    few = ready(Shortlist(library, asked(True, True, False, limit=3), rows))
    assert few.candidates == everything[: len(few.candidates)]
    assert few.is_cut
    few.widen()
    assert ready(few).candidates == everything[: len(few.candidates)]
    assert len(few.candidates) > 200
    within = everything[40].distance
    near = ready(Shortlist(library, asked(True, True, False, max_distance=within), rows))
    assert near.candidates == [each for each in everything if each.distance <= within]
    elsewhere = asked(True, True, False, filter=Filter(formats=frozenset({"png"})), counted=True)
    nothing = ready(Shortlist(library, elsewhere, rows))
    assert nothing.candidates == []
    assert nothing.counts == (0,) * 257


def test_the_second_stage_combines_cosines(
    library: Library, embeddings: NDArray[np.float16], ids: list[int]
) -> None:
    rows = [0, 12, 5]
    query = asked(True, True, False, rerank=True)
    found = ready(Shortlist(library, query, embeddings[rows])).candidates
    unit = unit_rows(embeddings - library.snapshot.layer.centre).astype(np.float64)
    first, second, unlike = (unit @ unit[row] for row in rows)
    meant = (first + second) / 2
    wanted = meant - np.maximum(0, unlike - meant)
    told = {each.photo_id: each.cosine for each in found}
    assert told == pytest.approx(dict(zip(ids, wanted.tolist(), strict=True)), abs=3e-6)
    assert list(told.values()) == sorted(told.values(), key=lambda cosine: -(cosine or 0))


def test_photos_that_come_and_go_meanwhile_do_not_shift_the_others(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    snapshot, alike = library.snapshot, np.array([True, False])
    logits = snapshot.layer.logits(embeddings[[0, 1]])
    undisturbed, disturbed = (
        Nearness(snapshot.index, Pictures(logits, alike), None, None) for _ in range(2)
    )
    snapshot.index.remove(snapshot.index.photo_ids[:50])
    snapshot.index.add(np.array([99_999]), pack(logits[:1]))
    for each in (undisturbed, disturbed):
        while not each.is_done:
            each.go_on()
    one, other = undisturbed.ranking(PHOTOS, None), disturbed.ranking(PHOTOS, None)
    assert one.photo_ids.tolist() == other.photo_ids.tolist()
    assert one.distances.tolist() == other.distances.tolist()
    assert 99_999 not in other.photo_ids


def test_an_empty_library_finds_nothing(tmp_path: Path, embeddings: NDArray[np.float16]) -> None:
    with Library.open_writer(LibraryPaths(tmp_path)) as library:
        found = ready(Shortlist(library, asked(True, False, counted=True), embeddings[[0, 1]]))
        assert found.candidates == []
        assert sum(found.counts) == 0


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WritingSession]:
    """Over real photos, with the real decoder and the real encoder."""
    folder = tmp_path_factory.mktemp("photos")
    put_many(folder, range(8))
    paths = LibraryPaths(tmp_path_factory.mktemp("library"))
    with WritingSession.open(paths, SETTINGS, lambda _: None) as session:
        folders.add(session.library, [folder])
        session.bring_up_to_date()
        yield session


def test_pictures_from_everywhere_make_one_query(session: WritingSession, tmp_path: Path) -> None:
    first = put(tmp_path / "first.jpg", 100)
    second = put(tmp_path / "second.jpg", 101)
    pictures = (
        Example(path=bytes(first), framing=Framing((0.0, 0.0, 0.5, 1.0))),
        Example(data=second.read_bytes()),
        Example(photo_id=1, alike=False),
        Example(photo_id=2, framing=Framing(turn=90)),
        Example(path=bytes(second), alike=False),
    )
    answer = session.search(Query().with_pictures(pictures))
    assert len(answer.hits) == 8
    assert len(answer.examples) == 4
    assert answer.examples[0] == answer.examples[3], "the same picture as bytes and as a file"
    assert len({answer.proxy, *answer.examples}) == 4
    assert answer.proxy != answer.whole, "the first is cropped"
    # Each of the codes is that of the picture alone.
    alone = [
        distances_of(session.search(Query().with_pictures([each])))
        for each in (pictures[0], pictures[1], pictures[3])
    ]
    unlike = [distances_of(session.search(Query(photo_id=1))), alone[1]]
    for photo_id, distance in distances_of(answer).items():
        meant = sum(each[photo_id] for each in alone) / 3
        nearest = min(each[photo_id] for each in unlike)
        assert distance == int(meant + max(0, meant - nearest) + 0.5)


def distances_of(answer: SearchAnswer) -> dict[int, int]:
    return {hit.photo_id: hit.distance for hit in answer.hits}


@pytest.mark.parametrize(
    "broken", [Example(path=b"/no/such.jpg"), Example(data=b"words"), Example(photo_id=99)]
)
def test_the_picture_that_cannot_be_read_is_named_by_its_number(
    session: WritingSession, broken: Example
) -> None:
    for position in (0, 1, 2):
        pictures = [Example(photo_id=1), Example(photo_id=2)]
        pictures.insert(position, broken)
        with pytest.raises(DesktopSearchError) as caught:
            session.search(Query().with_pictures(pictures))
        assert caught.value.code is ProblemCode.QUERY_PICTURE_UNREADABLE
        assert caught.value.parameters == {"number": position + 1}
    with pytest.raises(DesktopSearchError) as caught:
        session.search(Query().with_pictures([broken]))
    assert caught.value.code is not ProblemCode.QUERY_PICTURE_UNREADABLE
    assert len(session.search(Query(photo_id=1)).hits) == 8, "the next query is answered"


def test_a_picture_is_encoded_once_however_often_the_others_change(
    session: WritingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    encode = session.lane.encode

    def counting(proxies: list[bytes], *arguments: object, **further: object) -> None:
        encoded.append(len(proxies))
        encode(proxies, *arguments, **further)  # type: ignore[arg-type]

    monkeypatch.setattr(session.lane, "encode", counting)
    outside = Example(data=content(555))
    for edge in (0.3, 0.4, 0.5, 0.6):
        first = Example(photo_id=3, framing=Framing((0.0, 0.0, edge, 1.0)))
        session.search(Query().with_pictures([first, outside]))
    assert len(encoded) == 4 + 1
