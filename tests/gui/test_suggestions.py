"""The dialog of suggestions: in the real window, over real services, with drawn landscapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import BugError
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.shortcuts import Act, keys_of
from desktopsearch.gui.suggestion_dialog import SuggestionDialog
from desktopsearch.services import albums, folders
from desktopsearch.services.session import WritingSession
from tests.gui.album_list import click, mark, shown
from tests.gui.conftest import SETTINGS, Opener
from tests.gui.walking import spoken_name
from tests.landscapes import put_landscapes


@pytest.fixture(scope="module")
def landscapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 36 landscapes of six moods, 3 sunsets in an album and 2 photos in another."""
    folder = tmp_path_factory.mktemp("landscapes")
    put_landscapes(folder / "photos", 36)
    with WritingSession.open(LibraryPaths(folder / "library"), SETTINGS, lambda _: None) as made:
        folders.add(made.library, [folder / "photos"])
        made.bring_up_to_date()
        sunsets = [folder / "photos" / "Sunset" / f"sunset-0{number}.jpg" for number in (1, 2, 3)]
        ids = albums.photos_meant(made.library, sunsets, recursive=False)
        made.labelling.add(made.labelling.create("Sunsets").id, ids)
        night = albums.photos_meant(made.library, [folder / "photos" / "Night"], recursive=True)
        made.labelling.add(made.labelling.create("Nights").id, night[:2])
    return folder / "library"


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, landscapes: Path) -> MainWindow:
    """A window over the library, which every test leaves as it was."""
    opened = open_window(landscapes)
    qtbot.waitUntil(lambda: "Sunsets" in shown(opened))
    return opened


def ask(qtbot: QtBot, window: MainWindow, album: str) -> SuggestionDialog:
    """Press the keys for suggestions in the list of albums."""
    mark(window, album)
    QTest.keyClick(window.albums_panel.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = window.suggestion_acts.dialog
    qtbot.waitUntil(lambda: dialog.isVisible() and dialog.title != "Looking…")
    return dialog


def name(window: MainWindow) -> str:
    current = window.suggestion_acts.current
    assert current is not None
    return Path(current.path.decode()).name


def answer(qtbot: QtBot, dialog: SuggestionDialog, act: Act) -> None:
    """Press the button of an answer, which shows its key."""
    buttons = dialog.findChildren(QPushButton)
    [found] = [each for each in buttons if f"({keys_of(act)[0].toString()})" in each.text()]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.title != "Looking…")


def way_back(dialog: SuggestionDialog) -> QPushButton:
    [undo] = [each for each in dialog.findChildren(QPushButton) if "Undo" in each.text()]
    return undo


def test_answers_become_labels_that_are_undone_and_the_next_photo_comes_at_once(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    assert dialog.heading == "Does this belong to “Sunsets”?"
    first = name(window)
    assert first.startswith("sunset"), "the photos like those of the album come first"
    assert dialog.text.startswith(first)
    answer(qtbot, dialog, Act.ACCEPT)
    second = name(window)
    assert second != first
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 4)
    answer(qtbot, dialog, Act.REJECT)
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].rejected == 1)
    third = name(window)
    assert third not in (first, second)
    answer(qtbot, dialog, Act.SKIP)
    assert name(window) not in (first, second, third)
    answer(qtbot, dialog, Act.UNDO_ANSWER)
    assert name(window) == second
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].rejected == 0)
    answer(qtbot, dialog, Act.UNDO_ANSWER)
    assert name(window) == first
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 3)
    assert not way_back(dialog).isEnabled()


def test_undo_is_for_the_last_answer_and_for_nothing_else(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    first = name(window)
    answer(qtbot, dialog, Act.ACCEPT)
    qtbot.waitUntil(way_back(dialog).isEnabled)
    nights = shown(window)["Nights"]
    window.albums.recolour(nights, "#546e7a")
    qtbot.waitUntil(lambda: shown(window)["Nights"].colour == "#546e7a")
    assert not way_back(dialog).isEnabled()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keySequence(dialog, QKeySequence("Ctrl+Z"))
    window.albums.undo()
    qtbot.waitUntil(way_back(dialog).isEnabled)
    assert shown(window)["Nights"] == nights
    assert shown(window)["Sunsets"].photos == 4
    answer(qtbot, dialog, Act.UNDO_ANSWER)
    assert name(window) == first
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 3)


