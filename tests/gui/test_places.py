from __future__ import annotations

import os
import sys

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from desktopsearch.gui.places import (
    folder_of,
    name_of,
    path_of,
    path_of_text,
    show_in_folder,
    url_of,
)

ODD = [
    b"/photos/plain.jpg",
    "/photos/Grüße & 100 %#?.jpg".encode(),
    b"/photos/not utf-8 \xff\xfe.jpg",
    b"/photos/back\\slash and \n newline.jpg",
]


@pytest.mark.skipif(os.name == "nt", reason="paths of Linux and macOS")
@pytest.mark.parametrize("path", ODD)
def test_a_path_survives_the_way_through_an_address(path: bytes) -> None:
    assert path_of(QUrl(url_of(path))) == path


def test_an_address_of_the_web_is_no_path() -> None:
    assert path_of(QUrl("https://example.org/a.jpg")) is None


@pytest.mark.skipif(os.name == "nt", reason="paths of Linux and macOS")
def test_copied_texts_are_paths_only_when_they_are_whole_paths() -> None:
    assert path_of_text(' "/a b/c.jpg"\n') == b"/a b/c.jpg"
    assert path_of_text("file:///a%20b/c.jpg") == b"/a b/c.jpg"
    assert path_of_text("~/c.jpg") == os.fsencode(os.path.expanduser("~/c.jpg"))  # noqa: PTH111
    for text in ("", "c.jpg", "a sentence", "/a.jpg\n/b.jpg", "https://example.org/a.jpg"):
        assert path_of_text(text) is None, text


class Opened(QObject):
    """Stands where the system's other programs would be called."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


@pytest.mark.skipif(sys.platform != "linux", reason="the way of Linux")
@pytest.mark.parametrize("bus", [None, "unix:path=/nowhere"])
def test_without_a_file_manager_to_ask_the_folder_is_opened(
    bus: str | None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if bus is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")  # type: ignore[arg-type]
    show_in_folder(b"/photos/a b.jpg")
    qtbot.waitUntil(lambda: len(opened.urls) == 1)
    QDesktopServices.unsetUrlHandler("file")
    assert path_of(opened.urls[0]) == b"/photos"


def test_names_are_shown_whatever_their_bytes() -> None:
    assert name_of(b"/photos/\xff.jpg") == "?.jpg"
    assert name_of(b"/") == "/"
    assert folder_of(b"/photos/a.jpg") == b"/photos"
