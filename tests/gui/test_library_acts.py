"""What people do about the library itself, in the real window over the real services."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch import translation
from desktopsearch.config import LibraryPaths
from desktopsearch.domain.preferences import DEFAULTS, Preferences
from desktopsearch.gui.excludes_dialog import ExcludesDialog
from desktopsearch.gui.folder_row import FolderRow
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.settings_dialog import SettingsDialog
from desktopsearch.gui.texts import clock, moment
from desktopsearch.services import pacing, preferences
from tests.gui.conftest import SETTINGS, Indexed, Opener
from tests.gui.dragging import drop, urls
from tests.journeys.photographs import content, put, put_bytes, put_many
from tests.pseudo import Pseudo
from tests.services.power_tree import plug

RUN_MS = 60_000
CLICK = Qt.MouseButton.LeftButton


def button(parent: QWidget, text: str) -> QAbstractButton:
    found = [each for each in parent.findChildren(QAbstractButton) if each.text() == text]
    assert len(found) == 1, (text, found)
    return found[0]


def click(parent: QWidget, text: str) -> None:
    QTest.mouseClick(button(parent, text), CLICK)


def action(row: FolderRow, text: str) -> QAction:
    menu = row.menu()
    found = [each for each in menu.actions() if each.text() == text]
    assert len(found) == 1, [each.text() for each in menu.actions()]
    return found[0]


def kept(library: Path) -> Preferences:
    return preferences.load(LibraryPaths(library)).preferences


@pytest.fixture
def library(indexed: Indexed, tmp_path: Path) -> Path:
    """A copy of the indexed library with a copy of its photos, which a test may change."""
    shutil.copytree(indexed.library, tmp_path / "library")
    shutil.copytree(indexed.photos, tmp_path / "photos", copy_function=shutil.copy2)
    return tmp_path / "library"


# Pause, speed and battery.


def test_a_pause_outlives_the_window(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    put_many(tmp_path / "photos", range(30))
    first = open_window()
    with qtbot.waitSignal(first.bridge.progressed, timeout=RUN_MS):
        first.intake.add_folders([tmp_path / "photos"])
    click(first.activity, "Pause")
    qtbot.waitUntil(lambda: first.activity.text.startswith("Paused"))
    assert kept(tmp_path / "library").paused
    with qtbot.waitSignal(first.ended, timeout=10_000):
        first.close()
    second = open_window()
    qtbot.waitUntil(lambda: second.activity.text.startswith("Paused"), timeout=RUN_MS)
    click(second.activity, "Go on")
    qtbot.waitUntil(lambda: second.activity.text == "30 photos, up to date", timeout=RUN_MS)


def test_a_pause_for_an_hour_outlives_the_window_and_ends_by_itself(
    open_window: Opener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "LOOK_INTERVAL_S", 0.05)
    put_many(tmp_path / "photos", range(30))
    first = open_window()
    with qtbot.waitSignal(first.bridge.progressed, timeout=RUN_MS):
        first.intake.add_folders([tmp_path / "photos"])
    [ways] = [each for each in first.activity.findChildren(QToolButton) if each.menu()]
    assert ways.isVisible()
    assert ways.accessibleName() == "Other ways to pause"
    ways.setFocus()
    QTimer.singleShot(0, lambda: QTest.keyClick(ways.menu(), Qt.Key.Key_Down))
    QTimer.singleShot(0, lambda: QTest.keyClick(ways.menu(), Qt.Key.Key_Return))
    QTest.keyClick(ways, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: first.activity.text.startswith("Paused until "))
    assert not ways.isVisible()
    until = kept(tmp_path / "library").paused
    assert isinstance(until, datetime)
    assert clock(until) in first.activity.text
    left = until - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1, minutes=1)
    with qtbot.waitSignal(first.ended, timeout=10_000):
        first.close()
    second = open_window()
    qtbot.waitUntil(lambda: second.activity.text.startswith("Paused until "), timeout=RUN_MS)
    end = datetime.now(UTC) + timedelta(seconds=1)
    preferences.change(
        LibraryPaths(tmp_path / "library"), lambda old: msgspec.structs.replace(old, paused=end)
    )
    qtbot.waitUntil(lambda: second.activity.text == "30 photos, up to date", timeout=RUN_MS)
    assert datetime.now(UTC) >= end


def test_the_end_of_a_pause_is_told_with_its_day_unless_that_is_today() -> None:
    # Noon, so that the clock may be in any zone.
    at = datetime.now().astimezone().replace(hour=12, minute=5)
    assert "12:05" in clock(at)
    assert clock(at + timedelta(days=2)) == moment(at + timedelta(days=2)) != clock(at)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the files of Linux")
def test_on_battery_it_waits_and_goes_on_if_told_to(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    put_many(tmp_path / "photos", range(6))
    plug(tmp_path / "power", mains=False)
    window = open_window(settings=replace(SETTINGS, power_supplies=tmp_path / "power"))
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: window.activity.text.startswith("Paused on battery"), timeout=RUN_MS)
    qtbot.waitUntil(lambda: window.activity.text.endswith("0 of 6"), timeout=RUN_MS)
    qtbot.waitUntil(lambda: [row.detail for row in window.panel.rows] == ["6 files"])
    click(window.activity, "Go on anyway")
    qtbot.waitUntil(lambda: window.activity.text == "6 photos, up to date", timeout=RUN_MS)


def test_the_speed_is_kept_and_follows_the_command_line(
    open_window: Opener, qtbot: QtBot, library: Path
) -> None:
    window = open_window()
    gentle = button(window.activity, "Gentle")
    assert isinstance(gentle, QToolButton)
    gentle.click()
    qtbot.waitUntil(lambda: kept(library).speed == "gentle")
    preferences.change(LibraryPaths(library), lambda _: DEFAULTS)
    qtbot.waitUntil(lambda: not gentle.isChecked(), timeout=10_000)
    assert kept(library) == DEFAULTS, "what is shown does not count as a wish"


# Settings.


@pytest.mark.usefixtures("theme")
def test_longer_texts_are_not_cut_off_in_the_settings(qtbot: QtBot) -> None:
    translation.use_catalogue(Pseudo(), "xx")
    dialog = SettingsDialog(DEFAULTS)
    translation.use("en")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.wait(0)
    for box in dialog.findChildren(QCheckBox):
        assert box.width() >= box.sizeHint().width()
        assert box.mapTo(dialog, QPoint(box.width(), 0)).x() <= dialog.width()


def settings_of(window: MainWindow) -> SettingsDialog:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    return dialog


def choose(dialog: SettingsDialog, value: str) -> None:
    [box] = [each for each in dialog.findChildren(QComboBox) if each.findData(value) >= 0]
    box.setCurrentIndex(box.findData(value))


def test_every_setting_is_kept_at_once(open_window: Opener, qtbot: QtBot, library: Path) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.library_acts._preferences is not None)
    dialog = settings_of(window)
    choose(dialog, "gentle")
    choose(dialog, "dark")
    choose(dialog, "de")
    battery, notify = dialog.findChildren(QCheckBox)
    for switch in (battery, notify):
        switch.setChecked(False)
    [rescan] = dialog.findChildren(QSpinBox)
    rescan.setValue(45)
    changed = Preferences(
        speed="gentle",
        pause_on_battery=False,
        rescan_minutes=45,
        notify=False,
        appearance="dark",
        language="de",
    )
    qtbot.waitUntil(lambda: kept(library) == changed)
    assert button(window.activity, "Gentle").isChecked()
    qtbot.waitUntil(lambda: dialog._later.isVisible())
    click(dialog, "Defaults")
    qtbot.waitUntil(lambda: kept(library) == DEFAULTS)
    qtbot.waitUntil(lambda: rescan.value() == DEFAULTS.rescan_minutes)
    assert battery.isChecked()
    assert notify.isChecked()
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(SettingsDialog) is None)


def test_the_settings_tell_the_size_of_the_library_and_show_its_folder(
    open_window: Opener, qtbot: QtBot, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bytes] = []
    monkeypatch.setattr("desktopsearch.gui.places.show_in_folder", shown.append)
    dialog = settings_of(open_window())
    qtbot.waitUntil(lambda: button(dialog, "Show its folder").isEnabled())
    [size] = [each.text() for each in dialog.findChildren(QLabel) if "kB" in each.text()]
    taken = sum(file.stat().st_size for file in library.glob("*.db*")) / 1_000
    assert float(size.removesuffix(" kB")) == pytest.approx(taken, rel=0.5)
    click(dialog, "Show its folder")
    assert shown == [bytes(library / "library.db")]
    dialog.close()


def test_a_damaged_settings_file_is_said(open_window: Opener, qtbot: QtBot, library: Path) -> None:
    (library / "settings.json").write_bytes(b"{")
    window = open_window()
    qtbot.waitUntil(lambda: "settings.json cannot be used" in window.notices.text)


# Folders.


def test_a_folder_tells_its_state_and_its_menu_does_what_it_says(
    open_window: Opener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "photos" / "1.jpg", 1)
    put_bytes(tmp_path / "photos" / "broken.jpg", b"only words")
    window = open_window()
    assert drop(urls([tmp_path / "photos"]), window.panel) is Qt.DropAction.CopyAction
    qtbot.waitUntil(
        lambda: [row.detail for row in window.panel.rows] == ["2 files · 1 problem"],
        timeout=RUN_MS,
    )
    [row] = window.panel.rows
    qtbot.waitUntil(lambda: "up to date" in window.activity.text, timeout=RUN_MS)
    shown: list[bytes] = []
    monkeypatch.setattr("desktopsearch.gui.places.open_file", shown.append)
    action(row, "Open in the file manager").trigger()
    assert shown == [bytes(tmp_path / "photos")]
    action(row, "Show 1 problem").trigger()
    qtbot.waitUntil(lambda: window.problems.model.rowCount() == 1)
    window.problems.close()

    with qtbot.waitSignal(window.bridge.finished, timeout=RUN_MS):
        action(row, "Look for changes now").trigger()
    (tmp_path / "photos").rename(tmp_path / "away")
    action(row, "Look for changes now").trigger()
    qtbot.waitUntil(lambda: "offline" in row.detail, timeout=RUN_MS)
    assert not action(row, "Open in the file manager").isEnabled()
    (tmp_path / "away").rename(tmp_path / "photos")
    action(row, "Look for changes now").trigger()
    qtbot.waitUntil(lambda: row.detail == "2 files · 1 problem", timeout=RUN_MS)

    action(row, "Remove from the library…").trigger()
    box = window.findChild(QMessageBox)
    assert box is not None
    click(box, "Remove")
    qtbot.waitUntil(lambda: not window.panel.rows)
    assert (tmp_path / "photos" / "1.jpg").exists()


def test_the_menu_of_a_folder_opens_by_key_and_mouse(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    qtbot.waitUntil(lambda: len(window.panel.rows) == 1)
    [row] = window.panel.rows
    more = row.findChild(QToolButton)
    assert more is not None
    assert "photos" in more.accessibleName()
    texts = []
    for press in (True, False):
        if press:
            QTest.keyClick(more, Qt.Key.Key_Space)
        else:
            QTest.mouseClick(more, CLICK)
        [menu] = [each for each in row.findChildren(QMenu) if each.isVisible()]
        texts.append([each.text() for each in menu.actions()])
        menu.close()
    assert texts[0] == texts[1]
    assert "Remove from the library…" in texts[0]


def test_a_picture_that_is_dropped_on_the_folders_is_explained(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    drop(urls([indexed.files[0]]), window.panel)
    qtbot.waitUntil(lambda: "Only folders join the library" in window.notices.text)
    assert window.searches.current is None


# What is left out.


def test_a_pattern_is_tried_added_and_taken_away(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    put_many(tmp_path / "photos", range(6), folders=2)
    window = open_window()
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: window.activity.text == "6 photos, up to date", timeout=RUN_MS)
    window.library_acts.show_excludes()
    dialog = window.findChild(ExcludesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 10)
    QTest.keyClicks(dialog.typed, "folder 1")
    qtbot.waitUntil(lambda: dialog.effect == "Would hide 3 files.")
    dialog.typed.setText("*")
    qtbot.waitUntil(lambda: "would leave out every photo" in dialog.effect)
    dialog.typed.setText(".*")
    qtbot.waitUntil(lambda: dialog.effect == "This pattern is there already.")
    dialog.tried.setText(str(tmp_path / "photos" / "folder 1" / "x.jpg"))
    qtbot.waitUntil(lambda: dialog.verdict == "No pattern leaves out x.jpg.")
    dialog.tried.setText("x.jpg")
    qtbot.waitUntil(lambda: "whole path" in dialog.verdict)

    dialog.typed.setText("folder 1")
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.activity.text == "3 photos, up to date", timeout=RUN_MS)
    dialog.tried.setText(str(tmp_path / "photos" / "folder 1" / "x.jpg"))
    qtbot.waitUntil(lambda: dialog.verdict == "Left out by folder 1.")
    row = dialog.table.patterns.index("folder 1")
    dialog.table.selectRow(row)
    click(dialog, "Remove")
    qtbot.waitUntil(lambda: window.activity.text == "6 photos, up to date", timeout=RUN_MS)
    dialog.close()


# Problems.


@pytest.fixture
def troubled(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window whose library has two problems, with the list open."""
    put(tmp_path / "photos" / "1.jpg", 1)
    put_bytes(tmp_path / "photos" / "a broken.jpg", content(2)[:300])
    put_bytes(tmp_path / "photos" / "b words.jpg", b"only words")
    window = open_window()
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: window.activity.text == "1 photo, up to date", timeout=RUN_MS)
    window.activity.problems_wanted.emit()
    qtbot.waitUntil(lambda: window.problems.model.rowCount() == 2)
    return window


