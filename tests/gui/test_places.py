from __future__ import annotations

import os

import pytest
from PySide6.QtCore import QUrl

from desktopsearch.gui.places import folder_of, name_of, path_of, path_of_text, url_of

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


def test_names_are_shown_whatever_their_bytes() -> None:
    assert name_of(b"/photos/\xff.jpg") == "?.jpg"
    assert name_of(b"/") == "/"
    assert folder_of(b"/photos/a.jpg") == b"/photos"
