"""A part of the screen as the query: the choice by mouse and keys, and a real screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence, QPainter, QPixmap
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopsearch.gui.application import _come_forward
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.screen_view import ScreenView
from desktopsearch.gui.searches import Asked
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import Opener

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> ScreenView:
    """Over a screen of two pixels a point: a red square from (100, 50) to (300, 250), all blue."""
    shot = QPixmap(800, 600)
    shot.fill(QColor("blue"))
    painter = QPainter(shot)
    painter.fillRect(100, 50, 200, 200, QColor("red"))
    painter.end()
    made = ScreenView(theme, shot, QRect(0, 0, 400, 300))
    qtbot.addWidget(made)
    made.show()
    return made


def chosen(view: ScreenView) -> list[QImage]:
    images: list[QImage] = []
    view.chosen.connect(images.append)
    return images


def drag(view: ScreenView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_mouse_marks_a_part_in_pixels(view: ScreenView, backwards: bool) -> None:
    images = chosen(view)
    ends = QPoint(50, 25), QPoint(150, 125)
    drag(view, *(ends[::-1] if backwards else ends))
    [image] = images
    assert (image.width(), image.height(), image.devicePixelRatio()) == (200, 200, 1)
    colours = {image.pixelColor(x, y).name() for x in (0, 199) for y in (0, 199)}
    assert colours == {"#ff0000"}


def test_a_slip_of_the_hand_chooses_nothing(view: ScreenView) -> None:
    images = chosen(view)
    drag(view, QPoint(50, 25), QPoint(54, 60))
    assert images == []
    assert view.part.isEmpty()


def test_keys_choose_too(view: ScreenView, qtbot: QtBot) -> None:
    images = chosen(view)
    QTest.keyClick(view, Key.Key_Return)
    assert (images[0].width(), images[0].height()) == (800, 600)
    QTest.keyClick(view, Key.Key_Left)
    assert view.part == QRect(84, 75, 200, 150), "from the middle of the screen"
    for _step in range(40):
        QTest.keyClick(view, Key.Key_Up)
    assert view.part == QRect(84, 0, 200, 150)
    QTest.keyClick(view, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    for _step in range(40):
        QTest.keyClick(view, Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert (view.part.width(), view.part.height()) == (216, 8)
    QTest.keyClick(view, Key.Key_Enter)
    assert (images[1].width(), images[1].height()) == (432, 16)
    with qtbot.waitSignal(view.given_up):
        QTest.keyClick(view, Key.Key_Escape)
    with qtbot.waitSignal(view.given_up):
        QTest.mouseClick(view, Qt.MouseButton.RightButton)


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot) -> MainWindow:
    opened = open_window()
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


def test_the_window_goes_aside_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    region = window.screen_region
    QTest.keySequence(window, QKeySequence("Ctrl+Shift+S"))
    assert window.isHidden()
    qtbot.waitUntil(lambda: bool(region.views))
    region.take()
    assert len(region.views) == len(QGuiApplication.screens()), "one choice at a time"
    with qtbot.waitExposed(region.views[0]):
        pass
    QTest.keyClick(region.views[0], Key.Key_Escape)
    assert window.isVisible()
    assert window.searches.current is None
    region.take()
    qtbot.waitUntil(lambda: bool(region.views))
    asked: list[Asked] = []
    window.searches.began.connect(asked.append)
    drag(region.views[0], QPoint(10, 10), QPoint(60, 90))
    assert window.isVisible()
    [(picture, name)] = asked[0].pictures
    assert name == "Part of the screen"
    assert QImage.fromData(picture.data or b"").size() == QSize(50, 80)


@pytest.mark.parametrize("screens", [1, 2])
def test_the_window_comes_back_however_a_view_is_closed(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, screens: int
) -> None:
    region = window.screen_region
    # The offscreen platform has one.
    [screen] = QGuiApplication.screens()
    monkeypatch.setattr(QGuiApplication, "screens", lambda: [screen] * screens)
    for _time in range(2):
        region.take()
        qtbot.waitUntil(lambda: len(region.views) == screens)
        with qtbot.waitExposed(region.views[-1]):
            pass
        # As the system does it, for Alt+F4.
        region.views[-1].windowHandle().close()
        assert window.isVisible()
        assert region.views == []


def test_who_asks_for_the_window_gets_it_while_it_is_aside(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.screen_region.take()
    qtbot.waitUntil(lambda: bool(window.screen_region.views))
    assert window.isHidden()
    assert _come_forward(window, None)
    assert window.isVisible()
    with qtbot.waitSignal(window.ended, timeout=10_000):
        window.close()
        assert not _come_forward(window, None)
    assert window.isHidden()


def test_where_the_screen_cannot_be_seen_a_sentence_says_what_to_do(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is no such compositor to run under.
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland-egl")
    QTest.keySequence(window, QKeySequence("Ctrl+Shift+S"))
    assert window.isVisible()
    assert window.notices.text.startswith("This desktop does not let programs see the screen.")
    assert window.searches.current is None


@pytest.mark.window
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="not installed: Xvfb")
def test_a_part_of_a_real_screen_is_looked_for(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1000x700x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader, encoding="ascii") as numbers:
        number = numbers.readline().strip()
    environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.gui.screen_process", str(tmp_path / "library")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    finally:
        server.terminate()
        server.wait()
    assert ended.stdout.splitlines() == [
        "Part of the screen 200x100 #00c800",
        "visible again",
    ], ended.stderr
