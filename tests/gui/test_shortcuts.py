"""The keys of the window and the sheet that lists them."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch.gui import shortcuts
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from tests.gui.conftest import Indexed, Opener

NATIVE = QKeySequence.SequenceFormat.NativeText


def sheet_of(window: MainWindow) -> ShortcutSheet:
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


def listed(sheet: ShortcutSheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel)]


def test_the_sheet_lists_every_key_that_the_window_has(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    with qtbot.waitSignal(window.searches.answered, timeout=30_000):
        window.intake.look_for_file(os.fsencode(indexed.files[1]))
    menu = window.photo_menus.menu_for(window.model.hits[:1])
    there = {each.key().toString(NATIVE) for each in window.findChildren(QShortcut)}
    there |= {
        keys.toString(NATIVE)
        for action in window.findChildren(QAction)
        for keys in action.shortcuts()
    }
    menu.deleteLater()
    assert {"F1", "Ctrl+V", "Esc", "Return"} <= there
    QTest.keyClick(window, Qt.Key.Key_F1)
    sheet = sheet_of(window)
    assert there <= set(listed(sheet))
    sheet.close()


def test_each_act_has_keys_words_and_a_place_and_no_key_does_two_things() -> None:
    placed = [act for _heading, acts in shortcuts.groups() for act in acts]
    assert set(placed) == set(shortcuts.Act)
    assert all(shortcuts.describe(act) for act in shortcuts.Act)
    for _heading, acts in shortcuts.groups():
        keys = [text for act in acts for text in shortcuts.key_texts(act)]
        assert len(keys) == len(set(keys))
        assert all(keys)


def test_help_opens_the_sheet_and_its_button_closes_it(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    button = next(
        each for each in window.panel.findChildren(QToolButton) if each.accessibleName() == "Help"
    )
    action = next(each for each in button.menu().actions() if "shortcuts" in each.text())
    assert action.text().endswith("\tF1")
    action.trigger()
    sheet = sheet_of(window)
    assert "Show the photo large" in listed(sheet)
    close = sheet.findChild(QPushButton)
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(ShortcutSheet) is None)
