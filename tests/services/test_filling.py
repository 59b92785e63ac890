"""Switches to a generation of another model, in a running session, with its real encoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.services import generations
from desktopsearch.services.events import Event, GenerationChanged, GenerationFilling
from desktopsearch.services.library import Library, model_folder
from desktopsearch.services.session import WritingSession
from desktopsearch.storage import caches, codes
from desktopsearch.storage import generations as stored
from tests.services.made_up_library import embeddings_of_kinds, make_library
from tests.small_model import BITS, OTHER, put_model
from tests.storage.fill import digest_of
from tests.textures import KINDS, jpeg, texture

PHOTOS = 40
SETTINGS = Settings(
    decoder_processes=1, encoder_device="cpu", encoder_threads=1, encoder_ahead=False
)


def _proxies() -> list[bytes]:
    return [jpeg(texture(KINDS[number % len(KINDS)], number, 96, 96)) for number in range(PHOTOS)]


@pytest.fixture
def ids(tmp_path: Path) -> list[int]:
    """A library with proxies, and another model beside the bundled one."""
    paths = LibraryPaths(tmp_path)
    made = make_library(paths, embeddings_of_kinds(PHOTOS, 4, 1.0))
    put_model(tmp_path, input_px=64)
    with (
        Library.open_writer(paths) as library,
        library.database.write() as connection,
    ):
        for number, proxy in enumerate(_proxies()):
            caches.write_proxy(connection, digest_of(number), proxy)
    return made


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def session(tmp_path: Path, ids: list[int], events: list[Event]) -> Iterator[WritingSession]:
    assert ids
    with WritingSession.open(LibraryPaths(tmp_path), SETTINGS, events.append) as opened:
        yield opened


@pytest.fixture
def other(session: WritingSession) -> Generation:
    """The generation of the other model, without codes."""
    model = load_model(model_folder(session.library.database.paths, OTHER))
    with session.library.database.write() as connection:
        return stored.add(
            connection,
            name=OTHER,
            model=OTHER,
            fingerprint=model.manifest.fingerprint,
            bits=BITS,
            hash_layer=model.layer.to_bytes(),
        )


def _encoded(session: WritingSession, proxy: bytes) -> NDArray[np.float16]:
    answers: list[NDArray[np.float16] | DesktopSearchError] = []
    session.lane.encode([proxy], answers.append, query=True)
    session.loop.run(until=lambda: bool(answers))
    [found] = answers
    assert isinstance(found, np.ndarray), found
    embedding: NDArray[np.float16] = found[0]
    return embedding


def _over(session: WritingSession) -> None:
    session.loop.run(until=lambda: not session.switching.busy)


def test_to_a_generation_of_another_model_and_back(
    session: WritingSession, other: Generation, events: list[Event], ids: list[int]
) -> None:
    library, own = session.library, session.library.generation
    before = _encoded(session, _proxies()[3])
    session.switching.switch_to(other)
    session.loop.run(until=lambda: any(isinstance(each, GenerationFilling) for each in events))
    # Meanwhile searches and new photos go on with the old model.
    assert library.snapshot.generation.id == own.id
    assert np.array_equal(_encoded(session, _proxies()[3]), before)
    _over(session)
    assert library.snapshot.generation.id == other.id
    assert library.model_folder.name == OTHER
    assert session.switching.encoded == len(library.snapshot.index) == PHOTOS
    assert GenerationChanged(other.id) in events
    told = [each for each in events if isinstance(each, GenerationFilling)]
    assert {each.total for each in told} == {PHOTOS}
    after = _encoded(session, _proxies()[3])
    with library.database.read() as connection:
        kept = caches.read_embeddings(connection, other.fingerprint, [digest_of(3)])[digest_of(3)]
        packed = codes.read_one(connection, other.id, ids[3])
    assert after.shape == kept.shape != before.shape
    # The encoder of queries is that of the photos, and the code that of the model's own layer.
    assert np.abs(after.astype(np.float32) - kept).max() < 2e-3
    layer = load_model(library.model_folder).layer
    assert layer.codes(kept[None])[0].tobytes() == packed
    answer = session.search(Query(photo_id=ids[3]))
    assert (answer.generation_id, answer.code_bits) == (other.id, BITS)
    session.switching.switch_to(generations.before_active(library), back=True)
    _over(session)
    assert session.switching.encoded == 0
    assert library.snapshot.generation.id == own.id
    assert library.model_folder == bundled_model_folder()
    assert np.array_equal(_encoded(session, _proxies()[3]), before)


def test_a_batch_that_is_under_way_at_the_switch_is_encoded_by_the_new_model(
    session: WritingSession, other: Generation
) -> None:
    _encoded(session, _proxies()[0])
    answers: list[NDArray[np.float16] | DesktopSearchError] = []
    session.lane.encode(_proxies()[:8], answers.append, query=False)
    session.lane.turn()
    session.lane.use_model(model_folder(session.library.database.paths, OTHER), other.fingerprint)
    session.loop.run(until=lambda: bool(answers))
    [found] = answers
    assert isinstance(found, np.ndarray), found
    assert (
        found.shape[1]
        == load_model(model_folder(session.library.database.paths, OTHER)).layer.dimensions
    )


def test_a_switch_stands_still_and_goes_on_where_it_was(
    session: WritingSession, other: Generation
) -> None:
    library, own, rounds = session.library, session.library.generation, 0

    def encoded() -> int:
        with library.database.read() as connection:
            return len(codes.read_all(connection, other.id, BITS)[0])

    def for_some_rounds() -> bool:
        nonlocal rounds
        rounds += 1
        # Else each round waits for a second, since nothing is under way.
        session.loop.call(lambda: None)
        return rounds > 20

    session.switching.switch_to(other)
    session.loop.run(until=lambda: encoded() > 0)
    session.switching.stand_still(held=True)
    # One batch was under way and one waited; the rest is not sent.
    session.loop.run(until=lambda: encoded() == 2 * SETTINGS.encoder_batch)
    session.loop.run(until=for_some_rounds)
    assert encoded() == 2 * SETTINGS.encoder_batch
    assert library.snapshot.generation.id == own.id
    # Another try, as by a later session, has only the rest to do.
    session.switching.switch_to(other)
    session.switching.stand_still(held=False)
    _over(session)
    assert library.snapshot.generation.id == other.id
    assert session.switching.encoded == PHOTOS - 2 * SETTINGS.encoder_batch


def test_photos_whose_proxy_was_lost_do_not_vanish_by_a_switch(
    session: WritingSession, other: Generation
) -> None:
    library, own = session.library, session.library.generation
    with library.database.write() as connection:
        connection.execute(
            text("DELETE FROM proxies.proxy WHERE digest = :digest"), {"digest": digest_of(5)}
        )
    session.switching.switch_to(other)
    _over(session)
    refused = session.switching.refused
    assert refused is not None
    assert refused.code is ProblemCode.GENERATION_NOT_FILLED
    assert library.snapshot.generation.id == own.id
    assert len(library.snapshot.index) == PHOTOS


def test_a_model_that_was_replaced_since_is_refused(
    session: WritingSession, other: Generation, tmp_path: Path
) -> None:
    put_model(tmp_path, input_px=96)
    with pytest.raises(DesktopSearchError) as refused:
        session.switching.switch_to(other)
    assert refused.value.code is ProblemCode.GENERATION_WITHOUT_MODEL
    assert not session.switching.busy
