"""The real application in a process of its own that says what its window does.

Run by the tests of a second start: ``python -m tests.gui.told_window LIBRARY``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QEvent

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui import app, application
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import SETTINGS


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


class TellingWindow(MainWindow):
    """Says when it is open, when it comes to the front and what it has found."""

    def __init__(self, paths: LibraryPaths, settings: Settings, theme: Theme) -> None:
        super().__init__(paths, settings, theme)
        self.bridge.opened.connect(self._on_opened)
        self.searches.answered.connect(self._on_answered)

    def _on_opened(self) -> None:
        self.showMinimized()
        say("opened")

    def _on_answered(self, answer: SearchAnswer) -> None:
        say("answered", Path(os.fsdecode(answer.hits[0].path)).name if answer.hits else "nothing")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            say("minimized" if self.isMinimized() else "restored")


def main() -> None:
    setattr(application, "MainWindow", TellingWindow)  # noqa: B010 - it is no name of its own
    sys.exit(app.run(LibraryPaths(Path(sys.argv[1])), SETTINGS, None))


if __name__ == "__main__":
    main()
