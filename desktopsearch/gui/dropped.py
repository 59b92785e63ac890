"""What a drop or the clipboard holds: paths, the bytes of a picture, or nothing of use.

Reads no file and decodes no picture: bytes go to the decoder as they came.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QImageWriter

from desktopsearch.gui.places import path_of, path_of_text
from desktopsearch.gui.results_model import PHOTO_MIME

# What programs offer of one and the same picture, the truest first.
_PICTURE_MIMES: Final = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/avif",
    "image/heic",
    "image/gif",
    "image/tiff",
    "image/bmp",
    "image/x-bmp",
    "image/x-MS-bmp",
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something to look for, or folders to add."""

    paths: tuple[bytes, ...] = ()
    """Files or folders; which of them only the file system knows."""
    data: bytes | None = None
    """A picture that is no file."""
    photo_id: int | None = None
    """A photo of the library, from this window itself."""
    only_address: bool = False
    """A picture on the web of which the other program gave the address alone."""
    only_text: bool = False
    """Some text that is neither."""


def may_hold_something(mime: QMimeData) -> bool:
    """Whether a drag is worth accepting, judged without fetching its content."""
    return mime.hasUrls() or mime.hasImage() or mime.hasText() or bool(_picture_formats(mime))


def read(mime: QMimeData, *, own: bool = False) -> Dropped:
    """Take out what there is to look for.

    Args:
        mime: A drop or the clipboard.
        own: Whether it comes from this window; the number of a photo means nothing elsewhere.
    """
    urls = mime.urls()
    paths = tuple(path for url in urls if (path := path_of(url)) is not None)
    photo_id = int(mime.data(PHOTO_MIME).data()) if own and mime.hasFormat(PHOTO_MIME) else None
    if paths or photo_id is not None:
        return Dropped(paths=paths, photo_id=photo_id)
    for name in _picture_formats(mime):
        data = bytes(mime.data(name).data())
        if data:
            return Dropped(data=data)
    if mime.hasImage():
        return Dropped(data=as_bitmap(mime.imageData()))
    for url in urls:
        data = _in_address(url)
        if data:
            return Dropped(data=data)
    text = mime.text().strip()
    if (path := path_of_text(text)) is not None:
        return Dropped(paths=(path,))
    if urls or text.startswith(("https://", "http://")):
        return Dropped(only_address=True)
    return Dropped(only_text=bool(text))


def _picture_formats(mime: QMimeData) -> list[str]:
    offered = set(mime.formats())
    return [name for name in _PICTURE_MIMES if name in offered]


def as_bitmap(image: QImage) -> bytes:
    """A picture as the bytes of a file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Uncompressed, so that a large screenshot does not hold up the window.
    QImageWriter(buffer, QByteArray(b"bmp")).write(image)
    return bytes(data.data())


def _in_address(url: QUrl) -> bytes:
    """The picture that a ``data:`` address holds itself, as pages of results on the web have it."""
    if url.scheme() != "data":
        return b""
    kind, comma, content = url.path(QUrl.ComponentFormattingOption.FullyEncoded).partition(",")
    if not (comma and kind.startswith("image/")):
        return b""
    data = bytes(QByteArray.fromPercentEncoding(content.encode("ascii")).data())
    if not kind.endswith(";base64"):
        return data
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return b""


def accept_copy(event: QDropEvent) -> None:
    """Take a drop as a copy; after a move the other program would delete its file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
