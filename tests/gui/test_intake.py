"""What comes into the window: drops of every kind, the clipboard, and what is of no use."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktopsearch.gui import dropped
from desktopsearch.gui.dropped import Dropped
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.results_model import PHOTO_MIME
from tests.gui.conftest import Indexed, Opener
from tests.gui.dragging import drop, urls
from tests.gui.waiting import ANSWER_MS
from tests.imaging.privileges import unprivileged
from tests.journeys.photographs import content, put_bytes

COPY, IGNORE = Qt.DropAction.CopyAction, Qt.DropAction.IgnoreAction
posix = pytest.mark.skipif(os.name == "nt", reason="paths and rights of POSIX")


@pytest.fixture
def window(open_window: Opener, indexed: Indexed) -> MainWindow:
    return open_window(indexed.library)


def wait_for(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Wait until the answer to the query of this name is shown, that photo first."""

    def is_shown() -> bool:
        return (
            window.query_pane.title == name
            and window.model.rowCount() > 0
            and not window.query_pane.summary.startswith("Looking")
        )

    qtbot.waitUntil(is_shown, timeout=ANSWER_MS)


def first_name(window: MainWindow) -> str:
    return str(window.model.index(0).data())


def text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def test_of_several_files_the_first_is_looked_for_and_that_is_said(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    assert drop(urls(indexed.files[4:7]), window) is COPY
    wait_for(qtbot, window, "0004.jpg")
    assert window.notices.text == "Only the first of 3 pictures is looked for."
    assert first_name(window) == "0004.jpg"


def test_a_dropped_bitmap_is_looked_for(window: MainWindow, qtbot: QtBot, indexed: Indexed) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(str(indexed.files[2])))
    assert drop(mime, window) is COPY
    wait_for(qtbot, window, "Pasted picture")
    assert first_name(window) == "0002.jpg"


def test_the_bytes_of_a_browser_come_before_its_address(window: MainWindow, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.webp")])
    mime.setData("image/webp", content(6, "WEBP"))
    assert drop(mime, window) is COPY
    wait_for(qtbot, window, "Pasted picture")
    assert first_name(window) == "0006.jpg"
    assert not window.notices.isVisible()


def test_a_picture_inside_an_address_is_looked_for(window: MainWindow, qtbot: QtBot) -> None:
    inside = base64.b64encode(content(5)).decode("ascii")
    mime = QMimeData()
    mime.setData("text/uri-list", f"data:image/jpeg;base64,{inside}\r\n".encode("ascii"))
    assert drop(mime, window) is COPY
    wait_for(qtbot, window, "Pasted picture")
    assert first_name(window) == "0005.jpg"


@pytest.mark.parametrize(
    "address",
    [
        "data:image/png;base64,####",
        "data:text/plain,hello",
        "data:image/png",
        "https://example.org/a",
    ],
)
def test_an_address_that_holds_no_picture_is_called_one(address: str) -> None:
    mime = QMimeData()
    mime.setData("text/uri-list", f"{address}\r\n".encode("ascii"))
    assert dropped.read(mime) == Dropped(only_address=True)


def test_percent_signs_in_an_address_stand_for_bytes() -> None:
    mime = QMimeData()
    mime.setData("text/uri-list", b"data:image/svg+xml,%3Csvg%20a%3D%22b%22%3E\r\n")
    assert dropped.read(mime).data == b'<svg a="b">'


@posix
@pytest.mark.parametrize("form", ["{}", "'{}'", '  "{}"\n', "file://{}"])
@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_text_that_is_a_path_is_looked_for(
    window: MainWindow, qtbot: QtBot, indexed: Indexed, form: str, way: str
) -> None:
    path = QUrl.fromLocalFile(str(indexed.files[7])).path(
        QUrl.ComponentFormattingOption.FullyEncoded
    )
    words = form.format(path if form.startswith("file") else indexed.files[7])
    if way == "drop":
        assert drop(text(words), window) is COPY
    else:
        QApplication.clipboard().setText(words)
        QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, window, "0007.jpg")
    assert window.model.hits[0].distance == 0


def test_a_pasted_file_is_looked_for(window: MainWindow, qtbot: QtBot, indexed: Indexed) -> None:
    QApplication.clipboard().setMimeData(urls([indexed.files[9]]))
    window.intake.paste()
    wait_for(qtbot, window, "0009.jpg")