def test_an_answer_that_the_window_has_undone_is_not_undone_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    first = name(window)
    answer(qtbot, dialog, Act.ACCEPT)
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 4)
    second = name(window)
    answer(qtbot, dialog, Act.ACCEPT)
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 5)
    window.albums.undo()
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 4)
    answer(qtbot, dialog, Act.UNDO_ANSWER)
    assert name(window) == first
    qtbot.waitUntil(lambda: shown(window)["Sunsets"].photos == 3)
    assert not way_back(dialog).isEnabled()
    asked = {first}
    while name(window) != second:
        answer(qtbot, dialog, Act.SKIP)
        assert name(window) not in asked, "what was undone is asked about once more"
        asked.add(name(window))
    assert shown(window)["Nights"].photos == 2


def test_a_key_that_is_held_down_answers_once(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    first = name(window)
    for number in range(5):
        QTest.simulateEvent(
            dialog, True, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "", number > 0
        )
    second = name(window)
    assert second != first
    QTest.keyClick(dialog, Qt.Key.Key_Down)
    assert name(window) not in (first, second)


def test_the_keys_stay_with_the_answers_while_there_is_no_photo(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    photo = window.suggestion_acts.current
    assert photo is not None
    [belongs] = [each for each in dialog.findChildren(QPushButton) if "Right" in each.text()]
    dialog.show_way_back(there_is=True)
    belongs.setFocus()
    dialog.show_page("search", "Looking…")
    assert dialog.focusWidget() is dialog
    dialog.show_photo(photo)
    assert dialog.focusWidget() is belongs
    dialog.show_page("done", "There is nothing left to ask", "", "Show the photos")
    focus = dialog.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Show the photos"
    dialog.show_photo(photo)
    assert dialog.focusWidget() is belongs
    belongs.clearFocus()
    way_back(dialog).setFocus()
    dialog.show_way_back(there_is=False)
    assert dialog.focusWidget() is dialog


def test_a_bug_while_it_looks_is_said_in_place_of_looking_for_ever(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    window.suggestion_acts._on_found(BugError("of a test"))
    assert dialog.title == "No suggestions"
    assert "our mistake" in dialog.text


def test_the_doubtful_ones_are_others(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    likely = name(window)
    QTest.mouseClick(dialog.findChildren(QToolButton)[0], Qt.MouseButton.LeftButton)
    assert dialog.is_asking
    assert name(window) != likely


def test_keys_answer_and_are_shown_and_spoken(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(qtbot, window, "Sunsets")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    first = name(window)
    QTest.keyClick(dialog, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: name(window) != first)
    said = {
        spoken_name(each): each.accessibleDescription()
        for each in dialog.findChildren(QPushButton)
        if each.isVisible()
    }
    assert said["Belongs (Right)"] == "The photo belongs to the album"
    assert said["Skip (Down)"] == "Go on without an answer"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.suggestion_acts.current is None
    assert shown(window)["Sunsets"].photos == 3


def test_the_photo_is_shown_large(window: MainWindow, qtbot: QtBot) -> None:
    ask(qtbot, window, "Sunsets")
    current = window.suggestion_acts.current
    assert current is not None
    proxies = window.preview.proxies
    qtbot.waitUntil(lambda: proxies.get(current.photo_id) is not None)
    pixmap = proxies.get(current.photo_id)
    assert pixmap is not None
    assert pixmap.width() >= 256


def test_an_album_with_too_few_photos_says_how_many_suffice(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = ask(qtbot, window, "Nights")
    assert dialog.title == "Not enough photos to learn from"
    assert dialog.text.endswith("has 2 photos that have been read; 3 suffice for suggestions.")
    [belongs] = [each for each in dialog.findChildren(QPushButton) if "Right" in each.text()]
    assert not belongs.isVisible()
    with qtbot.waitSignal(window.searches.answered, timeout=30_000):
        click(dialog, "Show the photos")
    assert not dialog.isVisible()
    assert window.query_pane.title == "Nights"
    assert window.query_pane.suggestions.isVisible()
