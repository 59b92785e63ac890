"""The list of albums in a window, as a person fills it and reads it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch.domain.albums import Album
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.name_dialog import NameDialog

CLICK = Qt.MouseButton.LeftButton


def button(parent: QWidget, text: str) -> QAbstractButton:
    """The one button with a text."""
    [found] = [each for each in parent.findChildren(QAbstractButton) if each.text() == text]
    return found


def click(parent: QWidget, text: str) -> None:
    """Click the button with a text."""
    QTest.mouseClick(button(parent, text), CLICK)


def dialog_of(window: MainWindow) -> NameDialog:
    """The dialog that asks for a name."""
    [dialog] = [each for each in window.findChildren(NameDialog) if each.isVisible()]
    return dialog


def give(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Enter a name into the dialog that is open, and wait until it is taken."""
    dialog = dialog_of(window)
    dialog.name.setText(name)
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not [d for d in window.findChildren(NameDialog) if d.isVisible()])


def make(qtbot: QtBot, window: MainWindow, *names: str) -> None:
    """Make albums and wait until they are listed."""
    for name in names:
        window.albums.ask_to_create()
        give(qtbot, window, name)
    qtbot.waitUntil(lambda: {*names} <= {*shown(window)})


def shown(window: MainWindow) -> dict[str, Album]:
    """The albums of the list, by the names that it shows."""
    model = window.albums_panel.model
    rows = [model.index(row) for row in range(model.rowCount())]
    return {str(row.data()): model.album(row) for row in rows}


def mark(window: MainWindow, name: str) -> None:
    """Make an album the current one of the list."""
    window.albums_panel.view.set_current_album(shown(window)[name].id)


def choose(menu: QMenu, *texts: str) -> None:
    """Choose an action of a menu, or of a menu in it, and close it."""
    inner, action = menu, QAction()
    for text in texts:
        [action] = [each for each in inner.actions() if each.text() == text]
        below = action.menu()
        if isinstance(below, QMenu):
            inner = below
    menu.close()
    action.trigger()
