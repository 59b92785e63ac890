"""A picture that is looked for before there are photos is looked for again when they come."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktopsearch.domain.search import SearchAnswer
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS, look_for
from tests.journeys.photographs import put, put_many


def test_what_found_nothing_is_asked_again_as_soon_as_the_library_has_changed(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window()
    look_for(qtbot, window, put(tmp_path / "query.jpg", 1))
    assert window.model.rowCount() == 0
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.bridge.changed.emit()
    put_many(tmp_path / "photos", range(3), folders=1)
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: window.model.rowCount() == 3)


def test_what_was_found_stays_until_the_run_is_over(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    look_for(qtbot, window, indexed.files[0])
    answers: list[SearchAnswer] = []
    window.searches.answered.connect(answers.append)
    statuses: list[object] = []
    window.bridge.changed.emit()
    qtbot.wait(700)
    window.bridge.fetch_status(statuses.append)
    qtbot.waitUntil(lambda: bool(statuses))
    qtbot.wait(0)
    assert answers == []
