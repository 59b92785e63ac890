"""Waiting for what a window shows."""

from __future__ import annotations

import os
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktopsearch.gui.main_window import MainWindow

ANSWER_MS = 60_000


def look_for(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    """Ask for photos like a file and wait for the answer."""
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(file))


def first_name(window: MainWindow) -> str:
    """The name of the photo that is shown first."""
    return str(window.model.index(0).data())