def test_one_problem_is_tried_again(troubled: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = troubled.problems
    assert not button(dialog, "Try again").isEnabled()
    with qtbot.waitSignal(troubled.bridge.finished, timeout=RUN_MS):
        put(tmp_path / "photos" / "a broken.jpg", 3)
        dialog.view.setCurrentIndex(dialog.model.index(0))
        click(dialog, "Try again")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=RUN_MS)
    assert "b words.jpg" in dialog.model.index(0).data()


def test_a_problem_is_put_aside_and_listed_again(troubled: MainWindow, qtbot: QtBot) -> None:
    dialog = troubled.problems
    dialog.view.setCurrentIndex(dialog.model.index(1))
    click(dialog, "Ignore")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)
    qtbot.waitUntil(lambda: button(troubled.activity, "1 problem").isVisible())
    button(dialog, "Show 1 put aside").click()
    assert dialog.model.rowCount() == 2
    dialog.view.setCurrentIndex(dialog.model.index(1))
    click(dialog, "Do not ignore")
    qtbot.waitUntil(lambda: not dialog._aside.isVisible())
    assert dialog.model.rowCount() == 2


def test_where_no_problem_is_left_the_list_says_so(troubled: MainWindow, qtbot: QtBot) -> None:
    dialog = troubled.problems
    assert dialog._explanation.isVisible()
    dialog.view.selectAll()
    click(dialog, "Ignore")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0)
    assert dialog._heading.text() == "No problems"
    assert not dialog._explanation.isVisible()


