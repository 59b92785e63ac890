"""Draws the window in all its views into a folder: ``python -m tests.screenshots FOLDER``.

By default in every look, at one and two pixels a point, in English and German; ``--look``,
``--scale`` and ``--language`` choose fewer or others, such as 1.5, or the languages ``xx`` (longer
texts, to see what is cut off) and ``ar-mirror`` (everything from right to left). Pictures are made
on the spot or, with ``--photos FOLDER --query FILE``, real. Each language and scale is a process of
its own, since Qt fixes the scale when it starts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from desktopsearch.domain.preferences import Appearance
from tests.journeys.photographs import put_bytes
from tests.landscapes import landscape, put_landscapes

LOOKS: dict[str, tuple[Appearance, str]] = {
    "light": ("light", "Light"),
    "dark": ("dark", "Dark"),
    "contrast": ("contrast", "Light"),
    "contrast-dark": ("contrast", "Dark"),
}
LANGUAGES = ("en", "de", "xx", "ar-mirror")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--look", nargs="+", choices=LOOKS, default=list(LOOKS))
    parser.add_argument("--scale", nargs="+", default=["1", "2"])
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=["en", "de"])
    parser.add_argument("--photos", type=Path, help="real photos instead of drawn ones")
    parser.add_argument("--query", type=Path, help="a picture to look for")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        take_all(
            arguments.folder,
            arguments.photos,
            arguments.query,
            arguments.look,
            arguments.language[0],
            arguments.scale[0],
        )
        return
    with tempfile.TemporaryDirectory() as scratch:
        photos, query = arguments.photos, arguments.query
        if photos is None:
            photos, query = draw_photos(Path(scratch))
        for language in arguments.language:
            for scale in arguments.scale:
                command = [sys.executable, "-m", "tests.screenshots", str(arguments.folder)]
                command += ["--here", "--photos", str(photos), "--query", str(query)]
                command += ["--language", language, "--scale", scale, "--look", *arguments.look]
                environment = {
                    "QT_QPA_PLATFORM": "offscreen",
                    **os.environ,
                    "QT_SCALE_FACTOR": scale,
                    "HOME": scratch,
                    "LC_ALL": "C.UTF-8",
                }
                subprocess.run(command, env=environment, check=True)


def draw_photos(folder: Path) -> tuple[Path, Path]:
    """Make a library's worth of pictures, two of them broken, and a query."""
    photos = folder / "Pictures"
    put_landscapes(photos, 120)
    # Two of the nearest to the query: one lies there twice, one was saved again and again.
    put_bytes(photos / "Copies" / "sunset.jpg", landscape(6)[1])
    for quality in (40, 60):
        put_bytes(photos / "Copies" / f"small-{quality}.jpg", landscape(12, quality)[1])
    put_bytes(photos / "broken.jpg", landscape(1)[1][:300])
    put_bytes(photos / "words.jpg", b"These are only words.")
    return photos, put_bytes(folder / "evening.jpg", landscape(600)[1])


def take_all(
    folder: Path, photos: Path, query: Path, looks: list[str], language: str, scale: str
) -> None:
    from PySide6.QtCore import QLocale, Qt
    from PySide6.QtWidgets import QApplication

    from desktopsearch import translation
    from desktopsearch.config import LibraryPaths, default_settings
    from desktopsearch.gui.garbage import GarbageCollection
    from desktopsearch.gui.language import speak
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.theme import Theme
    from tests.pseudo import Pseudo
    from tests.views import close_front, every_view, in_front, rest, wait

    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    garbage = GarbageCollection(application)
    speak(application, "de" if language == "de" else "en")
    if language == "xx":
        translation.use_catalogue(Pseudo(), language)
    elif language == "ar-mirror":
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        QLocale.setDefault(QLocale("ar_EG"))
    theme = Theme(application)
    scratch = Path(tempfile.mkdtemp())
    window = MainWindow(LibraryPaths(scratch / "library"), default_settings(), theme)
    window.show()

    def wear(look: str) -> None:
        appearance, scheme = LOOKS[look]
        application.styleHints().colorSchemeChanged.emit(Qt.ColorScheme[scheme])
        theme.set_appearance(appearance)
        rest(120)

    for name in every_view(window, photos, query):
        for look in looks:
            wear(look)
            file = folder / f"{name}-{look}-{language}-{scale}x.png"
            # A text that has just become longer gets its room only now.
            application.sendPostedEvents()
            assert in_front(window).grab().save(str(file)), file
    close_front(window)
    ended: list[int] = []
    window.ended.connect(ended.append)
    window.close()
    wait(lambda: ended)
    window.deleteLater()
    rest(20)
    garbage.stop()
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
