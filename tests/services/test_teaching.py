"""Teaching a real library with the real trainer: better and used, killed and gone on, cancelled."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.teaching import Reason
from desktopsearch.hashing.teaching.proof import NEW, OLD, Figures
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services import generations, teaching_job
from desktopsearch.services.events import Event, GenerationChanged, TeachingHeld, TeachingProgress
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching import Outcome, Teaching
from desktopsearch.services.teaching_forecast import forecast
from desktopsearch.services.teaching_job import KeptJob, Wish
from desktopsearch.services.teaching_prospect import prospect
from desktopsearch.storage import codes
from desktopsearch.storage import generations as stored
from desktopsearch.teaching_texts import loss_sentence
from tests.services.made_up_library import embeddings_of_kinds, make_library

KINDS, PHOTOS, LABELLED = 4, 200, 72
EPOCHS = 8
SETTINGS = Settings(
    decoder_processes=1, encoder_device="cpu", encoder_threads=1, teaching_epochs=EPOCHS
)

Answers = list[Outcome | DesktopSearchError | Cancelled]


class Taught:
    """A library that was taught, and what was said meanwhile."""

    def __init__(self, paths: LibraryPaths) -> None:
        self.paths = paths
        self.ids = make_library(paths, embeddings_of_kinds(PHOTOS, KINDS, 2.5))
        self.events: list[Event] = []

    def open(self) -> WritingSession:
        return WritingSession.open(self.paths, SETTINGS, self.events.append)

    def label(self, count: int, kinds: int = KINDS) -> None:
        """Put the first photos into an album for each kind."""
        with self.open() as session:
            labelling = Labelling(session.library, self.events.append)
            for kind in range(kinds):
                album = labelling.create(f"kind {kind}")
                labelling.add(album.id, self.ids[kind:count:KINDS])


def _three_places(value: float, _places: int) -> str:
    return f"{value:.3f}"


def _teach(
    session: WritingSession, wish: Wish, until: Callable[[], bool] = lambda: False
) -> Answers:
    answers: Answers = []
    session.teaching.start(wish, answers.append)
    session.loop.run(until=lambda: until() or bool(answers and not session.switching.busy))
    return answers


def _begun(session: WritingSession) -> KeptJob:
    """Begin to teach, and return the job once it is written down."""
    session.teaching.start(Wish(), lambda _: None)
    session.loop.run(until=lambda: bool(list(session.teaching.waitables())))
    kept = teaching_job.interrupted(session.library)
    assert kept is not None
    return kept


def _matrix(content: bytes, kept: KeptJob) -> NDArray[np.bool_]:
    return np.frombuffer(content, np.bool_).reshape(-1, kept.teach.albums)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Taught, Outcome]:
    """A library after it was taught from albums that mean something."""
    taught = Taught(LibraryPaths(tmp_path_factory.mktemp("learnt")))
    taught.label(LABELLED)
    with taught.open() as session:
        [outcome] = _teach(session, Wish("ssdh_sup", 32))
    assert isinstance(outcome, tuple), outcome
    return taught, outcome


def test_what_is_proven_better_is_used_at_once(learnt: tuple[Taught, Outcome]) -> None:
    taught, (generation, report) = learnt
    assert report.proof is not None
    assert report.proof.verdict.finding is Finding.BETTER
    assert report.accepted
    assert report.whole
    assert report.labelled == LABELLED
    assert report.unlabelled == PHOTOS - LABELLED
    assert [album.photos for album in report.albums] == [LABELLED // KINDS] * KINDS
    labelled = set(taught.ids[:LABELLED])
    assert len(report.examples) == 3
    for each in report.examples:
        assert each.query in labelled
        assert len(each.before) == len(each.after) == 6
        assert each.query not in each.before + each.after
        assert set(each.together) <= labelled
    assert GenerationChanged(generation.id) in taught.events
    assert any(isinstance(event, TeachingProgress) for event in taught.events)
    with taught.open() as session:
        snapshot = session.library.snapshot
        assert snapshot.generation.id == generation.id
        assert len(snapshot.index) == PHOTOS
        first, second = generations.every(session.library)
        assert (first.active, second.active) == (False, True)
        assert first.report is None
        assert second.report == report
        expected = forecast(session.library, report.objective, PHOTOS)
        assert expected.low_s < report.seconds < expected.high_s
    assert not teaching_job.folder_of(taught.paths).exists()


def test_what_makes_worse_among_all_photos_is_not_used_and_is_told_of(
    learnt: tuple[Taught, Outcome],
) -> None:
    _taught, (_generation, report) = learnt
    assert report.proof is not None
    assert report.finds_enough
    assert loss_sentence(report, _three_places) == ""
    found = {OLD: Figures(0.8, 0.9), NEW: Figures(0.779, 0.9)}
    worse = msgspec.structs.replace(
        report, proof=msgspec.structs.replace(report.proof, library=found)
    )
    assert not worse.accepted
    assert "mAP 0.800 before, 0.779 taught" in loss_sentence(worse, _three_places)
    found[NEW] = Figures(0.781, 0.9)
    assert worse.accepted, "no less than what would be no gain either"


def test_undone_and_done_again_and_deleted(learnt: tuple[Taught, Outcome], tmp_path: Path) -> None:
    taught, (generation, _) = learnt
    shutil.copytree(taught.paths.folder, tmp_path / "copy")
    with WritingSession.open(LibraryPaths(tmp_path / "copy"), SETTINGS, lambda _: None) as session:
        library = session.library
        before = generations.before_active(library)
        session.switching.switch_to(before, back=True)
        session.loop.run(until=lambda: not session.switching.busy)
        assert library.snapshot.generation.id == before.id
        assert library.snapshot.generation.bits == 256
        with pytest.raises(DesktopSearchError) as none:
            generations.before_active(library)
        assert none.value.code is ProblemCode.GENERATION_NONE_BEFORE
        session.switching.switch_to(generations.known(library, generation.id))
        session.loop.run(until=lambda: not session.switching.busy)
        assert library.snapshot.generation.id == generation.id
        with pytest.raises(DesktopSearchError) as active:
            generations.delete(library, generation.id)
        assert active.value.code is ProblemCode.GENERATION_ACTIVE
        with pytest.raises(DesktopSearchError) as own:
            generations.delete(library, before.id)
        assert own.value.code is ProblemCode.GENERATION_OF_MODEL
        session.switching.switch_to(before, back=True)
        session.loop.run(until=lambda: not session.switching.busy)
        generations.delete(library, generation.id)
        with pytest.raises(DesktopSearchError) as unknown:
            generations.known(library, generation.id)
        assert unknown.value.code is ProblemCode.GENERATION_UNKNOWN


def test_photos_that_came_later_get_codes_of_an_older_generation_too(
    learnt: tuple[Taught, Outcome], tmp_path: Path
) -> None:
    taught, (generation, _) = learnt
    shutil.copytree(taught.paths.folder, tmp_path / "copy")
    with WritingSession.open(LibraryPaths(tmp_path / "copy"), SETTINGS, lambda _: None) as session:
        library = session.library
        own = generations.every(library)[0].generation
        with library.database.write() as connection:
            codes.delete_all(connection, own.id)
        session.switching.switch_to(own, back=True)
        session.switching.turn()
        # Half-way, the old generation still answers.
        assert library.snapshot.generation.id == generation.id
        session.loop.run(until=lambda: not session.switching.busy)
        assert library.snapshot.generation.id == own.id
        assert len(library.snapshot.index) == PHOTOS
        assert session.switching.encoded == PHOTOS


def test_a_generation_of_another_model_is_refused(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    with taught.open() as session:
        own = session.library.snapshot.generation
        with session.library.database.write() as connection:
            other = stored.add(
                connection,
                name="x",
                model="x",
                fingerprint="x",
                bits=256,
                hash_layer=own.hash_layer,
            )
        with pytest.raises(DesktopSearchError) as refused:
            session.switching.switch_to(other)
        assert refused.value.code is ProblemCode.GENERATION_WITHOUT_MODEL


def test_without_labels_nothing_is_proven_and_nothing_changes(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    with taught.open() as session:
        active = session.library.snapshot.generation.id
        [outcome] = _teach(session, Wish("ddh", 32))
        assert isinstance(outcome, tuple), outcome
        assert outcome[1].proof is None
        assert not outcome[1].accepted
        assert session.library.snapshot.generation.id == active


@pytest.mark.parametrize(("count", "kinds"), [(LABELLED, 1), (8, 4)])
def test_too_few_labels_are_refused_in_words(tmp_path: Path, count: int, kinds: int) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(count, kinds)
    with taught.open() as session:
        [outcome] = _teach(session, Wish())
        assert isinstance(outcome, DesktopSearchError)
        assert outcome.code is ProblemCode.TRAINING_TOO_FEW_LABELS
        assert not teaching_job.folder_of(taught.paths).exists()
        assert len(generations.every(session.library)) == 1


def test_a_teaching_that_was_interrupted_goes_on_with_what_it_began_with(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(LABELLED)
    wish = Wish("ddh", 32)

    def two_epochs() -> bool:
        return sum(isinstance(event, TeachingProgress) for event in taught.events) >= 2

    with taught.open() as session:
        assert _teach(session, wish, until=two_epochs) == []
        begun = teaching_job.interrupted(session.library)
    assert begun is not None
    told = len(taught.events)
    with taught.open() as session:
        assert teaching_job.interrupted(session.library) == begun
        [outcome] = _teach(session, wish)
        assert isinstance(outcome, tuple), outcome
        assert teaching_job.interrupted(session.library) is None
    epochs = [event.epoch.epoch for event in taught.events if isinstance(event, TeachingProgress)]
    assert epochs[-1] > 2
    assert told < len(taught.events)


def test_labels_that_changed_since_make_a_new_job(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(LABELLED)
    with taught.open() as session:
        first = _begun(session)
        assert first.job.reason is Reason.MANY_UNLABELLED
    with taught.open() as session:
        assert _begun(session) == first
    with taught.open() as session:
        album = session.labelling.create("another")
        session.labelling.add(album.id, taught.ids[:5])
        second = _begun(session)
        assert second.job.albums[0].name == "another"
        labels = _matrix(second.teach.labels, second)
        assert labels.sum(axis=0).tolist() == [5, *[LABELLED // KINDS] * KINDS]
        assert second.teach.rejections == b""


def test_rejections_are_handed_on_and_counted_as_the_prospect_counts_them(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(LABELLED)
    with taught.open() as session:
        album, other = session.labelling.create("rejecting"), session.labelling.create("empty")
        session.labelling.add(album.id, taught.ids[:5])
        session.labelling.reject(album.id, taught.ids[70:80])
        # An album without photos says nothing, and neither does what it rejects.
        session.labelling.reject(other.id, taught.ids[100:110])
        found = prospect(session.library)
        kept = _begun(session)
    labels, rejections = _matrix(kept.teach.labels, kept), _matrix(kept.teach.rejections, kept)
    assert [each.name for each in kept.job.albums][-1] == "rejecting"
    assert rejections.sum(axis=0).tolist() == [0, 0, 0, 0, 10]
    # Two of the ten are in an album; the others come right behind the labelled ones.
    assert np.flatnonzero(rejections.any(axis=1)).tolist() == [*range(70, 80)]
    assert not labels[72:].any()
    assert (kept.job.labelled, kept.job.unlabelled, kept.job.rejected) == (72, 128, 10)
    assert (found.labelled, found.unlabelled, found.rejected) == (72, 128, 10)
    assert found.albums == kept.job.albums


def test_photos_that_lie_nowhere_or_have_no_embedding_are_neither_counted_nor_used(
    tmp_path: Path,
) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(LABELLED)
    with taught.open() as session:
        library = session.library
        library.snapshot.index.remove(np.array(taught.ids[:4]))
        with library.database.write() as connection:
            connection.exec_driver_sql(
                "DELETE FROM embeddings.embedding WHERE digest IN"
                f" (SELECT digest FROM photo WHERE id IN ({taught.ids[4]}, {taught.ids[190]}))"
            )
        found = prospect(library)
        kept = _begun(session)
    assert (found.labelled, found.unlabelled) == (67, 127)
    assert (kept.job.labelled, kept.job.unlabelled) == (67, 127)
    assert len(_matrix(kept.teach.labels, kept)) == 67 + 127
    assert len(kept.teach.embeddings) == (67 + 127) * kept.teach.dimensions * 2


def test_what_died_between_the_outcome_and_its_answer_is_not_taught_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    wish = Wish("ddh", 32)

    class Death(BaseException):
        pass

    def die(*_: object) -> None:
        raise Death

    with taught.open() as session, monkeypatch.context() as patched:
        # The generation and its report are in the library; nothing else has happened yet.
        patched.setattr(Teaching, "_succeed", die)
        with pytest.raises(Death):
            _teach(session, wish)
        before = session.library.snapshot.generation.id
    told = len(taught.events)
    with taught.open() as session:
        assert session.library.snapshot.generation.id == before
        [outcome] = _teach(session, wish)
        assert isinstance(outcome, tuple), outcome
        assert [each.generation.id for each in generations.every(session.library)] == [
            before,
            outcome[0].id,
        ]
        assert teaching_job.interrupted(session.library) is None
    assert not any(isinstance(event, TeachingProgress) for event in taught.events[told:])


def test_a_switch_that_was_cut_short_is_begun_again_and_nothing_is_taught_twice(
    tmp_path: Path,
) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    taught.label(LABELLED)
    wish = Wish("ssdh_sup", 32)
    answers: Answers = []
    with taught.open() as session:
        before = session.library.snapshot.generation.id
        session.teaching.start(wish, answers.append)
        session.loop.run(until=lambda: bool(answers))
        assert session.switching.busy
    [first] = answers
    assert isinstance(first, tuple), first
    told = len(taught.events)
    with taught.open() as session:
        assert session.library.snapshot.generation.id == before
        assert teaching_job.interrupted(session.library) is not None
        [outcome] = _teach(session, wish)
        assert outcome == first
        assert session.library.snapshot.generation.id == first[0].id
        assert not teaching_job.folder_of(taught.paths).exists()
        assert len(generations.every(session.library)) == 2
    assert not any(isinstance(event, TeachingProgress) for event in taught.events[told:])


def test_a_bug_of_the_trainer_ends_the_teaching_alone_and_the_job_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    with taught.open() as session:
        kept = _begun(session)
    torn = msgspec.structs.replace(kept.teach, embeddings=kept.teach.embeddings[:-1])
    job = teaching_job.folder_of(taught.paths) / "job"
    job.write_bytes(msgspec.msgpack.encode(KeptJob(kept.job, torn)))
    with taught.open() as session:
        [outcome] = _teach(session, Wish())
        assert isinstance(outcome, DesktopSearchError)
        assert outcome.code is ProblemCode.TEACHING_STOPPED
        assert str(outcome.parameters["reason"]).startswith("ValueError: ")
        assert "Traceback (most recent call last)" in caplog.text
        assert not session.teaching.busy
        assert job.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_runs_full_is_told_of_and_the_job_is_gone_on_with(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    with taught.open() as session:
        kept = _begun(session)
    place = teaching_job.folder_of(taught.paths) / "lesson-0"
    place.mkdir(parents=True, exist_ok=True)
    full = place / "training.checkpoint.partial"
    full.symlink_to("/dev/full")
    with taught.open() as session:
        [outcome] = _teach(session, Wish())
        assert isinstance(outcome, DesktopSearchError)
        assert outcome.code is ProblemCode.LIBRARY_DISK_FULL
        assert teaching_job.interrupted(session.library) == kept
        full.unlink()
        [outcome] = _teach(session, Wish())
        assert isinstance(outcome, tuple), outcome
        assert outcome[1].job == kept.job.id
        assert session.teaching.resumed


def test_a_teaching_stands_still_goes_on_and_can_be_cancelled_meanwhile(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))

    def progress() -> list[TeachingProgress]:
        return [event for event in taught.events if isinstance(event, TeachingProgress)]

    def held() -> list[TeachingHeld]:
        return [event for event in taught.events if isinstance(event, TeachingHeld)]

    with taught.open() as session:
        answers: Answers = []
        teaching = session.teaching
        teaching.stand_still(paused=True, on_battery=False)
        teaching.start(Wish("ddh", 32), answers.append)
        rounds = 0

        def some_rounds() -> bool:
            nonlocal rounds
            rounds += 1
            # Else each round waits for a second, since nothing is under way.
            session.loop.call(lambda: None)
            return rounds > 20

        session.loop.run(until=some_rounds)
        assert held() == [TeachingHeld(held=True, on_battery=False)]
        assert teaching_job.interrupted(session.library) is not None
        assert list(teaching.waitables()) == []
        teaching.stand_still(paused=False, on_battery=False)
        session.loop.run(until=lambda: len(progress()) > 2)
        teaching.stand_still(paused=False, on_battery=True)
        assert list(teaching.waitables()) == []
        before = len(progress())
        teaching.stand_still(paused=True, on_battery=False)
        teaching.stand_still(paused=False, on_battery=False)
        session.loop.run(until=lambda: bool(answers))
        [outcome] = answers
        assert isinstance(outcome, tuple), outcome
        # What was over before is told once more, not learnt once more.
        assert progress()[before].epoch == progress()[0].epoch
        assert [each.held for each in held()] == [True, False, True, True, False]
        assert outcome[1].whole
        teaching.stand_still(paused=True, on_battery=False)
        teaching.start(Wish("ddh", 32), answers.append)
        teaching.cancel()
        assert isinstance(answers[-1], Cancelled)
        assert not teaching_job.folder_of(taught.paths).exists()


def test_a_job_that_cannot_be_written_down_is_refused_in_words(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    teaching_job.folder_of(taught.paths).write_bytes(b"in the way")
    with taught.open() as session:
        [outcome] = _teach(session, Wish("ddh", 32))
        assert isinstance(outcome, DesktopSearchError)
        assert outcome.code is ProblemCode.LIBRARY_UNWRITABLE
        assert not session.teaching.busy


def test_a_cancelled_teaching_leaves_nothing_behind(tmp_path: Path) -> None:
    taught = Taught(LibraryPaths(tmp_path))
    with taught.open() as session:
        answers: Answers = []
        session.teaching.start(Wish("ddh", 32), answers.append)
        with pytest.raises(DesktopSearchError) as twice:
            session.teaching.start(Wish("ddh", 32), answers.append)
        assert twice.value.code is ProblemCode.TEACHING_UNDER_WAY
        session.loop.run(
            until=lambda: any(isinstance(each, TeachingProgress) for each in taught.events)
        )
        session.teaching.cancel()
        assert isinstance(answers[0], Cancelled)
        assert not session.teaching.busy
        assert not teaching_job.folder_of(taught.paths).exists()
        assert len(generations.every(session.library)) == 1
