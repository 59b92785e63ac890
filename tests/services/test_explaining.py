"""Explanations over a real library whose codes are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.albums import Album
from desktopsearch.domain.codes import unpack
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.examples import Example
from desktopsearch.domain.explaining import Explanation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Elapsed, Query, SearchAnswer
from desktopsearch.services.session import WritingSession
from desktopsearch.storage import codes, generations
from tests.services.made_up_library import embeddings_of_kinds, make_library

KINDS, PHOTOS = 12, 360


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float16]:
    return embeddings_of_kinds(PHOTOS, KINDS, 0.6)


@pytest.fixture
def session(embeddings: NDArray[np.float16], tmp_path: Path) -> Iterator[WritingSession]:
    """With an album of ten photos of each of the first two kinds; photo ``n`` has row ``n - 1``."""
    paths = LibraryPaths(tmp_path)
    assert make_library(paths, embeddings) == list(range(1, PHOTOS + 1))
    with WritingSession.open(paths, Settings(decoder_processes=1), lambda _: None) as session:
        for kind in range(2):
            made = session.labelling.create(f"Kind {kind}")
            assert isinstance(made, Album)
            session.labelling.add(made.id, [1 + kind + KINDS * each for each in range(10)])
        yield session


def code_of(session: WritingSession, photo_id: int) -> bytes:
    with session.library.database.read() as connection:
        found = codes.read_one(connection, session.library.generation.id, photo_id)
    assert found is not None
    return found


def answer_to(session: WritingSession, *pictures: tuple[int, bool]) -> SearchAnswer:
    """As a query of photos would be answered, of which no hit matters here."""
    examples = [Example(photo_id=photo_id, alike=alike) for photo_id, alike in pictures]
    return SearchAnswer(
        query=Query().with_pictures(examples),
        generation_id=session.library.generation.id,
        code_bits=256,
        hits=(),
        searched=PHOTOS,
        proxy=b"",
        whole=b"",
        elapsed=Elapsed(0, 0, 0, 0),
        codes=tuple(code_of(session, photo_id) for photo_id, _alike in pictures),
    )


def bits_apart(session: WritingSession, one: int, other: int) -> int:
    rows = [np.frombuffer(code_of(session, each), np.uint8) for each in (one, other)]
    return int((unpack(rows[0]) != unpack(rows[1])).sum())


def test_two_of_a_kind_look_like_its_album_and_two_of_others_do_not(
    session: WritingSession,
) -> None:
    for one, other, named in (
        (121, 133, ["Kind 0"]),
        (122, 134, ["Kind 1"]),
        (123, 135, []),
        (121, 134, []),
    ):
        found = session.explain(answer_to(session, (one, True)), other)
        assert [each.name for each in found.albums if each.stands_out] == named, found
        assert {each.name for each in found.albums} == {"Kind 0", "Kind 1"}
        assert found.distance == bits_apart(session, one, other)
        for trait in found.albums:
            assert trait.typical == 32
            assert trait.by_chance < 16
            assert not trait.inside


def test_photos_that_are_in_an_album_do_not_bear_witness_for_themselves(
    session: WritingSession,
) -> None:
    lone = session.labelling.create("Three")
    assert isinstance(lone, Album)
    # Two of them are the pair itself: of one photo alone nothing is typical.
    session.labelling.add(lone.id, [100, 101, 102])
    found = session.explain(answer_to(session, (100, True)), 101)
    assert "Three" not in {each.name for each in found.albums}
    found = session.explain(answer_to(session, (1, True)), 13)
    assert next(each for each in found.albums if each.name == "Kind 0").inside


def test_of_several_pictures_the_nearest_that_is_meant_explains(session: WritingSession) -> None:
    pictures = ((123, True), (121, True), (133, False))
    found = session.explain(answer_to(session, *pictures), 145)
    apart = [bits_apart(session, picture, 145) for picture, _alike in pictures]
    assert found.distances == tuple(apart)
    assert found.nearest == 1
    meant = (apart[0] + apart[1]) / 2
    assert found.distance == min(256, int(meant + max(0, meant - apart[2]) + 0.5))
    assert [each.name for each in found.albums if each.stands_out] == ["Kind 0"]


def test_it_is_compared_with_the_photos_that_were_counted(session: WritingSession) -> None:
    answer = answer_to(session, (61, True))
    index = session.library.snapshot.index
    counts = index.counts(np.frombuffer(answer.codes[0], np.uint8))
    found = session.explain(replace(answer, counts=tuple(counts.tolist())), 67)
    assert found.others == PHOTOS - 1
    assert found.nearer_than == sum(counts[found.distance + 1 :]) / (PHOTOS - 1)
    assert session.explain(answer, 67).nearer_than is None


def test_a_switch_and_a_photo_without_a_code_are_said(session: WritingSession) -> None:
    answer = answer_to(session, (61, True))
    with pytest.raises(DesktopSearchError) as caught:
        session.explain(answer, 9_999)
    assert caught.value.code is ProblemCode.PHOTO_NOT_READY
    library = session.library
    with library.database.write() as connection:
        old = library.generation
        other = generations.add(
            connection,
            name="other",
            model=old.model,
            fingerprint=old.fingerprint,
            bits=old.bits,
            hash_layer=old.hash_layer,
        )
    library.switch_to(other, back=False)
    with pytest.raises(DesktopSearchError) as caught:
        session.explain(answer, 67)
    assert caught.value.code is ProblemCode.QUERY_OUTDATED


def test_the_newest_question_is_answered_and_each_only_once(session: WritingSession) -> None:
    answers: list[list[object]] = [[], []]
    for photo_id, got in zip((67, 73), answers, strict=True):
        session.explaining.explain(answer_to(session, (61, True)), photo_id, got.append)
    session.loop.run(until=lambda: bool(answers[1]))
    assert [type(each) for each in answers[0]] == [Cancelled]
    assert isinstance(answers[1][0], Explanation)
    assert answers[1][0].photo_id == 73
    assert session.explaining.due_at() == float("inf")
