"""The line at the bottom: it finds room in narrow windows, however much it has to say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktopsearch import translation
from desktopsearch.gui.activity_bar import ActivityBar
from desktopsearch.gui.bridge import Phase, RunProgress
from desktopsearch.gui.device_text import device_text
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.theme import Theme


@pytest.fixture
def german() -> Iterator[None]:
    translation.use("de")
    yield
    translation.use("en")


def test_buttons_stay_where_they_are_while_the_texts_change(theme: Theme, qtbot: QtBot) -> None:
    bar = ActivityBar(Icons(theme))
    qtbot.addWidget(bar)
    bar.resize(1180, 44)
    bar.show()
    places = set()
    for done, speed in ((7, 0.0), (12_400, 212.0)):
        bar.show_progress(
            RunProgress(Phase.READING, done, 18_300, 18_300 - done, 0, speed, "CPU", False, False)
        )
        qtbot.wait(0)
        [pause] = [each for each in bar.findChildren(QPushButton) if each.text() == "Pause"]
        places.add(pause.mapTo(bar, QPoint(0, 0)).x())
    assert len(places) == 1


@pytest.mark.usefixtures("german")
def test_all_buttons_can_be_reached_in_a_narrow_window(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = ActivityBar(Icons(theme), window)
    window.resize(1600, 60)
    window.show()
    bar.show_progress(
        RunProgress(
            Phase.ENCODING, 12_400, 18_300, 17_060, 0, 212.0, "CPU, 8 threads", False, False
        )
    )
    assert bar.minimumSizeHint().width() <= 700
    bar.resize(700, 44)
    qtbot.wait(0)
    kinds = (QPushButton, QToolButton)
    buttons = [each for kind in kinds for each in bar.findChildren(kind) if each.isVisible()]
    assert {button.text() for button in buttons} >= {"Anhalten", "Schonend"}
    for button in buttons:
        assert button.mapTo(bar, QPoint(button.width(), 0)).x() <= bar.width()
        assert button.width() >= button.minimumSizeHint().width()


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("CPU, 8 threads", "CPU, 8 Threads"),
        ("CPU, 1 thread", "CPU, 1 Thread"),
        ("NVIDIA H200", "NVIDIA H200"),
    ],
)
def test_the_device_is_told_in_the_language_of_the_window(
    theme: Theme, qtbot: QtBot, device: str, told: str
) -> None:
    bar = ActivityBar(Icons(theme))
    qtbot.addWidget(bar)
    bar.show_progress(
        RunProgress(Phase.ENCODING, 12_400, 18_300, 17_060, 0, 212.0, device, False, False)
    )
    assert [each.text() for each in bar.findChildren(QLabel) if each.text().endswith(told)]
    assert device_text(device) == told
