"""The large preview over the grid, driven by keys."""

from __future__ import annotations

import io
import os
from datetime import datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch.gui import places
from desktopsearch.gui.fitted_picture import FittedPicture
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.theme import Theme
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import ANSWER_MS
from tests.journeys.photographs import picture, put_bytes

Key = Qt.Key


@pytest.fixture
def window(open_window: Opener, qtbot: QtBot, indexed: Indexed) -> MainWindow:
    """A window that shows the twelve photos, the grid with the keys."""
    window = open_window(indexed.library)
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(indexed.files[1]))
    window.results.setFocus()
    window.results.setCurrentIndex(window.model.index(0))
    return window


def press(window: MainWindow, *keys: Qt.Key) -> None:
    """Press keys where the focus is, as a keyboard does."""
    for key in keys:
        focused = window.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def shown_row(window: MainWindow) -> int | None:
    hit = window.preview.hit
    return None if hit is None else window.model.row_of(hit.photo_id)


def test_space_opens_and_closes_and_the_grid_keeps_what_was_shown_last(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(window, Key.Key_Space)
    preview = window.preview
    assert preview.isVisible()
    assert preview.window() is window
    assert preview.geometry() == window.pages.rect()
    assert shown_row(window) == 0
    qtbot.waitUntil(lambda: "changed on" in preview.text)
    assert preview.text.startswith("0001.jpg\nDistance 0 ·")
    assert preview.accessibleName().startswith("Preview of 0001.jpg, Distance 0")
    press(window, Key.Key_Right, Key.Key_Right, Key.Key_Left)
    assert shown_row(window) == 1
    assert preview.text.startswith(f"{window.model.index(1).data()}\nDistance ")
    press(window, Key.Key_Space)
    assert not preview.isVisible()
    assert window.focusWidget() is window.results
    assert window.results.currentIndex().row() == 1
    assert [hit.photo_id for hit in window.results.selected_hits()] == [
        window.model.hits[1].photo_id
    ]


def test_up_and_down_move_by_rows_of_the_grid(window: MainWindow) -> None:
    press(window, Key.Key_Down)
    one_down = window.results.currentIndex().row()
    assert one_down > 1
    press(window, Key.Key_Up, Key.Key_Space, Key.Key_Down)
    assert shown_row(window) == one_down
    press(window, Key.Key_Up)
    assert shown_row(window) == 0
    press(window, Key.Key_End)
    assert shown_row(window) == 11
    press(window, Key.Key_Right)
    assert shown_row(window) == 11


def test_escape_closes_the_preview_and_only_then_forgets_the_query(window: MainWindow) -> None:
    press(window, Key.Key_Space, Key.Key_Escape)
    assert not window.preview.isVisible()
    assert window.searches.current is not None
    press(window, Key.Key_Escape)
    assert window.searches.current is None


def test_the_close_button_closes_for_those_who_use_the_mouse(window: MainWindow) -> None:
    press(window, Key.Key_Space)
    close = window.preview.findChild(QToolButton)
    assert close is not None
    assert close.accessibleName() == "Close the preview"
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not window.preview.isVisible()
    assert window.focusWidget() is window.results


def test_enter_opens_the_photo_that_is_shown(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    monkeypatch.setattr(places, "open_file", opened.append)
    window.results.selectAll()
    press(window, Key.Key_Space, Key.Key_Right, Key.Key_Return)
    assert opened == [window.model.hits[1].path]
    assert window.preview.isVisible()


def test_the_whole_proxy_is_shown_fitted(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    press(window, Key.Key_Space)
    hit = window.preview.hit
    assert hit is not None
    qtbot.waitUntil(lambda: window.preview.proxies.get(hit.photo_id) is not None)
    proxy = window.preview.proxies.get(hit.photo_id)
    assert proxy is not None
    assert (proxy.width(), proxy.height()) == (160, 120), "as it is stored"
    drawn = window.preview.grab().toImage()
    middle = drawn.pixelColor(drawn.rect().center().x(), drawn.height() // 2 - 20)
    assert middle != QColor(window.results.palette().window().color())
    with Image.open(indexed.files[1]) as photo:
        expected = photo.convert("RGB").getpixel((80, 60))
    assert isinstance(expected, tuple)
    assert abs(middle.red() - expected[0]) < 60


def test_opposite_edges_are_not_blended_when_a_small_picture_is_stretched(
    theme: Theme, qtbot: QtBot
) -> None:
    small = QPixmap(8, 6)
    small.fill(QColor("red"))
    painter = QPainter(small)
    painter.fillRect(4, 0, 4, 6, QColor("blue"))
    painter.end()
    picture = FittedPicture(theme)
    qtbot.addWidget(picture)
    picture.resize(400, 300)
    picture.show_pixmap(small, faded=False)
    drawn = picture.grab().toImage()
    middle = drawn.height() // 2
    assert drawn.pixelColor(0, middle) == QColor("red")
    assert drawn.pixelColor(drawn.width() - 1, middle) == QColor("blue")


def test_tab_does_not_lead_to_the_hidden_grid(window: MainWindow) -> None:
    press(window, Key.Key_Space)
    seen = []
    for _turn in range(30):
        press(window, Key.Key_Tab)
        seen.append(window.focusWidget())
    assert window.results not in seen
    assert window.preview in seen


def test_another_query_closes_it_and_a_cut_that_leaves_nothing_too(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(window, Key.Key_Space, Key.Key_Right)
    hit = window.preview.hit
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        QTest.keyClick(window.preview, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not window.preview.isVisible()
    assert hit is not None
    assert window.model.hits[0].photo_id == hit.photo_id
    press(window, Key.Key_Space)
    assert shown_row(window) == 0
    window.model.set_hits(window.model.hits[1:])
    assert not window.preview.isVisible()
    press(window, Key.Key_Space)
    assert window.preview.isVisible()
    window.query_pane.radius.set_distance(0)
    assert not window.preview.isVisible()
    assert window.pages.title == "Nothing up to distance 0"


def test_it_stays_on_its_photo_when_the_order_changes(window: MainWindow) -> None:
    press(window, Key.Key_Space, Key.Key_Right)
    hit = window.preview.hit
    window.model.set_hits(tuple(reversed(window.model.hits)))
    assert window.preview.isVisible()
    assert window.preview.hit == hit
    assert shown_row(window) == 10


def test_the_day_of_the_camera_is_told(open_window: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2019:05:17 23:59:00"
    out = io.BytesIO()
    picture(3).save(out, "JPEG", exif=exif)
    taken = put_bytes(tmp_path / "photos" / "taken.jpg", out.getvalue())
    found = put_bytes(tmp_path / "photos" / "found.png", b"")
    picture(4).save(found)
    at = datetime(2021, 2, 3, 12).timestamp()  # noqa: DTZ001 - the machine's own clock is meant
    os.utime(found, (at, at))
    window = open_window()
    with qtbot.waitSignal(
        window.bridge.finished,
        timeout=60_000,
        check_params_cb=lambda finished: finished.indexed == 2,
    ):
        window.intake.add_folders([tmp_path / "photos"])
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
        window.intake.look_for_file(os.fsencode(taken))
    window.results.setCurrentIndex(window.model.index(0))
    press(window, Key.Key_Space)
    qtbot.waitUntil(lambda: "taken on" in window.preview.text)
    assert "17" in window.preview.text
    assert "2019" in window.preview.text
    press(window, Key.Key_Right)
    qtbot.waitUntil(lambda: "file changed on" in window.preview.text)
    assert "2021" in window.preview.text
    assert QApplication.focusWidget() in (window.preview, None)
