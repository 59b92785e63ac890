"""Switches between generations of a library whose photos are made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import generations
from desktopsearch.services.events import Event, GenerationChanged, Notice
from desktopsearch.services.session import WritingSession
from desktopsearch.storage import codes
from desktopsearch.storage import generations as stored
from tests.services.made_up_library import embeddings_of_kinds, make_library

PHOTOS = 60


@pytest.fixture
def ids(tmp_path: Path) -> list[int]:
    return make_library(LibraryPaths(tmp_path), embeddings_of_kinds(PHOTOS, 3, 1.0))


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def session(tmp_path: Path, ids: list[int], events: list[Event]) -> Iterator[WritingSession]:
    assert ids
    settings = Settings(decoder_processes=1)
    with WritingSession.open(LibraryPaths(tmp_path), settings, events.append) as opened:
        yield opened


@pytest.fixture
def taught(session: WritingSession) -> Generation:
    """A generation without codes."""
    own = session.library.generation
    with session.library.database.write() as connection:
        generation = stored.add(
            connection,
            name="taught",
            model=own.model,
            fingerprint=own.fingerprint,
            bits=own.bits,
            hash_layer=own.hash_layer,
        )
        stored.keep_report(connection, generation.id, "{}")
    return generation


def test_a_generation_that_is_about_to_be_used_is_not_deleted(
    session: WritingSession, taught: Generation
) -> None:
    session.switching.switch_to(taught)
    session.switching.turn()
    with pytest.raises(DesktopSearchError) as caught:
        generations.delete(session.library, taught.id)
    assert caught.value.code is ProblemCode.GENERATION_COMING
    session.loop.run(until=lambda: not session.switching.busy)
    assert session.library.snapshot.generation.id == taught.id
    assert len(session.library.snapshot.index) == PHOTOS


def test_photos_whose_embedding_was_lost_do_not_vanish_by_a_switch(
    session: WritingSession, taught: Generation, ids: list[int], events: list[Event]
) -> None:
    library = session.library
    own = library.generation
    with library.database.write() as connection:
        connection.execute(text("DELETE FROM embeddings.embedding"))
    session.switching.switch_to(taught)
    session.loop.run(until=lambda: not session.switching.busy)
    refused = session.switching.refused
    assert refused is not None
    assert refused.code is ProblemCode.GENERATION_NOT_FILLED
    assert events == [Notice(refused.code, {"id": taught.id}), GenerationChanged(own.id)]
    assert library.snapshot.generation.id == own.id
    assert len(library.snapshot.index) == PHOTOS
    # What has all its codes needs no embeddings, and neither do photos that are not searched yet.
    with library.database.write() as connection:
        codes.write(connection, taught.id, [(each, bytes(own.bits // 8)) for each in ids[1:]])
        connection.execute(text(f"DELETE FROM code WHERE photo_id = {ids[0]}"))
    session.switching.switch_to(taught)
    session.loop.run(until=lambda: not session.switching.busy)
    assert session.switching.refused is None
    assert library.snapshot.generation.id == taught.id
    assert len(library.snapshot.index) == PHOTOS - 1