@pytest.mark.parametrize("name", ["list.csv", "list.json"])
def test_problems_are_exported(
    troubled: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    click(troubled.problems, "Export…")
    chooser = troubled.problems.findChild(QFileDialog)
    assert chooser is not None
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile(name)
    chooser.accept()
    target = tmp_path / name
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(lambda: target.stat().st_size > 0)
    text = target.read_text(encoding="utf-8")
    as_json = name.endswith("json")
    rows = json.loads(text)["problems"] if as_json else csv.DictReader(text.splitlines())
    assert [Path(row["path"]).name for row in rows] == ["a broken.jpg", "b words.jpg"]


# Empty states.


def test_a_library_without_photos_says_what_to_do(
    open_window: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    window = open_window()
    window.intake.add_folders([tmp_path / "photos"])
    qtbot.waitUntil(lambda: "no photos in the folders" in window.pages.title, timeout=RUN_MS)
    assert "found by themselves" in window.pages.text
    assert button(window.pages, "Choose another folder…").isVisible()
    (tmp_path / "photos").rmdir()
    qtbot.waitUntil(lambda: len(window.panel.rows) == 1)
    action(window.panel.rows[0], "Look for changes now").trigger()
    qtbot.waitUntil(lambda: "1 folder is offline" in window.pages.text, timeout=RUN_MS)
    put(tmp_path / "photos" / "1.jpg", 1)
    action(window.panel.rows[0], "Look for changes now").trigger()
    qtbot.waitUntil(lambda: "Drop a picture" in window.pages.title, timeout=RUN_MS)


def test_only_a_folder_that_is_there_is_suggested(
    open_window: Opener, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    first = open_window()
    qtbot.waitUntil(lambda: "showing one" in first.pages.title)
    assert button(first.pages, "Choose a folder…").isVisible()
    with qtbot.waitSignal(first.ended, timeout=10_000):
        first.close()
    put(tmp_path / "Pictures" / "1.jpg", 1)
    second = open_window()
    qtbot.waitUntil(lambda: "showing one" in second.pages.title)
    qtbot.wait(100)
    assert not second.panel.rows, "it is offered, but nothing is begun"
    click(second.pages, "Add “Pictures”")
    qtbot.waitUntil(lambda: second.activity.text == "1 photo, up to date", timeout=RUN_MS)
