"""Draws the window in all its states into a folder: ``python -m tests.screenshots FOLDER``.

Light and dark, at one and two pixels a point, with pictures made on the spot or, with
``--photos FOLDER``, with real ones. Each look is a process of its own, since Qt fixes the scale
when it starts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from desktopsearch.domain.preferences import Appearance
from tests.journeys.photographs import content, put_bytes, put_many

LOOKS = [(scheme, scale) for scheme in ("light", "dark") for scale in (1, 2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=Path, help="real photos instead of drawn ones")
    parser.add_argument("--query", type=Path, help="a picture to look for")
    parser.add_argument("--look", nargs=2, metavar=("SCHEME", "SCALE"))
    arguments = parser.parse_args()
    if arguments.look:
        scheme, scale = arguments.look
        take_all(arguments.folder, arguments.photos, arguments.query, scheme, int(scale))
        return
    with tempfile.TemporaryDirectory() as scratch:
        photos, query = arguments.photos, arguments.query
        if photos is None:
            photos, query = draw_photos(Path(scratch))
        for scheme, scale in LOOKS:
            command = [sys.executable, "-m", "tests.screenshots", str(arguments.folder)]
            command += ["--photos", str(photos), "--query", str(query)]
            command += ["--look", scheme, str(scale)]
            environment = {
                "QT_QPA_PLATFORM": "offscreen",
                **os.environ,
                "QT_SCALE_FACTOR": str(scale),
                "HOME": scratch,
                "LC_ALL": "C.UTF-8",
            }
            subprocess.run(command, env=environment, check=True)


def draw_photos(folder: Path) -> tuple[Path, Path]:
    """Make a library's worth of pictures, one of them broken, and a query."""
    photos = folder / "Pictures"
    put_many(photos, range(120), folders=3)
    put_bytes(photos / "broken.jpg", content(1)[:300])
    put_bytes(photos / "words.jpg", b"These are only words.")
    return photos, put_bytes(folder / "query.jpg", content(7, quality=40))


def take_all(folder: Path, photos: Path, query: Path, scheme: Appearance, scale: int) -> None:
    from PySide6.QtCore import QCoreApplication, QEventLoop, QLocale, Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

    from desktopsearch.config import LibraryPaths, default_settings
    from desktopsearch.domain.problems import ProblemCode
    from desktopsearch.domain.search import SearchHit
    from desktopsearch.gui.about import About
    from desktopsearch.gui.bridge import Notice
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.shortcut_sheet import ShortcutSheet
    from desktopsearch.gui.theme import Theme

    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    theme = Theme(application, scheme)
    scratch = Path(tempfile.mkdtemp())
    window = MainWindow(LibraryPaths(scratch / "library"), default_settings(), theme)
    window.show()

    def wait(until: Callable[[], bool]) -> None:
        while not until():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def rest(milliseconds: int) -> None:
        done: list[bool] = []
        QTimer.singleShot(milliseconds, lambda: done.append(True))
        wait(lambda: bool(done))

    def shoot(name: str, widget: QWidget = window) -> None:
        rest(120)
        widget.grab().save(str(folder / f"{name}-{scheme}-{scale}x.png"))

    def states() -> Iterator[str]:
        window.start()
        wait(lambda: "showing one" in window.pages.title)
        yield "01-welcome"
        window.intake.add_folders([photos])
        wait(lambda: "photos/s" in window.activity._detail.text())
        rest(700)
        yield "02-indexing"
        wait(lambda: "up to date" in window.activity.text)
        yield "03-invitation"
        window.intake.drop_hint.invite()
        yield "04-drop-hint"
        window.intake.drop_hint.hide()
        window.intake.look_for_file(os.fsencode(query))
        wait(lambda: window.model.rowCount() > 0)
        wait(lambda: window.thumbnails.get(window.model.hits[0].photo_id) is not None)
        rest(600)
        yield "05-results"
        window.results.setCurrentIndex(window.model.index(1))
        window.intake.look_for_photo(window.model.hits[1])
        rest(600)
        window.results.setCurrentIndex(window.model.index(2))
        window.results.setFocus()
        window.results.set_zoom(112)
        window.query_pane.radius.set_distance(
            window.model.hits[min(60, len(window.model.hits) - 1)].distance
        )
        rest(600)
        yield "06-small-and-selected"
        window.results.set_zoom(288)
        rest(600)
        yield "07-large"
        window.results.setFocus()
        QTest.keyClick(window.results, Qt.Key.Key_Space)
        rest(600)
        yield "07-preview"
        QTest.keyClick(window.preview, Qt.Key.Key_Space)
        window.bridge.noticed.emit(
            Notice(ProblemCode.DEVICE_FAILED, {"device": "The GPU", "reason": "out of memory"})
        )
        window.query_pane.radius.set_distance(0)
        window.intake.look_for_file(os.fsencode(query))
        rest(800)
        window.query_pane.radius.set_distance(max(0, window.model.hits[0].distance - 1))
        yield "08-nothing-close"
        window.query_pane.radius.set_distance(None)
        window.notices.hide()
        broken = put_bytes(scratch / "words.jpg", b"These are only words.")
        window.intake.look_for_file(os.fsencode(broken))
        wait(lambda: "cannot be searched" in window.pages.title)
        yield "09-broken-query"

    for name in states():
        shoot(name)
    window.activity.problems_wanted.emit()
    rest(400)
    window.problems.view.setCurrentIndex(window.problems.model.index(0))
    shoot("10-problems", window.problems)
    window.problems.close()
    window.panel.remove_wanted.emit(photos)
    box = window.findChild(QMessageBox)
    assert box is not None
    shoot("11-remove", box)
    box.close()
    sheet = ShortcutSheet(window)
    sheet.open()
    shoot("13-shortcuts", sheet)
    sheet.close()
    about = About(window)
    about.open()
    shoot("14-about", about)
    about.close()
    hit = SearchHit(1, 0, os.fsencode(query), (), offline=False)
    menu = window.photo_menus.menu_for([hit])
    menu.popup(window.mapToGlobal(window.rect().center()))
    shoot("12-menu", menu)
    menu.close()
    ended: list[int] = []
    window.ended.connect(ended.append)
    window.close()
    wait(lambda: bool(ended))
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
