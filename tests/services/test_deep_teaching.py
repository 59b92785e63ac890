"""Teaching the network of a real library with the real trainer: used, undone, killed, cancelled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.teaching import Depth
from desktopsearch.hashing.model import load_model
from desktopsearch.services import generations, models, teaching_job
from desktopsearch.services.events import (
    Event,
    GenerationFilling,
    TeachingForetold,
    TeachingPrepared,
    TeachingProgress,
)
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching import Outcome
from desktopsearch.services.teaching_job import KeptJob, Wish
from desktopsearch.services.teaching_prospect import prospect
from desktopsearch.storage import caches, codes
from desktopsearch.storage import generations as stored
from tests.journeys.command import Desktopsearch
from tests.services.made_up_library import embeddings_of_kinds, make_library
from tests.small_model import OTHER, proxy_of_kind, put_model
from tests.storage.fill import digest_of

PHOTOS, LABELLED, PX = 90, 72, 64
# Some tens of seconds of work, and the machine may be busy otherwise.
pytestmark = pytest.mark.timeout(300)
SETTINGS = Settings(
    decoder_processes=1,
    encoder_device="cpu",
    encoder_threads=1,
    encoder_ahead=False,
    teaching_epochs=1,
)
WISH = Wish("ssdh_sup", 16, depth=Depth.DEEP)

Answers = list[Outcome | DesktopSearchError | Cancelled]


def _open(folder: Path, events: list[Event] | None = None) -> WritingSession:
    said: list[Event] = [] if events is None else events
    return WritingSession.open(LibraryPaths(folder), SETTINGS, said.append)


def _teach(session: WritingSession, until: Callable[[], bool] = lambda: False) -> Answers:
    answers: Answers = []
    session.teaching.start(WISH, answers.append)
    session.loop.run(until=lambda: until() or bool(answers and not session.switching.busy))
    return answers


def _taught_models(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "models").iterdir() if path.name != OTHER)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that uses another model than the bundled one, with three albums."""
    folder = tmp_path_factory.mktemp("labelled")
    paths = LibraryPaths(folder)
    ids = make_library(paths, embeddings_of_kinds(PHOTOS, 3, 1.0))
    put_model(folder, PX, 256)
    with Library.open_writer(paths) as library, library.database.write() as connection:
        for number in range(PHOTOS):
            caches.write_proxy(connection, digest_of(number), proxy_of_kind(number, PX))
    models.use(paths, OTHER, SETTINGS, lambda _: None, lambda: False)
    with _open(folder) as session:
        labelling = Labelling(session.library, lambda _: None)
        for kind in range(3):
            album = labelling.create(f"kind {kind}")
            labelling.add(album.id, ids[kind:LABELLED:3])
    return folder


@pytest.fixture
def library(labelled: Path, tmp_path: Path) -> Path:
    """That library, to be changed."""
    shutil.copytree(labelled, tmp_path / "library")
    return tmp_path / "library"


def _begun(session: WritingSession) -> KeptJob:
    """Begin to teach, and return the job once it is written down."""
    session.teaching.start(WISH, lambda _: None)
    session.loop.run(until=lambda: bool(list(session.teaching.waitables())))
    kept = teaching_job.interrupted(session.library)
    assert kept is not None
    return kept


def test_photos_without_a_proxy_are_left_out_and_a_damaged_job_is_not_gone_on_with(
    library: Path,
) -> None:
    with _open(library) as session:
        with session.library.database.write() as connection:
            connection.exec_driver_sql(
                "DELETE FROM proxies.proxy WHERE digest = ?", (digest_of(2),)
            )
        kept = _begun(session)
        below = kept.teach.below
        assert below is not None
        assert len(below.lengths) == (PHOTOS - 1) * 8
        assert len(kept.teach.labels) == (PHOTOS - 1) * 3
        Path(below.proxies).write_bytes(b"cut off")
        assert teaching_job.interrupted(session.library) is None


@pytest.fixture(scope="module")
def taught(
    labelled: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Outcome, list[Event]]:
    """That library after it was taught, closed before photos were encoded with the new model."""
    folder = tmp_path_factory.mktemp("taught") / "library"
    shutil.copytree(labelled, folder)
    answers: Answers = []
    events: list[Event] = []
    with _open(folder, events) as session:
        session.teaching.start(WISH, answers.append)
        session.loop.run(until=lambda: bool(answers))
        assert session.switching.busy, answers
    [outcome] = answers
    assert isinstance(outcome, tuple), outcome
    return folder, outcome, events


