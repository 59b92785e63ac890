"""``train`` on the command line: a teaching that another run began is gone on with."""

from __future__ import annotations

from pathlib import Path

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching_job import Wish
from tests.journeys.command import Desktopsearch
from tests.services.made_up_library import embeddings_of_kinds, make_library

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu", teaching_epochs=4)


def test_a_run_that_goes_on_says_so_and_forecasts_nothing(tmp_path: Path) -> None:
    paths = LibraryPaths(tmp_path / "library")
    make_library(paths, embeddings_of_kinds(200, 4, 2.5))
    with WritingSession.open(paths, SETTINGS, lambda _: None) as session:
        session.teaching.start(Wish("usdh", 32), lambda _: None)
        session.loop.run(until=lambda: bool(list(session.teaching.waitables())))
    command = Desktopsearch(paths.folder)
    wish = ("train", "--objective", "usdh", "--bits", 32)
    resumed = command.run(*wish)
    assert resumed.status == 0, resumed
    assert "It goes on where an earlier run was interrupted." in resumed.err
    assert "It will take about" not in resumed.err
