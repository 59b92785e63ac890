"""What can be done with photos: the real services behind it, the real clipboard and trash."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.bridge import Bridge, RunFinished
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.label_menus import LabelMenus
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.photo_acts import PhotoActs
from desktopsearch.gui.photo_menu import PhotoMenus
from desktopsearch.gui.photo_properties import PhotoProperties
from desktopsearch.gui.results_model import PHOTO_MIME
from desktopsearch.gui.theme import Theme
from desktopsearch.services.session import WritingSession
from desktopsearch.services.status import status
from tests.gui.conftest import SETTINGS
from tests.journeys.photographs import content, put, put_bytes


@dataclass
class Desk:
    """A window with nothing in it but notices and menus, over a library of its own."""

    window: QWidget
    bridge: Bridge
    notices: NoticeBar
    menus: PhotoMenus
    photos: Path
    files: list[Path]
    hits: list[SearchHit]

    def act(self, text: str, *hits: SearchHit) -> QAction:
        menu = self.menus.menu_for(hits or self.hits[:1])
        return next(action for action in menu.actions() if action.text() == text)

    def searched(self, qtbot: QtBot) -> int:
        answers: list[object] = []
        self.bridge.ask(lambda session: status(session.library).totals.photos, answers.append)
        qtbot.waitUntil(lambda: bool(answers))
        return int(str(answers[0]))


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    photos = tmp_path / "photos"
    files = [put(photos / "hills" / f"{seed}.jpg", seed) for seed in range(3)]
    files.append(put_bytes(photos / "<b>odd & 100 %.jpg", content(3, camera="Leica M6")))
    paths = LibraryPaths(tmp_path / "library")
    with WritingSession.open(paths, SETTINGS, lambda _: None) as session:
        from desktopsearch.services import folders

        folders.add(session.library, [photos])
        session.bring_up_to_date()
        numbers = session.library.snapshot.index.photo_ids.tolist()
        with session.library.database.read() as connection:
            from desktopsearch.storage import photos as stored

            found = stored.places(connection, numbers)
    path_numbers = {place.path: number for number, [place] in found.items()}
    hits = [
        SearchHit(path_numbers[os.fsencode(file)], 3 * row, os.fsencode(file), (), offline=False)
        for row, file in enumerate(files)
    ]
    window = QWidget()
    bridge, notices = Bridge(paths, SETTINGS, window), NoticeBar(Icons(theme), window)
    QVBoxLayout(window).addWidget(notices)
    icons = Icons(theme)
    labels = LabelMenus(theme, icons, AlbumActs(window, bridge, notices))
    menus = PhotoMenus(icons, PhotoActs(window, bridge, notices), labels, window)
    window.show()
    with qtbot.waitSignal(bridge.finished, timeout=30_000):
        bridge.start()
    yield Desk(window, bridge, notices, menus, photos, files, hits)
    with qtbot.waitSignal(bridge.closed, timeout=10_000):
        bridge.close()
    window.close()
    window.deleteLater()
    qtbot.wait(0)


def finished(qtbot: QtBot, desk: Desk, removed: int = 0, indexed: int = 0) -> object:
    """Wait for the end of a run that has done so much."""

    def fits(run: RunFinished) -> bool:
        return (run.removed, run.indexed) == (removed, indexed)

    return qtbot.waitSignal(desk.bridge.finished, timeout=30_000, check_params_cb=fits)


def test_the_menu_offers_everything_and_the_trash_last(desk: Desk) -> None:
    texts = [action.text() for action in desk.menus.menu_for(desk.hits[:1]).actions()]
    assert [text for text in texts if text] == [
        "Find similar photos",
        "Find duplicates",
        "Add to the query as alike",
        "Add to the query as unlike",
        "Why is this one here?",
        "Open",
        "Open with",
        "Show in folder",
        "Copy",
        "Copy image",
        "Copy path",
        "Add to album",
        "Remove from album",
        "Not in this album",
        "Exclude this file",
        "Exclude its folder",
        "Properties",
        "Move to trash…",
    ]
    several = desk.menus.menu_for(desk.hits[:2]).actions()
    assert {action.text() for action in several if action.text() and not action.isEnabled()} == {
        "Find duplicates",
        "Why is this one here?",
        "Open with",  # until its programs are known
        "Copy image",
        "Remove from album",
        "Not in this album",
        "Properties",
    }
    assert "Exclude these files" in [action.text() for action in several]


def test_what_needs_one_photo_takes_the_first(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, bytes]] = []
    monkeypatch.setattr(places, "open_file", lambda path: done.append(("open", path)))
    monkeypatch.setattr(places, "show_in_folder", lambda path: done.append(("show", path)))
    desk.act("Open", *desk.hits[1:]).trigger()
    desk.act("Show in folder", *desk.hits[1:]).trigger()
    assert done == [("open", desk.hits[1].path), ("show", desk.hits[1].path)]
    with qtbot.waitSignal(desk.menus.similar_wanted) as wanted:
        desk.act("Find similar photos", *desk.hits[1:]).trigger()
    assert wanted.args == [desk.hits[1]]


def test_files_and_paths_are_copied_whatever_their_names(desk: Desk) -> None:
    clipboard = QApplication.clipboard()
    desk.act("Copy", *desk.hits).trigger()
    urls = clipboard.mimeData().urls()
    assert [places.path_of(url) for url in urls] == [hit.path for hit in desk.hits]
    desk.act("Copy", desk.hits[3]).trigger()
    assert clipboard.mimeData().data(PHOTO_MIME).data() == b"%d" % desk.hits[3].photo_id
    desk.act("Copy path", *desk.hits).trigger()
    assert clipboard.text().splitlines() == [str(file) for file in desk.files]


def clipboard_picture() -> Image.Image:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QApplication.clipboard().image().save(buffer, "PNG")  # type: ignore[call-overload]
    return Image.open(io.BytesIO(bytes(buffer.data().data())))


def test_the_pixels_of_the_file_are_copied_or_those_of_its_proxy(desk: Desk, qtbot: QtBot) -> None:
    clipboard = QApplication.clipboard()
    clipboard.clear()
    with qtbot.waitSignal(clipboard.dataChanged, timeout=20_000):
        desk.act("Copy image", desk.hits[2]).trigger()
    with Image.open(desk.files[2]) as photo:
        expected = photo.convert("RGB")
    assert clipboard_picture().convert("RGB").tobytes() == expected.tobytes()
    assert not desk.notices.isVisible()
    desk.files[2].unlink()
    with qtbot.waitSignal(clipboard.dataChanged, timeout=20_000):
        desk.act("Copy image", desk.hits[2]).trigger()
    assert clipboard_picture().size == (160, 120)
    assert "small copy" in desk.notices.text


def test_a_file_and_a_folder_are_left_out_and_taken_in_again(desk: Desk, qtbot: QtBot) -> None:
    with finished(qtbot, desk, removed=2):  # type: ignore[attr-defined]
        desk.act("Exclude these files", desk.hits[0], desk.hits[3]).trigger()
    qtbot.waitUntil(lambda: desk.notices.text == "2 files are left out of the library.")
    assert desk.searched(qtbot) == 2
    with finished(qtbot, desk, indexed=2):  # type: ignore[attr-defined]
        QTest.mouseClick(undo(desk), Qt.MouseButton.LeftButton)
    assert desk.searched(qtbot) == 4
    with finished(qtbot, desk, removed=3):  # type: ignore[attr-defined]
        desk.act("Exclude its folder").trigger()
    qtbot.waitUntil(lambda: desk.notices.text == "1 folder is left out of the library.")
    assert desk.searched(qtbot) == 1
    with finished(qtbot, desk, indexed=3):  # type: ignore[attr-defined]
        QTest.mouseClick(undo(desk), Qt.MouseButton.LeftButton)
    desk.act("Exclude its folder", desk.hits[3]).trigger()
    qtbot.waitUntil(lambda: "would leave out every photo" in desk.notices.text)
    assert all(file.exists() for file in desk.files)


def undo(desk: Desk) -> QPushButton:
    found = [each for each in desk.notices.findChildren(QPushButton) if each.text() == "Undo"]
    assert found[0].isVisible()
    return found[0]


def test_properties_tell_everything_and_can_be_copied(desk: Desk, qtbot: QtBot) -> None:
    desk.act("Properties", desk.hits[3]).trigger()
    qtbot.waitUntil(lambda: desk.window.findChild(PhotoProperties) is not None)
    dialog = desk.window.findChild(PhotoProperties)
    assert dialog is not None
    labels = dialog.findChildren(QLabel)
    texts = [label.text() for label in labels]
    assert texts[0] == "<b>odd & 100 %.jpg"
    assert {"9 bits from the query", "160 × 120 pixels (0.02 megapixels)"} <= set(texts)  # noqa: RUF001
    assert {"JPEG", "Leica M6", "not known", "none", "1 file"} <= set(texts)
    assert any(len(text) == 64 and int(text, 16) for text in texts if len(text) == 64)
    listed = dialog.findChild(QPlainTextEdit)
    assert listed is not None
    assert listed.toPlainText() == str(desk.files[3])
    values = [label for label in labels if label.accessibleName()]
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert all(label.textInteractionFlags() & selectable for label in values)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in values)
    QTest.mouseClick(dialog.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.window.findChild(PhotoProperties) is None)


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "Trash" / "files"


def ask_for_trash(desk: Desk, *hits: SearchHit) -> QMessageBox:
    desk.act("Move to trash…", *hits).trigger()
    return desk.window.findChildren(QMessageBox)[-1]


def press(box: QMessageBox, text: str) -> None:
    button = next(each for each in box.buttons() if each.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="Linux's trash")
def test_the_trash_is_asked_for_once_and_what_is_there_is_not_searched(
    desk: Desk, qtbot: QtBot, trash: Path
) -> None:
    box = ask_for_trash(desk, *desk.hits[1:])
    assert box.text() == "Move 3 files to the trash?"
    assert "Copies" not in box.informativeText()
    press(box, "Keep")
    assert all(file.exists() for file in desk.files)
    with finished(qtbot, desk, removed=3):  # type: ignore[attr-defined]
        press(ask_for_trash(desk, *desk.hits[1:]), "Move to trash")
    qtbot.waitUntil(lambda: desk.notices.text == "3 files were moved to the trash.")
    assert [file.exists() for file in desk.files] == [True, False, False, False]
    assert {file.name for file in trash.iterdir()} == {file.name for file in desk.files[1:]}
    assert desk.searched(qtbot) == 1


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="Linux's trash")
def test_what_cannot_be_moved_to_the_trash_is_named_and_nothing_else_is_moved(
    desk: Desk, qtbot: QtBot, trash: Path
) -> None:
    odd = os.fsencode(desk.photos) + b"/\xff.jpg"
    alike = desk.photos / "\N{REPLACEMENT CHARACTER}.jpg"
    put(alike, 8)
    with open(odd, "wb") as file:  # noqa: PTH123 - Path takes no bytes
        file.write(content(9))
    desk.files[0].unlink()
    hits = [desk.hits[0], desk.hits[1], SearchHit(99, 0, odd, (odd,), offline=False)]
    box = ask_for_trash(desk, *hits)
    assert "Copies" in box.informativeText()
    press(box, "Move to trash")
    qtbot.waitUntil(lambda: desk.notices.text.startswith("2 files could not be moved"))
    assert desk.notices.text.endswith(": 0.jpg, ?.jpg")
    assert os.path.exists(odd)  # noqa: PTH110 - Path takes no bytes
    assert alike.exists()
    assert not desk.files[1].exists()
    assert [file.name for file in trash.iterdir()] == ["1.jpg"]
