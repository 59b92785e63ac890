"""The page that says why there are no photos: how its texts find room."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopsearch.gui.empty_state import EmptyState
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.theme import Theme


def text_height(page: EmptyState, text: str) -> int:
    page.show_state("search", "Nothing close", text)
    [label] = [each for each in page.findChildren(QLabel) if each.text() == text]
    return label.height()


def test_a_short_text_takes_no_more_room_after_a_long_one(theme: Theme, qtbot: QtBot) -> None:
    page = EmptyState(Icons(theme))
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    short = text_height(page, "A short text.")
    assert text_height(page, "A long text. " * 20) > 2 * short
    assert text_height(page, "A short text.") == short