def test_a_network_is_taught_proven_used_undone_and_deleted(
    taught: tuple[Path, Outcome, list[Event]], tmp_path: Path
) -> None:
    folder, (generation, report), events = taught
    assert report.accepted
    assert report.depth is Depth.DEEP
    assert report.stages == 4
    assert (report.labelled, report.unlabelled) == (LABELLED, PHOTOS - LABELLED)
    assert report.proof is not None
    assert report.proof.folds == 2
    foretold = [each for each in events if isinstance(each, TeachingForetold)]
    assert len(foretold) == 1
    assert 0 < foretold[0].low_s < foretold[0].high_s
    prepared = [each for each in events if isinstance(each, TeachingPrepared)]
    assert [(each.done, each.total) for each in prepared] == [(PHOTOS, PHOTOS)]
    began = next(n for n, each in enumerate(events) if isinstance(each, TeachingProgress))
    assert events.index(foretold[0]) < began
    shutil.copytree(folder, tmp_path / "copy")
    folder = tmp_path / "copy"
    later: list[Event] = []
    with _open(folder, later) as session:
        library, own = session.library, session.library.generation
        # It was closed before all photos had their codes.
        assert own.model == OTHER
        assert _teach(session) == [(generation, report)]
        assert not any(isinstance(each, TeachingProgress) for each in later)
        assert any(isinstance(each, GenerationFilling) for each in later)
        assert library.generation.id == generation.id
        assert len(library.snapshot.index) == PHOTOS
        assert _taught_models(folder) == [generation.model]
        assert library.model_folder == folder / "models" / generation.model
        assert load_model(library.model_folder).manifest.taught_from == OTHER
        assert not teaching_job.folder_of(library.database.paths).exists()
        with pytest.raises(DesktopSearchError) as refused:
            session.teaching.start(WISH, lambda _: None)
        assert refused.value.code is ProblemCode.TEACHING_ON_TAUGHT
        assert refused.value.parameters["model"] == OTHER
        offered = prospect(library)
        assert offered.taught_from == OTHER
        assert not offered.suffices(labels=True)
        session.switching.switch_to(generations.before_active(library), back=True)
        session.loop.run(until=lambda: not session.switching.busy)
        assert library.generation.id == own.id
        assert session.switching.encoded == 0
        generations.delete(library, generation.id)
        assert _taught_models(folder) == []
        with library.database.read() as connection:
            assert caches.read_embeddings(connection, own.fingerprint, [digest_of(1)])
            assert not caches.read_embeddings(connection, generation.fingerprint, [digest_of(1)])
    listed = [entry.name for entry in models.every(LibraryPaths(folder))]
    assert listed == ["general-1", OTHER]


