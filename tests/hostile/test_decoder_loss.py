"""A file that hangs, crashes or confuses the decoder costs itself and nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, Settings, default_settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.ipc.child import Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Ready
from desktopsearch.services import folders, problems, reading, searching, upkeep
from desktopsearch.services.events import Event, RunFinished
from desktopsearch.services.session import WritingSession
from tests.hostile import sabotage
from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import put, put_bytes
from tests.journeys.processes import children_of, needs_proc

SETTINGS = replace(
    default_settings(),
    decoder_processes=2,
    decode_deadline_s=2.0,
    identify_deadline_s=2.0,
    scan_silence_s=2.0,
)


class Run:
    """A session on a library, with sabotaged decoders."""

    def __init__(self, data: Path, settings: Settings = SETTINGS) -> None:
        self.events: list[Event] = []
        self.session = WritingSession.open(LibraryPaths(data), settings, self.events.append)

    def index(self, *paths: Path, retry: bool = False) -> RunFinished:
        folders.add(self.session.library, paths)
        self.session.bring_up_to_date(retry=retry)
        return [event for event in self.events if isinstance(event, RunFinished)][-1]

    def problems(self) -> dict[str, ProblemCode]:
        return {
            Path(os.fsdecode(problem.path)).name: problem.code
            for problem in problems.every(self.session.library)
        }


@pytest.fixture
def run(command: Desktopsearch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr(reading, "DECODER", sabotage.ROLE)
    monkeypatch.setattr(searching, "DECODER", sabotage.ROLE)
    run = Run(command.folder)
    yield run
    run.session.close()


DEEDS = {
    "decode hangs.jpg": ProblemCode.FILE_TIMED_OUT,
    "decode segfaults.jpg": ProblemCode.FILE_CRASHED,
    "decode exits.jpg": ProblemCode.FILE_CRASHED,
    "decode raises.jpg": ProblemCode.FILE_CRASHED,
    "identify hangs.jpg": ProblemCode.FILE_UNANSWERED,
    "identify segfaults.jpg": ProblemCode.FILE_CRASHED,
    "after segfaults.jpg": ProblemCode.FILE_CRASHED,
}
TRIED_AGAIN = {"identify hangs.jpg"}


def test_each_deed_costs_its_own_file(run: Run, photos: Path) -> None:
    for seed, name in enumerate(DEEDS):
        put(photos / name, 20 + seed)
    for seed in range(8):
        put(photos / f"{seed}.jpg", seed)
    finished = run.index(photos)
    assert (finished.indexed, finished.failed) == (8, len(DEEDS))
    assert run.problems() == DEEDS

    # Put aside: not tried again by itself, unless the trouble was the disk's.
    finished = run.index()
    assert (finished.indexed, finished.failed) == (0, len(TRIED_AGAIN))
    assert run.problems() == DEEDS

    # Tried again when the file changes, and when the user asks for it.
    put(photos / "decode segfaults.jpg", 33)
    finished = run.index()
    assert (finished.indexed, finished.failed) == (0, len(TRIED_AGAIN) + 1)
    finished = run.index(retry=True)
    assert (finished.indexed, finished.failed) == (0, len(DEEDS))

    # Under another name the same content does no harm: the name was the trouble here.
    for name in DEEDS:
        (photos / name).rename(photos / f"harmless {name}")
    finished = run.index()
    assert (finished.indexed, finished.failed) == (len(DEEDS), 0)
    assert run.problems() == {}
    assert run.session.library.totals().photos == 8 + len(DEEDS)


def test_a_photo_that_comes_to_crash_is_found_no_more(run: Run, photos: Path) -> None:
    for seed in range(3):
        put(photos / f"{seed}.jpg", seed)
    spoilt = put(photos / "good.jpg", 7)
    run.index(photos)
    assert run.session.library.totals().photos == 4
    spoilt.unlink()
    put(photos / "decode segfaults.jpg", 7)
    # The content is known, so that nothing is decoded and nothing can crash.
    assert run.index().failed == 0
    put(photos / "decode segfaults.jpg", 8)
    assert run.index().failed == 1
    assert run.session.library.totals().photos == 3
    assert len(run.session.library.snapshot.index) == 3


def test_a_query_that_kills_its_decoder_costs_one_answer(run: Run, photos: Path) -> None:
    put(photos / "1.jpg", 1)
    run.index(photos)
    answers: list[object] = []

    def ask(path: Path) -> object:
        answers.clear()
        run.session.searching.search(Query(path=os.fsencode(path)), answers.append)
        run.session.loop.run(until=lambda: bool(answers))
        return answers[0]

    for name, code in (
        ("decode segfaults.jpg", ProblemCode.FILE_CRASHED),
        ("identify segfaults.jpg", ProblemCode.FILE_CRASHED),
        ("decode hangs.jpg", ProblemCode.FILE_TIMED_OUT),
        ("decode raises.jpg", ProblemCode.FILE_CRASHED),
    ):
        error = ask(put(photos.parent / name, 30))
        assert getattr(error, "code", error) is code, name
        answer = ask(photos / "1.jpg")
        assert isinstance(answer, SearchAnswer), answer
        assert answer.hits[0].path == os.fsencode(photos / "1.jpg")


def test_a_decoder_that_cannot_start_ends_the_run(
    command: Desktopsearch, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check_start_failure(command, photos, monkeypatch, "reading.DECODER")


def test_a_scanner_that_cannot_start_ends_the_run(
    command: Desktopsearch, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _check_start_failure(command, photos, monkeypatch, "scanning.SCANNER")


def _check_start_failure(
    command: Desktopsearch, photos: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    missing = Role("tests.hostile.sabotage:missing", Ready | Failed | Broken | Done, "helper")
    monkeypatch.setattr(f"desktopsearch.services.{role}", missing)
    put(photos / "1.jpg", 1)
    run = Run(command.folder)
    try:
        with pytest.raises(DesktopSearchError) as raised:
            run.index(photos)
        assert raised.value.code is ProblemCode.CHILD_FAILED
    finally:
        run.session.close()


@needs_proc
@pytest.mark.usefixtures("cold_children")
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGSEGV, signal.SIGKILL])
def test_a_child_that_is_struck_at_work(
    command: Desktopsearch, photos: Path, number: signal.Signals
) -> None:
    """The real children, stopped or killed from outside while they work."""
    files = [put(photos / f"{seed}.jpg", seed) for seed in range(30)]
    run = Run(command.folder)
    struck: list[int] = []

    def strike() -> bool:
        if run.session.ingest.reading.filing.indexed > 3 and not struck:
            struck.extend(children_of(os.getpid()))
            for child in struck:
                os.kill(child, number)
        return not run.session.ingest.running

    try:
        folders.add(run.session.library, [photos])
        run.session.ingest.start()
        run.session.loop.run(until=strike)
        assert struck
        if number is signal.SIGSTOP:
            # Whatever was under way then goes better at the next run but one: the scanner that
            # stands still is noticed by the next.
            assert set(run.problems().values()) <= {
                ProblemCode.FILE_UNANSWERED,
                ProblemCode.FILE_TIMED_OUT,
            }
            run.index(retry=True)
            run.index()
        assert run.problems() == {}
        assert run.session.library.totals().photos == len(files)
    finally:
        run.session.close()


def test_files_that_vanish_before_they_are_read(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(30):
        put(photos / f"folder {seed % 3}" / f"{seed}.jpg", seed)
    _at_first_read(
        run,
        monkeypatch,
        lambda: [
            *map(os.unlink, sorted((photos / "folder 0").iterdir())),
            (photos / "folder 1").rename(photos / "folder 9"),
        ],
    )
    finished = run.index(photos)
    assert finished.failed > 0
    # The folders are looked at again by the same run.
    assert run.index().removed == 0
    assert run.problems() == {}
    totals = run.session.library.totals()
    assert (totals.photos, totals.locations) == (20, 20)


def test_a_file_that_is_replaced_while_it_is_read(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(10):
        put(photos / f"{seed}.jpg", seed)
    _at_first_read(run, monkeypatch, lambda: [put(photos / f"{n}.jpg", n + 20) for n in range(10)])
    run.index(photos)
    run.index()
    assert run.problems() == {}
    totals = run.session.library.totals()
    assert (totals.photos, totals.locations, totals.unencoded) == (10, 10, 0)


def test_a_folder_that_is_removed_while_it_is_read(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20):
        put(photos / f"{seed}.jpg", seed)
    library = run.session.library
    _at_first_read(run, monkeypatch, lambda: folders.remove(library, [photos]))
    run.index(photos)
    totals = library.totals()
    assert (totals.photos, totals.locations, totals.problems) == (0, 0, 0)
    assert [check for check in upkeep.examine(library) if not check.ok] == []


def test_a_folder_that_is_removed_while_it_is_scanned(run: Run, photos: Path) -> None:
    for seed in range(5):
        put(photos / f"{seed}.jpg", seed)
    folders.add(run.session.library, [photos])
    run.session.ingest.start()
    run.session.loop.run(until=lambda: run.session.ingest.scanning._current is not None)
    folders.remove(run.session.library, [photos])
    run.session.loop.run(until=lambda: not run.session.ingest.running)
    assert run.session.library.totals().locations == 0


def test_a_parent_that_is_added_while_its_part_is_read(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20):
        put(photos / "part" / f"{seed}.jpg", seed)
    put_bytes(photos / "part" / "broken.jpg", b"not a picture")
    library = run.session.library
    _at_first_read(run, monkeypatch, lambda: folders.add(library, [photos]))
    run.index(photos / "part")
    run.index()
    totals = library.totals()
    assert (totals.photos, totals.locations) == (20, 21)
    assert run.problems() == {"broken.jpg": ProblemCode.FILE_NOT_AN_IMAGE}


def _at_first_read(run: Run, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something in the moment between the scan and the first read, on the loop's thread."""
    reader = run.session.ingest.reading
    original = reader._hand_out
    done: list[bool] = []

    def hand_out(slot: reading._Slot) -> None:
        original(slot)
        if not done and reader._fetched and not run.session.ingest.scanning.busy:
            done.append(True)
            act()

    monkeypatch.setattr(reader, "_hand_out", hand_out)
