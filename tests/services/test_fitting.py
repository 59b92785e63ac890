"""The hash layer is fitted to the library by a real child, over made-up embeddings."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text
from threadpoolctl import threadpool_limits

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.library import Generation
from desktopsearch.domain.metrics import average_precision
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.rankings import rank_codes, shared_labels
from desktopsearch.domain.teaching import Depth
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.training.validation import NeighbourPreservation
from desktopsearch.services import deletion, generations, upkeep
from desktopsearch.services.events import Event, GenerationChanged, Notice
from desktopsearch.services.fitting import FEWEST_PHOTOS, TIMES_LARGER
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching_gathering import Gathering
from desktopsearch.services.teaching_job import Wish
from desktopsearch.services.teaching_material import material
from desktopsearch.storage import caches, codes
from desktopsearch.storage import generations as stored
from tests.services.made_up_library import make_library, teach_at_random

KINDS = 10
PHOTOS = FEWEST_PHOTOS + 50


def one_subject(count: int) -> NDArray[np.float16]:
    """Embeddings (count, D) of photos that have most in common; photo ``n`` is of kind ``n % 10``.

    So half of the bundled layer's bits are the same for all of them.
    """
    generator = np.random.default_rng(0)
    dimensions = load_model(bundled_model_folder()).layer.dimensions
    subject = 4 * generator.standard_normal(dimensions)
    kinds = generator.standard_normal((KINDS, dimensions))[np.arange(count) % KINDS]
    rows = subject + kinds + 1.5 * generator.standard_normal((count, dimensions))
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit.astype(np.float16)


def mean_ap(layer: HashLayer, embeddings: NDArray[np.float16]) -> float:
    found = layer.codes(embeddings)
    labels = np.eye(KINDS, dtype=np.bool_)[np.arange(len(found)) % KINDS]
    itself = np.eye(len(found), dtype=np.bool_)
    rankings = rank_codes(found, found, shared_labels(labels, labels), itself)
    return float(average_precision(rankings).mean())


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def session(tmp_path: Path, events: list[Event]) -> Iterator[WritingSession]:
    paths = LibraryPaths(tmp_path)
    make_library(paths, one_subject(PHOTOS))
    with WritingSession.open(paths, Settings(decoder_processes=1), events.append) as opened:
        yield opened


def consider(session: WritingSession) -> Generation:
    session.fitting.consider()
    session.loop.run(until=lambda: not session.fitting.busy)
    return session.library.snapshot.generation


def test_a_library_about_one_subject_gets_codes_that_tell_its_photos_apart(
    session: WritingSession, events: list[Event]
) -> None:
    own = session.library.snapshot.layer
    fitted = consider(session)
    assert events == [GenerationChanged(fitted.id)]
    [first, second] = generations.every(session.library)
    assert (first.fitted_to, first.active) == (None, False)
    assert (second.fitted_to, second.active, second.generation) == (PHOTOS, True, fitted)
    layer = session.library.snapshot.layer
    assert layer.bits == own.bits
    embeddings = one_subject(PHOTOS)
    assert mean_ap(layer, embeddings) > mean_ap(own, embeddings) + 0.05
    with session.library.database.read() as connection:
        _, packed = codes.read_all(connection, fitted.id, fitted.bits)
    assert np.array_equal(packed, layer.codes(embeddings))
    assert generations.before_active(session.library).id == first.generation.id


def test_the_end_of_a_run_is_when_it_is_done(session: WritingSession) -> None:
    own = session.library.generation
    session.bring_up_to_date()
    assert session.library.generation.id != own.id


def test_a_fitted_library_stays_fitted_when_it_is_opened_again(
    session: WritingSession, tmp_path: Path
) -> None:
    fitted = consider(session)
    session.close()
    with Library.open_writer(LibraryPaths(tmp_path)) as again:
        assert again.snapshot.generation == fitted
        assert len(again.snapshot.index) == PHOTOS


def test_few_photos_are_left_to_the_bundled_layer(tmp_path: Path, events: list[Event]) -> None:
    paths = LibraryPaths(tmp_path)
    make_library(paths, one_subject(FEWEST_PHOTOS - 1))
    with WritingSession.open(paths, Settings(decoder_processes=1), events.append) as session:
        own = session.library.generation
        assert consider(session) == own
    assert events == []


def test_it_is_fitted_anew_when_it_has_become_much_larger(session: WritingSession) -> None:
    first = consider(session)
    assert consider(session) == first
    with session.library.database.write() as connection:
        connection.execute(text("UPDATE fitting SET photos = photos / :n"), {"n": TIMES_LARGER})
    second = consider(session)
    assert second.id != first.id
    assert generations.before_active(session.library) == first
    assert stored_fitting(session, second) == PHOTOS


def test_it_is_fitted_anew_when_it_has_become_much_smaller(session: WritingSession) -> None:
    first = consider(session)
    with session.library.database.write() as connection:
        connection.execute(text("UPDATE fitting SET photos = photos * :n"), {"n": TIMES_LARGER})
    assert consider(session).id != first.id


def test_whoever_goes_back_to_an_earlier_fitting_is_left_alone(session: WritingSession) -> None:
    first = consider(session)
    with session.library.database.write() as connection:
        connection.execute(text("UPDATE fitting SET photos = photos / :n"), {"n": TIMES_LARGER})
    consider(session)
    session.switching.switch_to(generations.before_active(session.library), back=True)
    session.loop.run(until=lambda: not session.switching.busy)
    assert consider(session) == first


def test_what_was_fitted_and_is_not_in_use_can_be_deleted(session: WritingSession) -> None:
    own = session.library.generation
    fitted = consider(session)
    session.switching.switch_to(own, back=True)
    session.loop.run(until=lambda: not session.switching.busy)
    generations.delete(session.library, fitted.id)
    assert [each.generation for each in generations.every(session.library)] == [own]


def test_the_way_back_to_the_model_is_the_way_to_its_fitted_layer(
    session: WritingSession, tmp_path: Path
) -> None:
    fitted = consider(session)
    session.close()
    with Library.open_for_model(LibraryPaths(tmp_path), bundled_model_folder()) as again:
        assert again.generation == fitted


def test_nothing_fitted_is_left_when_the_index_is_deleted(
    session: WritingSession, tmp_path: Path
) -> None:
    own = session.library.generation
    consider(session)
    session.close()
    deletion.delete(LibraryPaths(tmp_path), albums=False)
    with Library.open_writer(LibraryPaths(tmp_path)) as again:
        assert [each.generation for each in generations.every(again)] == [own]


def test_a_switch_that_is_refused_is_not_tried_again_and_again(
    session: WritingSession, events: list[Event]
) -> None:
    own = session.library.generation
    session.fitting.consider()
    session.loop.run(until=lambda: session.library.coming is not None)
    with session.library.database.write() as connection:
        connection.execute(text("DELETE FROM embeddings.embedding"))
    session.loop.run(until=lambda: not session.fitting.busy)
    assert [type(each) for each in events] == [Notice, GenerationChanged]
    assert [each.generation for each in generations.every(session.library)] == [own]
    session.fitting.consider()
    assert not session.fitting.busy


def stored_fitting(session: WritingSession, generation: Generation) -> int:
    with session.library.database.read() as connection:
        return stored.fittings(connection)[generation.id]


def test_whoever_goes_back_is_left_alone(session: WritingSession) -> None:
    own = session.library.generation
    consider(session)
    session.switching.switch_to(generations.before_active(session.library), back=True)
    session.loop.run(until=lambda: not session.switching.busy)
    assert consider(session) == own


def test_what_albums_taught_is_left_alone(session: WritingSession) -> None:
    taught = teach_at_random(session.library, 64, 1)
    session.library.switch_to(taught, back=False)
    assert consider(session) == taught


def test_a_switch_that_a_person_begins_meanwhile_goes_first(session: WritingSession) -> None:
    taught = teach_at_random(session.library, 64, 1)
    session.fitting.consider()
    session.switching.switch_to(taught)
    session.loop.run(until=lambda: not (session.fitting.busy or session.switching.busy))
    assert session.library.snapshot.generation == taught
    assert [each.fitted_to for each in generations.every(session.library)] == [None, None]


def test_a_child_that_is_killed_is_said_and_the_old_codes_answer(
    session: WritingSession, events: list[Event]
) -> None:
    own = session.library.generation
    session.fitting.consider()
    child = None
    while child is None:
        session.loop.round()
        child = session.fitting._child
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    session.loop.run(until=lambda: not session.fitting.busy)
    [notice] = events
    assert isinstance(notice, Notice)
    assert notice.code is ProblemCode.FITTING_STOPPED
    assert session.library.snapshot.generation == own
    assert consider(session) == own, "it is not tried again and again"


def test_a_process_that_dies_during_the_switch_leaves_it_to_the_next(
    session: WritingSession, tmp_path: Path
) -> None:
    own = session.library.generation
    session.fitting.consider()
    session.loop.run(until=lambda: session.library.coming is not None)
    session.close()
    with WritingSession.open(LibraryPaths(tmp_path), Settings(1), lambda _event: None) as again:
        assert again.library.generation == own
        fitted = consider(again)
        left = [(each.generation, each.fitted_to) for each in generations.every(again.library)]
        assert left == [(own, None), (fitted, PHOTOS)]


@cache
def better_layer(bits: int) -> HashLayer:
    """A layer that keeps more neighbours than the one that the child will make."""
    embeddings = one_subject(PHOTOS)
    keeps = NeighbourPreservation(embeddings)
    # Two threads on a busy machine would wait for each other for minutes.
    with threadpool_limits(1, user_api="blas"):
        childs, *others = (fit_itq(embeddings, bits, seed) for seed in range(4))
        best = max(others, key=lambda layer: keeps(layer.codes(embeddings)) or 0.0)
        kept = [keeps(layer.codes(embeddings)) or 0.0 for layer in (childs, best)]
    assert kept[0] < kept[1]
    return best


def use_a_better_layer(session: WritingSession) -> Generation:
    own, embeddings = session.library.generation, one_subject(PHOTOS)
    best = better_layer(own.bits)
    with session.library.database.write() as connection:
        better = stored.add(
            connection,
            name=own.name,
            model=own.model,
            fingerprint=own.fingerprint,
            bits=own.bits,
            hash_layer=best.to_bytes(),
        )
        stored.keep_fitting(connection, better.id, PHOTOS // TIMES_LARGER)
    session.library.switch_to(better, back=False)
    with session.library.database.write() as connection:
        rows = enumerate(best.codes(embeddings), 1)
        codes.write(connection, better.id, [(each, code.tobytes()) for each, code in rows])
    session.library.resync_index()
    return better


def test_a_layer_that_keeps_fewer_neighbours_is_not_used(session: WritingSession) -> None:
    better = use_a_better_layer(session)
    session.fitting.consider()
    assert session.fitting.busy
    session.loop.run(until=lambda: not session.fitting.busy)
    assert session.library.snapshot.generation == better


@pytest.fixture
def declined(session: WritingSession, tmp_path: Path) -> Iterator[WritingSession]:
    """The library as it is opened again after a fit was declined."""
    use_a_better_layer(session)
    consider(session)
    session.close()
    with WritingSession.open(LibraryPaths(tmp_path), Settings(1), lambda _event: None) as again:
        yield again


def is_tried(session: WritingSession) -> bool:
    session.fitting.consider()
    return session.fitting.busy


def test_what_was_declined_is_not_tried_at_the_next_start(declined: WritingSession) -> None:
    assert not is_tried(declined)


@pytest.mark.parametrize(
    ("photos", "tried"),
    [
        (f"photos * {TIMES_LARGER} - 1", False),
        (f"photos * {TIMES_LARGER}", True),
        (f"photos / {TIMES_LARGER} + 1", False),
        (f"photos / {TIMES_LARGER}", True),
    ],
)
def test_what_was_declined_is_tried_again_when_the_library_has_changed_as_much_as_for_a_fit(
    declined: WritingSession, photos: str, tried: bool
) -> None:
    with declined.library.database.write() as connection:
        connection.execute(text(f"UPDATE embeddings.declined_fit SET photos = {photos}"))
    assert is_tried(declined) is tried


def test_what_was_declined_says_nothing_of_another_layer(declined: WritingSession) -> None:
    better = declined.library.generation
    declined.library.switch_to(generations.before_active(declined.library), back=True)
    generations.delete(declined.library, better.id)
    assert is_tried(declined)


def test_what_was_declined_is_tried_again_when_all_is_made_anew(declined: WritingSession) -> None:
    better = declined.library.generation
    upkeep.forget_derived(declined.library)
    with declined.library.database.read() as connection:
        assert not caches.declined_fit_of(connection, better.fingerprint, better.hash_layer)


def test_teaching_is_compared_with_the_fitted_layer(session: WritingSession) -> None:
    fitted = consider(session)
    gathering = Gathering(session.library, Wish(), material(session.library, Depth.HEAD))
    while (kept := gathering.turn()) is None:
        pass
    assert kept.teach.old_layer == fitted.hash_layer
