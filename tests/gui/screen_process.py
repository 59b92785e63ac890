"""A window on a real screen, on which a part of another program's window is looked for.

Run by the test of a real screen: ``python -m tests.gui.screen_process LIBRARY``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.garbage import GarbageCollection
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import SETTINGS
from tests.views import wait


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


def main() -> None:
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    garbage = GarbageCollection(application)
    other = QWidget(None, Qt.WindowType.BypassWindowManagerHint)
    other.setStyleSheet("background: #00c800")
    other.setGeometry(300, 200, 400, 300)
    other.show()
    window = MainWindow(LibraryPaths(Path(sys.argv[1])), SETTINGS, Theme(application))
    window.show()
    opened: list[bool] = []
    window.bridge.opened.connect(lambda: opened.append(True))
    window.start()
    wait(lambda: opened)
    asked: list[Asked] = []
    window.searches.began.connect(asked.append)
    window.screen_region.take()
    wait(lambda: window.screen_region.views)
    [view] = window.screen_region.views
    wait(view.isVisible)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(350, 250))
    QTest.mouseMove(view, QPoint(500, 300))
    QTest.mouseMove(view, QPoint(550, 350))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(550, 350))
    [picture, name] = asked[0].pictures[0]
    image = QImage.fromData(picture.data or b"")
    corners = {
        image.pixelColor(x, y).name()
        for x in (0, image.width() - 1)
        for y in (0, image.height() - 1)
    }
    say(name, f"{image.width()}x{image.height()}", *sorted(corners))
    say("visible again" if window.isVisible() else "hidden")
    ended: list[int] = []
    window.ended.connect(ended.append)
    window.close()
    wait(lambda: ended)
    garbage.stop()


if __name__ == "__main__":
    main()
