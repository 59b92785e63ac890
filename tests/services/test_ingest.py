"""A run in the background: paused, resumed, cancelled, and queries that need not wait for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.services import folders
from desktopsearch.services.events import Event, RunFinished, RunProgress
from desktopsearch.services.session import WritingSession

PHOTOS = 100


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures, no two alike."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(7)
    for number in range(PHOTOS):
        coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((320, 240)).save(folder / f"{number:03d}.jpg")
    return folder


class Run:
    """A session with the events that it has published."""

    def __init__(self, data: Path) -> None:
        self.events: list[Event] = []
        self.session = WritingSession.open(
            LibraryPaths(data), default_settings(), self.events.append
        )

    def until(self, condition: Callable[[], bool]) -> None:
        self.session.loop.run(until=condition)

    @property
    def finished(self) -> list[RunFinished]:
        return [event for event in self.events if isinstance(event, RunFinished)]

    @property
    def encoded(self) -> int:
        return len(self.session.library.snapshot.index)


@pytest.fixture
def run(tmp_path: Path, photos: Path) -> Iterator[Run]:
    run = Run(tmp_path / "library")
    folders.add(run.session.library, [photos])
    yield run
    run.session.close()


def test_paused_work_stands_still_and_goes_on_later(run: Run) -> None:
    ingest = run.session.ingest
    ingest.start()
    run.until(lambda: run.encoded > 0)
    ingest.pause()
    # What is under way is still taken in; after that nothing moves, however many rounds go by.
    run.until(lambda: not (run.session.lane.busy or ingest.reading.under_way))
    before = run.session.library.totals()
    for _ in range(20):
        # Else each round waits for a second. Who is asked for nothing brings nothing later.
        run.session.loop.call(lambda: None)
        run.session.loop.round()
        assert not run.session.lane.busy
        assert not ingest.reading.under_way
    assert run.session.library.totals() == before
    assert before.unencoded + before.pending > 0
    assert any(isinstance(event, RunProgress) and event.paused for event in run.events)
    ingest.resume()
    run.until(lambda: bool(run.finished))
    assert run.encoded == PHOTOS
    assert not run.finished[0].cancelled


def test_a_cancelled_run_keeps_what_was_done_and_the_next_one_does_the_rest(run: Run) -> None:
    run.session.ingest.start()
    run.until(lambda: run.encoded > 0)
    run.session.ingest.cancel()
    run.until(lambda: bool(run.finished))
    assert run.finished[0].cancelled
    assert 0 < run.encoded < PHOTOS
    run.session.bring_up_to_date()
    assert run.encoded == PHOTOS
    totals = run.session.library.totals()
    assert (totals.photos, totals.locations) == (PHOTOS, PHOTOS)


def test_a_query_is_answered_while_the_backlog_waits(run: Run, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.png"
    Image.effect_noise((200, 300), 80).save(stranger)
    run.session.ingest.start()
    run.until(lambda: run.encoded > 0)
    answers: list[SearchAnswer | DesktopSearchError | Cancelled] = []
    run.session.searching.search(Query(path=os.fsencode(stranger), limit=5), answers.append)
    run.until(lambda: bool(answers))
    assert not run.finished, "the query had to wait for the whole backlog"
    answer = answers[0]
    assert isinstance(answer, SearchAnswer)
    assert answer.hits
    assert answer.searched < PHOTOS


def test_the_newest_query_wins(run: Run, photos: Path) -> None:
    run.session.bring_up_to_date()
    answers: list[SearchAnswer | DesktopSearchError | Cancelled] = []
    for number in range(3):
        path = os.fsencode(photos / f"{number:03d}.jpg")
        run.session.searching.search(Query(path=path, limit=1), answers.append)
    run.until(lambda: len(answers) == 3)
    assert [isinstance(answer, Cancelled) for answer in answers] == [True, True, False]
    last = answers[-1]
    assert isinstance(last, SearchAnswer)
    assert last.hits[0].path.endswith(b"002.jpg")
    assert last.hits[0].distance == 0
