"""Suggestions over a real library on disk whose photos are made up, in turns of the loop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.suggesting import SuggestedPhoto, Suggestions
from desktopsearch.services.embedding_rows import EmbeddingRows
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.session import ReadingSession
from tests.services.made_up_library import embeddings_of_kinds, make_library

PHOTOS, KINDS = 900, 3


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def ids(paths: LibraryPaths) -> list[int]:
    """Photo n is of the kind n % 3."""
    return make_library(paths, embeddings_of_kinds(PHOTOS, KINDS, 1.5))


@pytest.fixture
def library(paths: LibraryPaths, ids: list[int]) -> Iterator[Library]:
    assert ids
    with Library.open_writer(paths) as opened:
        yield opened


@pytest.fixture
def labelling(library: Library) -> Labelling:
    return Labelling(library, lambda _event: None)


@pytest.fixture
def session(paths: LibraryPaths, library: Library) -> Iterator[ReadingSession]:
    assert library
    with ReadingSession.open(paths, Settings(decoder_processes=1), print) as opened:
        yield opened


def numbers(photos: tuple[SuggestedPhoto, ...], ids: list[int]) -> list[int]:
    return [ids.index(photo.photo_id) for photo in photos]


def test_the_kind_of_the_album_is_suggested_and_nothing_that_has_an_answer(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    labelling.add(ants, ids[0:15:3])
    labelling.reject(ants, [ids[1], ids[30], ids[33]])
    found = session.suggest(ants, 20)
    likely = numbers(found.likely, ids)
    assert len(likely) == len({*likely}) == 20
    assert all(number % 3 == 0 for number in likely)
    assert not {*likely, *numbers(found.informative, ids)} & {0, 3, 6, 9, 12, 1, 30, 33}
    scores = [photo.score for photo in found.likely]
    assert scores == sorted(scores, reverse=True)
    doubts = [abs(photo.score) for photo in found.informative]
    assert doubts == sorted(doubts)
    assert doubts[0] < abs(scores[0])
    assert (found.album.photos, found.left) == (5, PHOTOS - 8)
    assert found.likely[0].path.startswith(b"/photos/")


def test_members_of_other_albums_are_suggested_only_where_albums_overlap(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants, bees = labelling.create("Ants").id, labelling.create("Bees").id
    labelling.add(ants, ids[0:15:3])
    others = ids[15:45:3]
    labelling.add(bees, others)
    apart = session.suggest(ants, 300)
    assert apart.left == PHOTOS - 15
    assert not {photo.photo_id for photo in apart.likely} & {*others}
    labelling.add(bees, ids[0:9:3])
    both = session.suggest(ants, 300)
    assert {photo.photo_id for photo in both.likely} >= {*others}


def test_an_answer_changes_the_ranking(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    # One of another kind got in by mistake; what is like it must go down when it is said so.
    labelling.add(ants, [*ids[0:9:3], ids[1]])
    before = session.suggest(ants, PHOTOS).likely
    labelling.reject(ants, ids[1:13:3])
    after = session.suggest(ants, PHOTOS).likely

    def of_other_kind(photos: tuple[SuggestedPhoto, ...]) -> int:
        return sum(number % 3 == 1 for number in numbers(photos[:290], ids))

    assert of_other_kind(after) < of_other_kind(before)


def test_too_small_an_album_says_how_many_photos_suffice(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    labelling.add(ants, ids[:2])
    with pytest.raises(DesktopSearchError) as caught:
        session.suggest(ants, 20)
    assert caught.value.code is ProblemCode.SUGGEST_TOO_FEW
    assert caught.value.parameters == {"album": "Ants", "photos": 2, "needed": 3}
    labelling.delete(ants)
    with pytest.raises(DesktopSearchError) as caught:
        session.suggest(ants, 20)
    assert caught.value.code is ProblemCode.ALBUM_GONE


def test_when_everything_has_an_answer_nothing_is_suggested(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    labelling.add(ants, ids[:600])
    labelling.reject(ants, ids[600:])
    found = session.suggest(ants, 20)
    assert (found.likely, found.informative, found.left) == ((), (), 0)


def test_no_turn_is_long_and_the_newest_question_wins(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants, bees = labelling.create("Ants").id, labelling.create("Bees").id
    labelling.add(ants, ids[0:15:3])
    labelling.add(bees, ids[1:16:3])
    answers: list[Suggestions | DesktopSearchError | Cancelled] = []
    session.suggesting.suggest(ants, 20, answers.append)
    session.suggesting.turn()
    session.suggesting.suggest(bees, 20, answers.append)
    [first] = answers
    assert isinstance(first, Cancelled)
    turns = []
    while len(answers) == 1:
        # Processor time, since the machine may be busy.
        began = time.thread_time()
        session.suggesting.turn()
        turns.append(time.thread_time() - began)
    assert isinstance(answers[1], Suggestions)
    assert answers[1].album.name == "Bees"
    assert max(turns) < 0.05
    session.suggesting.forget()
    assert session.suggest(ants, 3).left == PHOTOS - 10


def test_a_photo_whose_embedding_is_gone_meanwhile_shifts_no_other(
    library: Library, labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    labelling.add(ants, ids[0:15:3])
    lost = session.suggest(ants, 20).informative[0].photo_id
    with library.database.write() as connection:
        connection.execute(
            text(
                "DELETE FROM embeddings.embedding WHERE digest ="
                f" (SELECT digest FROM photo WHERE id = {lost})"
            )
        )
    asked = session.suggest(ants, 20).informative
    assert len(asked) == 20
    assert lost not in {photo.photo_id for photo in asked}


def test_doubtful_photos_are_looked_for_only_when_they_are_asked_for(
    labelling: Labelling, session: ReadingSession, ids: list[int]
) -> None:
    ants = labelling.create("Ants").id
    labelling.add(ants, ids[0:15:3])
    found = session.suggest(ants, 20, ask=False)
    assert (len(found.likely), found.informative) == (20, ())


def test_all_is_done_in_turns_and_photos_are_sorted_only_when_they_have_changed(
    session: ReadingSession, library: Library
) -> None:
    answers: list[Suggestions | DesktopSearchError | Cancelled] = []
    session.suggesting.suggest(1, 20, answers.append)
    assert answers == []
    session.loop.run(until=lambda: bool(answers))
    [gone] = answers
    assert isinstance(gone, DesktopSearchError)
    assert gone.code is ProblemCode.ALBUM_GONE
    rows = EmbeddingRows(library)
    rows.begin()
    first = rows.photo_ids
    rows.begin()
    assert rows.photo_ids is first
    library.snapshot.index.remove(first[:1])
    rows.begin()
    assert rows.photo_ids.tolist() == first[1:].tolist()
