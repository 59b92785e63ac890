"""Preferences are heeded while the work is under way: real children, real niceness, a real file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.preferences import Preferences
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import folders, pacing, preferences
from desktopsearch.services.events import (
    Event,
    Notice,
    PreferencesChanged,
    RunFinished,
    RunProgress,
)
from desktopsearch.services.pacing import Pacing
from desktopsearch.services.session import WritingSession
from tests.journeys.photographs import put_many
from tests.services.power_tree import plug

PHOTOS = 60


class Paced:
    """A session that heeds preferences, with the events that it has published."""

    def __init__(self, folder: Path) -> None:
        self.paths = LibraryPaths(folder / "library")
        self.supplies = folder / "power"
        self.settings = Settings(
            decoder_processes=2, encoder_device="cpu", power_supplies=self.supplies
        )
        self.events: list[Event] = []
        self.session = WritingSession.open(self.paths, self.settings, self.events.append)
        self.pacing = Pacing(self.session, self.settings, self.events.append)

    def until(self, condition: Callable[[], bool]) -> None:
        self.session.loop.run(until=condition)

    def set(self, **values: object) -> None:
        self.pacing.change(lambda old: msgspec.structs.replace(old, **values))

    @property
    def encoded(self) -> int:
        return len(self.session.library.snapshot.index)

    @property
    def finished(self) -> bool:
        return any(isinstance(event, RunFinished) for event in self.events)

    @property
    def last_progress(self) -> RunProgress:
        return [event for event in self.events if isinstance(event, RunProgress)][-1]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    put_many(folder, range(PHOTOS))
    return folder


@pytest.fixture
def open_paced(tmp_path: Path) -> Iterator[Callable[[], Paced]]:
    opened: list[Paced] = []

    def open_one() -> Paced:
        for each in opened:
            each.session.close()
        opened.append(Paced(tmp_path))
        return opened[-1]

    yield open_one
    for each in opened[-1:]:
        each.session.close()


def niceness_of(pid: int) -> int:
    """Of a whole process: every thread of it has its own on Linux."""
    values = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        # A thread may end while the others are looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            values.add(int(task.joinpath("stat").read_text().rpartition(")")[2].split()[16]))
    assert len(values) == 1, values
    return values.pop()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
def test_gentle_replaces_the_children_by_fewer_that_stand_back(
    open_paced: Callable[[], Paced], photos: Path
) -> None:
    paced = open_paced()
    ingest, lane = paced.session.ingest, paced.session.lane
    folders.add(paced.session.library, [photos])
    ingest.start()
    paced.until(lambda: paced.encoded > 0)
    encoder = lane._child.pid
    assert encoder is not None
    own = niceness_of(encoder)
    paced.set(speed="gentle")
    assert len(ingest.reading._slots) == paced.settings.gentle().decoder_processes
    paced.until(lambda: paced.encoded == PHOTOS and lane._child.pid not in (encoder, None))
    assert not ingest.reading._leaving
    paced.until(lambda: bool(lane.device))
    pid = lane._child.pid
    assert pid is not None
    assert niceness_of(pid) == min(own + 10, 19)
    assert f"{paced.settings.gentle().encoder_threads} thread" in lane.device
    paced.set(speed="full")
    paced.until(lambda: lane._child.pid not in (pid, None) and bool(lane.device))
    assert niceness_of(lane._child.pid or 0) == own


def test_gentle_starts_no_encoder_before_there_is_work_for_it(
    open_paced: Callable[[], Paced],
) -> None:
    paced = open_paced()
    paced.set(speed="gentle")
    paced.session.lane.warm_up()
    assert not paced.session.lane.running
    paced.set(speed="full")
    paced.session.lane.warm_up()
    assert paced.session.lane.running


def test_a_pause_survives_the_end_of_the_program(
    open_paced: Callable[[], Paced], photos: Path
) -> None:
    paced = open_paced()
    paced.set(paused=True)
    paced = open_paced()
    folders.add(paced.session.library, [photos])
    paced.session.ingest.start()
    paced.until(lambda: paced.session.library.totals().pending == PHOTOS)
    for _ in range(10):
        # Else each round waits for a second. Who is asked for nothing brings nothing later.
        paced.session.loop.call(lambda: None)
        paced.session.loop.round()
        assert not paced.session.lane.busy
        assert not paced.session.ingest.reading.under_way
    assert paced.session.library.totals().pending == PHOTOS
    assert paced.last_progress.paused
    assert not paced.last_progress.on_battery
    paced.set(paused=False)
    paced.until(lambda: paced.finished)
    assert paced.encoded == PHOTOS


def test_a_pause_with_an_end_survives_a_restart_and_ends_by_itself(
    open_paced: Callable[[], Paced], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LOOK_INTERVAL_S", 0.05)
    paced = open_paced()

    def held() -> tuple[bool, bool]:
        return paced.session.ingest.paused, paced.session.teaching.held

    paced.set(paused=datetime.now(UTC) + timedelta(hours=1))
    assert held() == (True, True)
    paced = open_paced()
    assert held() == (True, True)
    end = datetime.now(UTC) + timedelta(seconds=1)
    paced.set(paused=end)
    paced.events.clear()
    paced.until(lambda: held() == (False, False))
    assert datetime.now(UTC) >= end
    told = [event for event in paced.events if isinstance(event, PreferencesChanged)]
    assert [event.preferences.paused for event in told] == [False]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the files of Linux")
def test_on_battery_the_work_waits_unless_told_to_go_on_once(
    open_paced: Callable[[], Paced], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LOOK_INTERVAL_S", 0.05)
    paced = open_paced()
    plug(paced.supplies, mains=False)
    folders.add(paced.session.library, [photos])
    paced.session.ingest.start()
    ingest = paced.session.ingest
    paced.until(lambda: ingest.paused)
    paced.until(lambda: paced.session.library.totals().pending > 0 and not ingest.scanning.busy)
    assert paced.last_progress.on_battery
    paced.pacing.go_on_anyway()
    assert not ingest.paused
    paced.until(lambda: paced.encoded > 0)
    plug(paced.supplies, mains=True)
    paced.until(lambda: not paced.pacing._anyway)
    plug(paced.supplies, mains=False)
    paced.until(lambda: ingest.paused)
    paced.set(pause_on_battery=False)
    assert not ingest.paused
    paced.set(pause_on_battery=True, paused=True)
    plug(paced.supplies, mains=True)
    paced.until(lambda: not ingest._on_battery)
    assert ingest.paused, "plugging in does not end a pause that a person has made"


def test_what_another_process_sets_is_heeded(
    open_paced: Callable[[], Paced], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LOOK_INTERVAL_S", 0.05)
    paced = open_paced()
    assert paced.pacing.rescan_interval_s == 15 * 60
    preferences.change(paced.paths, lambda _: Preferences(rescan_minutes=1, paused=True))
    paced.until(lambda: paced.session.ingest.paused)
    assert paced.pacing.rescan_interval_s == 60
    told = [event for event in paced.events if isinstance(event, PreferencesChanged)]
    assert [event.preferences.rescan_minutes for event in told] == [15, 1]


def test_a_damaged_file_is_told_of(open_paced: Callable[[], Paced]) -> None:
    paced = open_paced()
    paced.paths.preferences.write_bytes(b"{")
    paced = open_paced()
    codes = [event.code for event in paced.events if isinstance(event, Notice)]
    assert codes == [ProblemCode.SETTINGS_DAMAGED]


def test_teachings_stand_still_with_all_the_rest(
    open_paced: Callable[[], Paced], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LOOK_INTERVAL_S", 0.05)
    paced = open_paced()

    def held() -> bool:
        return paced.session.teaching.held

    assert not held()
    paced.set(paused=True)
    assert held()
    # After a restart too, since that is what is set.
    paced = open_paced()
    assert held()
    paced.set(paused=False)
    assert not held()
    plug(paced.supplies, mains=False)
    paced.until(held)
    paced.pacing.go_on_anyway()
    assert not held()
