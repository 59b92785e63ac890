"""The last queries of this and earlier sessions, in a small file of the data folder.

Keeps small pictures that were made of proxies and, for a query that is no file, its proxy. Reading
and writing is done on the service thread, but for the last writing when the window has vanished.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageWriter

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.examples import Example
from desktopsearch.domain.kept_queries import (
    KeptPicture,
    KeptQuery,
    decode_recent,
    encode_recent,
)
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.gui.bridge import Bridge, Failure
from desktopsearch.gui.searches import Asked

_log = logging.getLogger(__name__)

MOST: Final = 12
PICTURE_PX: Final = 96
"""The longest edge of a kept picture: shown half as large, and sharp on dense screens."""
_QUIET_MS = 1_000
_QUALITY = 80


class RecentQueries(QObject):
    """The latest first, each picture once that led a query, with those that steered it last."""

    changed = Signal()

    def __init__(self, bridge: Bridge, paths: LibraryPaths, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._file = paths.recent_queries
        self.entries: tuple[KeptQuery, ...] = ()
        self._latest: Asked | None = None
        # While a query is being cropped there is an answer every moment.
        self._writing = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._writing.timeout.connect(self._write_soon)

    def load(self) -> None:
        """Read what earlier sessions have kept; the library must be open."""
        self._bridge.ask(lambda _session: read(self._file), self._on_read)

    def keep(self, asked: Asked, answer: SearchAnswer) -> None:
        """Remember a query that was answered, or how it is framed by now."""
        entry = kept(asked, answer)
        others = self.entries
        if asked is self._latest:
            others = others[1:]
        self._latest = asked
        others = tuple(each for each in others if not _same_picture(each, entry))
        self.entries = (entry, *others)[:MOST]
        self._writing.start()
        self.changed.emit()

    def clear(self) -> None:
        """Forget all of them, here and on the disk."""
        self.entries, self._latest = (), None
        self._writing.stop()
        self._write_soon()
        self.changed.emit()

    def close(self) -> None:
        """Write what has not been written yet."""
        if self._writing.isActive():
            self._writing.stop()
            write(self._file, self.entries)

    def _on_read(self, entries: tuple[KeptQuery, ...] | Failure) -> None:
        if isinstance(entries, tuple):
            new = self.entries
            old = [each for each in entries if not any(_same_picture(each, one) for one in new)]
            self.entries = (*new, *old)[:MOST]
            self.changed.emit()

    def _write_soon(self) -> None:
        entries = self.entries
        self._bridge.ask(lambda _session: write(self._file, entries), lambda _result: None)


def read(file: Path) -> tuple[KeptQuery, ...]:
    """Return what a file keeps; a missing or damaged one is as good as none."""
    try:
        return decode_recent(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        if not isinstance(error, FileNotFoundError):
            _log.info("Recent queries are not remembered: %s", error)
        return ()


def write(file: Path, entries: tuple[KeptQuery, ...]) -> None:
    """Write a file anew, or remove it when there is nothing to keep.

    It is a convenience: where it cannot be written, that is logged and nothing else happens.
    """
    try:
        if not entries:
            file.unlink(missing_ok=True)
            return
        descriptor, partial = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(encode_recent(entries))
            Path(partial).replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                Path(partial).unlink()
            raise
    except OSError as error:
        _log.info("Recent queries are not kept: %s", error)


def kept(asked: Asked, answer: SearchAnswer) -> KeptQuery:
    """The pictures of a query in the form in which they are kept."""
    query = answer.query
    return KeptQuery(
        title=asked.title,
        picture=_small(answer.proxy),
        path=query.path,
        data=None if query.data is None else answer.whole,
        photo_id=query.photo_id,
        framing=query.framing,
        further=tuple(map(_further, query.examples, asked.names, answer.examples)),
    )


def _further(picture: Example, name: str, proxy: bytes) -> KeptPicture:
    if picture.data is not None:
        return KeptPicture(name, picture.alike, data=proxy)
    return KeptPicture(
        name, picture.alike, path=picture.path, photo_id=picture.photo_id, framing=picture.framing
    )


def _same_picture(one: KeptQuery, other: KeptQuery) -> bool:
    return (one.path, one.data, one.photo_id) == (other.path, other.data, other.photo_id)


def _small(proxy: bytes) -> bytes:
    image = QImage.fromData(proxy).scaled(
        PICTURE_PX,
        PICTURE_PX,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(_QUALITY)
    writer.write(image)
    return bytes(data.data())
