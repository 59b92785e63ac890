"""Deleting the index in the window: the question, what goes, and the work that goes on after it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QMessageBox
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.name_dialog import NameDialog
from desktopsearch.gui.settings_dialog import SettingsDialog
from desktopsearch.services.library import Library
from desktopsearch.services.status import status
from tests.gui.conftest import Indexed, Opener
from tests.gui.test_library_acts import RUN_MS, button, click
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import put_many

WELCOME = "Find photos by showing one"


@pytest.fixture
def library(indexed: Indexed, tmp_path: Path) -> Path:
    """A copy of the indexed library."""
    shutil.copytree(indexed.library, tmp_path / "library")
    return tmp_path / "library"


def question(window: MainWindow, qtbot: QtBot) -> QMessageBox:
    """Open the settings, press the button, and return what is asked."""
    window.library_acts.show_settings()
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    QTest.mouseClick(button(dialog, "Delete the index…"), Qt.MouseButton.LeftButton)
    box = dialog.findChild(QMessageBox)
    assert box is not None
    qtbot.waitUntil(box.isVisible)
    return box


def rows(library: Path) -> tuple[int, int]:
    with Library.open_reader(LibraryPaths(library)) as opened:
        now = status(opened)
    return now.totals.photos, len(now.folders)


def test_the_window_is_as_on_the_first_day_and_begins_anew(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, library: Path
) -> None:
    before = [file.stat().st_mtime_ns for file in indexed.files]
    window = open_window(library)
    for number in (0, 1):
        window.intake.look_for_file(os.fsencode(indexed.files[number]))
        with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
            pass
    first = window.model.hits[0].photo_id
    window.albums.ask_to_create([first])
    dialog = window.albums._window.findChildren(NameDialog)[-1]
    dialog.given.emit("Ants")
    qtbot.waitUntil(lambda: [album.photos for album in window.albums.albums] == [1])
    qtbot.waitUntil(lambda: window.thumbnails.get(first) is not None)
    box = question(window, qtbot)
    assert box.defaultButton().text() == "Keep"
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
    assert rows(library) == (12, 1)
    settings = window.findChild(SettingsDialog)
    assert settings is not None
    settings.close()
    qtbot.waitUntil(lambda: window.findChild(SettingsDialog) is None)
    click(question(window, qtbot), "Delete")
    qtbot.waitUntil(lambda: window.pages.title == WELCOME, timeout=ANSWER_MS)
    qtbot.waitUntil(lambda: window.notices.text.startswith("The index is deleted; "))
    assert window.findChild(SettingsDialog) is None
    assert not window.panel.rows
    assert not window.recent.entries
    assert not window.searches.can_go_back
    assert window.thumbnails.get(first) is None
    assert rows(library) == (0, 0)
    assert not (library / "recent-queries.json").exists()
    qtbot.waitUntil(
        lambda: [(album.photos, album.present) for album in window.albums.albums] == [(1, 0)]
    )
    # The same folder once more: everything is found again, the album's photo too.
    window.intake.add_folders([indexed.photos])
    qtbot.waitUntil(lambda: window.activity.text == "12 photos, up to date", timeout=RUN_MS)
    qtbot.waitUntil(lambda: [album.present for album in window.albums.albums] == [1])
    window.intake.look_for_file(os.fsencode(indexed.files[0]))
    qtbot.waitUntil(lambda: window.model.rowCount() == 12, timeout=ANSWER_MS)
    wanted = window.model.hits[0].photo_id
    qtbot.waitUntil(lambda: window.thumbnails.get(wanted) is not None)
    assert [file.stat().st_mtime_ns for file in indexed.files] == before


def test_all_of_it_can_go_while_photos_are_read(
    open_window: Opener, qtbot: QtBot, library: Path, tmp_path: Path
) -> None:
    put_many(tmp_path / "more", range(30, 60))
    window = open_window(library)
    window.albums.ask_to_create()
    window.findChildren(NameDialog)[-1].given.emit("Ants")
    qtbot.waitUntil(lambda: bool(window.albums.albums))
    box = question(window, qtbot)
    [albums] = box.findChildren(QCheckBox)
    albums.setChecked(True)
    with qtbot.waitSignal(
        window.bridge.progressed, timeout=RUN_MS, check_params_cb=lambda now: now.done > 1
    ):
        window.intake.add_folders([tmp_path / "more"])
    click(box, "Delete")
    qtbot.waitUntil(lambda: window.pages.title == WELCOME, timeout=ANSWER_MS)
    qtbot.waitUntil(lambda: not window.albums.albums)
    qtbot.waitUntil(lambda: window.activity.text == "No folders yet")
    assert rows(library) == (0, 0)
    window.intake.add_folders([tmp_path / "more"])
    qtbot.waitUntil(lambda: window.activity.text == "30 photos, up to date", timeout=RUN_MS)


def test_what_is_asked_meanwhile_waits_and_what_was_asked_is_answered(
    open_window: Opener, qtbot: QtBot, library: Path
) -> None:
    bridge = open_window(library).bridge
    answers: dict[str, object] = {}
    bridge.begin(lambda _session, _reply: None, lambda result: answers.update(before=result))
    refusal = DesktopSearchError(ProblemCode.LIBRARY_UNWRITABLE, path="/", reason="no")

    def refuse() -> None:
        raise refusal

    with qtbot.waitSignal(bridge.opened, timeout=ANSWER_MS):
        bridge.restart(refuse, lambda result: answers.update(between=result))
        bridge.ask(
            lambda session: session.library.totals().photos,
            lambda result: answers.update(after=result),
        )
        bridge.restart(refuse, lambda result: answers.update(twice=result))
    qtbot.waitUntil(lambda: "after" in answers)
    assert isinstance(answers.pop("before"), Cancelled)
    assert isinstance(answers.pop("twice"), Cancelled)
    assert answers == {"between": refusal, "after": 12}


def test_the_window_may_be_closed_at_once(open_window: Opener, qtbot: QtBot, library: Path) -> None:
    window = open_window(library)
    click(question(window, qtbot), "Delete")
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
    assert rows(library) == (0, 0)
