"""What the window says about itself."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch import __version__
from desktopsearch.gui.about import About, licences
from tests.gui.conftest import Indexed, Opener


def test_about_is_opened_from_help_selected_copied_and_closed(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    button = next(
        each for each in window.panel.findChildren(QToolButton) if each.accessibleName() == "Help"
    )
    action = next(each for each in button.menu().actions() if "About" in each.text())
    action.trigger()
    about = window.findChild(About)
    assert about is not None
    assert about.isVisible()
    labels = about.findChildren(QLabel)
    assert labels[0].text() == f"Desktopsearch {__version__}"
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert all(label.textInteractionFlags() & selectable for label in labels)
    listed = about.findChild(QPlainTextEdit)
    assert listed is not None
    assert listed.isReadOnly()
    buttons = {each.text(): each for each in about.findChildren(QPushButton)}
    QTest.mouseClick(buttons["Copy"], Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert copied.endswith(listed.toPlainText())
    assert "Nothing leaves this computer" in copied
    QTest.mouseClick(buttons["Close"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(About) is None)


def test_all_that_the_application_depends_on_is_named_with_its_version() -> None:
    text = licences()
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    for requirement in project["project"]["dependencies"]:
        name = requirement.partition(">")[0].partition("=")[0]
        assert f"{name} {metadata.version(name)}: " in text
    assert f"Desktopsearch {__version__}: MIT" in text
    for licence in ("LGPL-3.0", "OFL-1.1", "Apache-2.0"):
        assert licence in text