def test_a_text_that_is_no_path_is_explained(window: MainWindow) -> None:
    assert drop(text("some words from a letter"), window) is COPY
    assert window.notices.text == "This text is not the path of a picture or of a folder."
    drop(text("https://example.org/cat.jpg"), window)
    assert "does not use the network" in window.notices.text
    assert window.searches.current is None


def test_a_clipboard_without_anything_of_use_says_so(window: MainWindow) -> None:
    for mime in (QMimeData(), _unknown()):
        window.notices.hide()
        QApplication.clipboard().setMimeData(mime)
        QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert window.notices.isVisible()
        assert window.notices.text == "There is no picture, no file and no path on the clipboard."


def _unknown() -> QMimeData:
    mime = QMimeData()
    mime.setData("application/x-spreadsheet", b"1;2")
    return mime


def test_what_no_picture_can_be_in_is_not_taken(window: MainWindow) -> None:
    assert drop(_unknown(), window) is IGNORE
    mime = QMimeData()
    mime.setData("text/uri-list", b"")
    drop(mime, window)
    assert "in what was dropped" in window.notices.text


def test_the_number_of_a_photo_counts_only_from_this_window(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    window.intake.look_for_file(os.fsencode(indexed.files[1]))
    wait_for(qtbot, window, "0001.jpg")
    mime = window.model.mimeData([window.model.index(3)])
    number = int(mime.data(PHOTO_MIME).data())
    hit = window.model.hits[3]
    assert dropped.read(mime, own=True).photo_id == number == hit.photo_id
    assert dropped.read(mime) == Dropped(paths=(hit.path,))


def test_a_photo_copied_in_the_grid_is_pasted_as_that_photo(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    window.intake.look_for_file(os.fsencode(indexed.files[1]))
    wait_for(qtbot, window, "0001.jpg")
    hit = window.model.hits[2]
    QApplication.clipboard().setMimeData(window.model.mimeData([window.model.index(2)]))
    with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS) as answered:
        window.intake.paste()
    assert answered.args is not None
    assert first_name(window) == Path(os.fsdecode(hit.path)).name


def test_the_same_picture_again_is_no_step_to_go_back_over(
    window: MainWindow, qtbot: QtBot, indexed: Indexed
) -> None:
    for _ in range(2):
        with qtbot.waitSignal(window.searches.answered, timeout=ANSWER_MS):
            drop(urls([indexed.files[3]]), window)
    assert not window.searches.can_go_back
    assert first_name(window) == "0003.jpg"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (content(1)[:700], "The picture is damaged or cut off"),
        (b"words", "The file is not a picture in a format that Desktopsearch reads."),
    ],
)
def test_a_file_that_is_no_picture_is_explained_without_a_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, data: bytes, sentence: str
) -> None:
    drop(urls([put_bytes(tmp_path / "bad.jpg", data)]), window)
    qtbot.waitUntil(lambda: window.pages.text.startswith(sentence), timeout=ANSWER_MS)
    assert window.pages.title == "This picture cannot be searched for"
    assert window.findChild(QMessageBox) is None


def test_a_file_that_is_gone_is_explained(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(urls([tmp_path / "gone.jpg"]), window)
    qtbot.waitUntil(lambda: window.pages.text == "The file is no longer there.", timeout=ANSWER_MS)


@pytest.mark.skipif(sys.platform != "linux", reason="rights of Linux")
def test_a_folder_without_rights_is_explained(
    window: MainWindow, qtbot: QtBot, indexed: Indexed, tmp_path: Path
) -> None:
    for folder in (tmp_path, indexed.library):
        for above in (folder, *list(folder.parents)[:-2]):
            above.chmod(0o755)
    # The services must not be at work on the library while this process has lost its rights to it.
    qtbot.waitUntil(lambda: "up to date" in window.activity.text)
    closed = tmp_path / "closed"
    inside = put_bytes(closed / "inside" / "a.jpg", content(1)).parent
    closed.chmod(0)
    with unprivileged():
        drop(urls([closed]), window)
        qtbot.waitUntil(lambda: "cannot be read" in window.notices.text)
        assert window.notices.text == f"The folder {closed} cannot be read: Permission denied."
        # What cannot be looked at counts as a picture, of which the decoder says more.
        drop(urls([inside]), window)
        qtbot.waitUntil(lambda: window.searches.current is not None)
    closed.chmod(0o755)
    qtbot.waitUntil(lambda: "cannot be searched" in window.pages.title, timeout=ANSWER_MS)
    assert window.findChild(QMessageBox) is None
