"""The real window in a process of its own that says what it shows.

Run by the test of real drags: ``python -m tests.gui.window_process LIBRARY``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import SETTINGS


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


def main() -> None:
    application = QApplication([])
    window = MainWindow(LibraryPaths(Path(sys.argv[1])), SETTINGS, Theme(application))
    window.setGeometry(220, 0, 1000, 700)
    window.ended.connect(application.exit)
    window.bridge.opened.connect(lambda: say("opened"))

    def tell() -> None:
        places = [
            window.results.viewport().mapToGlobal(
                window.results.visualRect(window.model.index(row)).center()
            )
            for row in range(2)
        ]
        places.append(window.query_pane.mapToGlobal(window.query_pane.rect().center()))
        name = window.model.index(0).data()
        say("answered", name, *[number for place in places for number in place.toTuple()])

    def tell_albums() -> None:
        view, model = window.albums_panel.view, window.albums_panel.model
        for row in range(model.rowCount()):
            place = view.viewport().mapToGlobal(view.visualRect(model.index(row)).center())
            album = model.album(model.index(row))
            say("album", album.name, album.photos, *place.toTuple())

    window.searches.answered.connect(tell)
    # Once the list has found its place.
    window.albums.changed.connect(lambda: QTimer.singleShot(200, tell_albums))
    window.show()
    window.start()
    sys.exit(application.exec())


if __name__ == "__main__":
    main()
