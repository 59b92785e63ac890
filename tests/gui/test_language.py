"""The window in other languages: nothing stays English, and figures follow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch import translation
from desktopsearch.gui.about import About
from desktopsearch.gui.language import speak
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.texts import decimal, figure, plural
from tests.gui.conftest import Indexed, Opener
from tests.journeys.photographs import put_bytes
from tests.pseudo import Pseudo

ACCENTS = set("áéíóúÁÉÍÓÚçñšýžłřëìû")
# Names, which are the same in every language, and what is no text at all.
NAMES = re.compile(
    r"Desktopsearch|English|Deutsch|\b\w+\.jpg\b|/\S*|photos|folder \d|Pictures|[A-Z0-9]{2,5}\b"
)


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    locale = QLocale()
    yield
    translation.use("en")
    QLocale.setDefault(locale)


def said_by(top: QWidget) -> Iterator[tuple[str, str]]:
    """Yield every text of a window, with the kind of widget that has it."""
    for each in [top, *top.findChildren(QWidget), *top.findChildren(QAction)]:
        kind = type(each).__name__
        if isinstance(each, QLabel) and each.property("role") == "key":
            continue
        for name in ("windowTitle", "toolTip", "accessibleName", "placeholderText", "title"):
            get = getattr(type(each), name, None)
            # Some of ours have properties of these names.
            if callable(get):
                yield get(each), kind
        if isinstance(each, QComboBox):
            yield from ((each.itemText(row), kind) for row in range(each.count()))
        elif isinstance(each, QAction):
            # A key stands behind a tab.
            yield each.text().partition("\t")[0], kind
        elif isinstance(each, QLabel | QAbstractButton):
            yield each.text(), kind


def is_english(text: str) -> bool:
    plain = NAMES.sub("", re.sub(r"<[^>]*>", "", text).replace("&", ""))
    return bool(re.search(r"[A-Za-z]{3}", plain)) and not ACCENTS & set(plain)


def test_every_text_of_the_window_and_its_dialogs_is_translated(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    translation.use_catalogue(Pseudo(), "xx")
    window = open_window(indexed.library)
    with qtbot.waitSignal(window.searches.answered, timeout=30_000):
        window.intake.look_for_file(os.fsencode(indexed.files[1]))
    ShortcutSheet(window).open()
    About(window).open()
    window.library_acts.show_settings()
    window.library_acts.show_excludes()
    window.activity.problems_wanted.emit()
    window.panel.remove_wanted.emit(indexed.photos)
    menu = window.photo_menus.menu_for(window.model.hits[:1])
    qtbot.waitUntil(lambda: window.problems.model.rowCount() > 0)
    english = {(text, kind) for text, kind in said_by(window) if is_english(text)}
    cells = [window.model.index(row) for row in range(window.model.rowCount())]
    tips = [str(index.data(3)) for index in cells]
    menu.deleteLater()
    for dialog in window.findChildren(QDialog):
        dialog.close()
    assert english == set()
    assert [tip for tip in tips if is_english(tip)] == []


def test_the_check_itself_finds_english() -> None:
    assert is_english("Choose a folder")
    assert is_english("<p>Its folder is offline.</p>")
    assert not is_english(Pseudo().gettext("Choose a folder"))
    assert not is_english("/home/somebody/Pictures/0001.jpg")


def test_german_figures_plurals_and_what_qt_says(qapp: QApplication) -> None:
    before = qapp.findChildren(QTranslator)
    speak(qapp, "de")
    assert figure(1_234_567) == "1.234.567"
    assert decimal(0.5) == "0,50"
    assert plural("{n} photo", "{n} photos", 1) == "1 Foto"
    assert plural("{n} photo", "{n} photos", 1_200) == "1.200 Fotos"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    for translator in set(qapp.findChildren(QTranslator)) - set(before):
        qapp.removeTranslator(translator)


_FIGURES = """
import sys
from PySide6.QtWidgets import QApplication
from desktopsearch.cli.command import run
from desktopsearch.gui.language import speak
from desktopsearch.gui.texts import decimal, figure, plural

def open_window(paths, query):
    speak(QApplication([]), "de")
    print(figure(12345), decimal(0.5), plural("{n} photo", "{n} photos", 2))
    return 0

sys.exit(run(["--data-dir", sys.argv[1]], open_window))
"""


def test_who_sets_german_on_an_english_system_reads_german_figures(tmp_path: Path) -> None:
    put_bytes(tmp_path / "settings.json", b'{"language": "de"}')
    environment = {**os.environ, "LANG": "en_US.UTF-8"}
    for name in ("LANGUAGE", "LC_ALL"):
        environment.pop(name, None)
    command = [sys.executable, "-c", _FIGURES, str(tmp_path)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == "12.345 0,50 2 Fotos\n"


def test_the_window_speaks_german(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> None:
    translation.use("de")
    window = open_window(indexed.library)
    said = "12 Fotos, alles auf dem neuesten Stand"
    qtbot.waitUntil(lambda: window.activity.text == said, timeout=30_000)
