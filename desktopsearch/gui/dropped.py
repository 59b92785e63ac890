"""What a drop or the clipboard holds: paths, the bytes of a picture, or nothing of use.

Reads no file and decodes no picture: bytes go to the decoder as they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt
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
    """A photo of the library."""
    only_address: bool = False
    """A picture on the web of which the other program gave the address alone."""


def may_hold_something(mime: QMimeData) -> bool:
    """Whether a drag is worth accepting, judged without fetching its content."""
    return mime.hasUrls() or mime.hasImage() or bool(_picture_formats(mime))


def is_own_photo(mime: QMimeData) -> bool:
    """Whether a photo of this window is being dragged."""
    return mime.hasFormat(PHOTO_MIME)


def read(mime: QMimeData, *, with_text: bool = False) -> Dropped:
    """Take out what there is to look for.

    Args:
        mime: A drop or the clipboard.
        with_text: Whether a text that is a path counts, as with a paste.
    """
    if is_own_photo(mime):
        return Dropped(photo_id=int(mime.data(PHOTO_MIME).data()))
    urls = mime.urls()
    paths = tuple(path for url in urls if (path := path_of(url)) is not None)
    if paths:
        return Dropped(paths=paths)
    for name in _picture_formats(mime):
        data = bytes(mime.data(name).data())
        if data:
            return Dropped(data=data)
    if mime.hasImage():
        return Dropped(data=_as_bitmap(mime.imageData()))
    if with_text and (path := path_of_text(mime.text())) is not None:
        return Dropped(paths=(path,))
    return Dropped(only_address=bool(urls))


def _picture_formats(mime: QMimeData) -> list[str]:
    offered = set(mime.formats())
    return [name for name in _PICTURE_MIMES if name in offered]


def _as_bitmap(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Uncompressed, so that a large screenshot does not hold up the window.
    QImageWriter(buffer, QByteArray(b"bmp")).write(image)
    return bytes(data.data())


def accept_copy(event: QDropEvent) -> None:
    """Take a drop as a copy; after a move the other program would delete its file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