_FILLS = """
import sys
from pathlib import Path
from tests.services.test_deep_teaching import _open, _teach
with _open(Path(sys.argv[1])) as session:
    _teach(session)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
def test_killed_while_photos_are_encoded_it_goes_on_where_it_was(
    taught: tuple[Path, Outcome, list[Event]], tmp_path: Path
) -> None:
    folder, (generation, report), _ = taught
    shutil.copytree(folder, tmp_path / "copy")
    folder = tmp_path / "copy"

    def encoded() -> int:
        with Library.open_reader(LibraryPaths(folder)) as library:
            assert library.generation.model == OTHER
            with library.database.read() as connection:
                return len(codes.read_all(connection, generation.id, generation.bits)[0])

    before = encoded()
    process = subprocess.Popen([sys.executable, "-c", _FILLS, str(folder)])
    try:
        until = time.monotonic() + 60
        while encoded() == before and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = encoded()
    assert before < done < PHOTOS
    with _open(folder) as session:
        assert session.library.generation.model == OTHER
        assert _teach(session) == [(generation, report)]
        assert session.switching.encoded == PHOTOS - done
        assert session.library.generation.id == generation.id


def test_cancelled_it_leaves_nothing_behind(library: Path) -> None:
    events: list[Event] = []
    # As a job that can no longer be read may have left it.
    (library / "models" / ".taught-long ago").mkdir()
    with _open(library, events) as session:
        answers: Answers = []
        session.teaching.start(WISH, answers.append)
        session.loop.run(until=lambda: any(isinstance(each, TeachingProgress) for each in events))
        session.teaching.cancel()
        assert isinstance(answers[0], Cancelled)
        assert _taught_models(library) == []
        assert not teaching_job.folder_of(session.library.database.paths).exists()
        assert len(generations.every(session.library)) == 2


def test_what_died_between_the_model_and_its_generation_is_made_good(
    taught: tuple[Path, Outcome, list[Event]], tmp_path: Path
) -> None:
    folder, (generation, _), _ = taught
    shutil.copytree(folder, tmp_path / "copy")
    folder, events = tmp_path / "copy", list[Event]()
    with (
        Library.open_writer(LibraryPaths(folder)) as opened,
        opened.database.write() as connection,
    ):
        stored.remove(connection, generation.id)
    assert _taught_models(folder) == [generation.model]
    with _open(folder, events) as session:
        [outcome] = _teach(session)
        assert isinstance(outcome, tuple), outcome
        # What was learnt is not learnt again.
        assert not any(isinstance(each, TeachingProgress) for each in events)
        assert _taught_models(folder) == [generation.model] == [outcome[0].model]
        assert outcome[0].fingerprint == generation.fingerprint
        assert session.library.generation.id == outcome[0].id


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_runs_full_is_told_of_and_the_job_is_kept(library: Path) -> None:
    with _open(library) as session:
        kept = _begun(session)
    place = teaching_job.folder_of(LibraryPaths(library)) / "lesson-0" / "choosing"
    place.mkdir(parents=True, exist_ok=True)
    (place / "training.checkpoint.partial").symlink_to("/dev/full")
    with _open(library) as session:
        [outcome] = _teach(session)
        assert isinstance(outcome, DesktopSearchError)
        assert outcome.code is ProblemCode.LIBRARY_DISK_FULL
        assert teaching_job.interrupted(session.library) == kept


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
def test_the_command_line_says_what_it_will_take_before_it_learns(library: Path) -> None:
    command = Desktopsearch(library)
    wish = ("train", "--objective", "ssdh_sup", "--bits", "16", "--depth", "deep", "--json")
    process = command.start(*wish)
    assert process.stderr is not None
    said: list[str] = []
    try:
        while not said or not said[-1].startswith("It will take about"):
            line = process.stderr.readline().decode()
            assert line, said
            said.append(line)
        assert said[-2] == "How long it will take is measured before it begins; it may be hours.\n"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate()
    finally:
        process.kill()
        process.wait()
    assert process.returncode != 0
    assert rest.decode().splitlines()[-1] == "desktopsearch: stopped; what was done is kept."
    with _open(library) as session:
        kept = teaching_job.interrupted(session.library)
        assert kept is not None
        assert kept.job.wish == WISH
        assert session.library.generation.model == OTHER


def test_the_command_line_tells_of_the_network_in_its_report(
    taught: tuple[Path, Outcome, list[Event]], tmp_path: Path
) -> None:
    folder, (generation, _), _ = taught
    shutil.copytree(folder, tmp_path / "copy")
    command = Desktopsearch(tmp_path / "copy")
    answer = command.json("train", "--objective", "ssdh_sup", "--bits", "16", "--depth", "deep")
    assert (answer["generation"], answer["activated"]) == (generation.id, True)
    report = answer["report"]
    assert (report["depth"], report["stages"], report["folds"]) == ("deep", 4, 2)
    assert report["verdict"]["queries"] == LABELLED
    assert command.json("status")["model"] == generation.model
    assert command.json("doctor")["ok"] is True
    back = command.json("generations", "rollback")["generations"]
    assert [each["active"] for each in back] == [False, True, False]
    forward = command.json("generations", "activate", generation.id)["generations"]
    assert forward[2]["active"]
    command.json("model", "use", OTHER)
    command.json("generations", "delete", generation.id)
    assert [each["name"] for each in command.json("model", "list")["models"]] == [
        "general-1",
        OTHER,
    ]
