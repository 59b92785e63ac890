"""Thumbnails of the library's photos: read and decoded on one thread, kept within a budget.

Decodes proxies only, which the application made itself; never a user's file. What was asked for
last comes first, and what nobody wants any more is not read.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.gui.bridge import open_thumbnail_reader

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import ThumbnailReader

_log = logging.getLogger(__name__)

CACHE_BYTES = 256 * 1024 * 1024
_AT_ONCE = 8
_BYTES_PER_PIXEL = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    pixmap: QPixmap
    edge_px: int

    @property
    def size_bytes(self) -> int:
        return self.pixmap.width() * self.pixmap.height() * _BYTES_PER_PIXEL


class Thumbnails(QObject):
    """Hands out pixmaps that are there, and fetches those that are wanted."""

    loaded = Signal(int)
    """A photo has a new pixmap."""
    failed = Signal(object)
    """The proxies cannot be read: a ``DesktopSearchError``."""

    _decoded = Signal(object, int)

    def __init__(
        self, paths: LibraryPaths, cache_bytes: int = CACHE_BYTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._paths = paths
        self._cache_bytes = cache_bytes
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._kept_bytes = 0
        self._missing: set[int] = set()
        self._condition = threading.Condition()
        self._wanted: list[int] = []
        self._edge_px = 0
        self._closing = False
        self._thread: threading.Thread | None = None
        self._decoded.connect(self._on_decoded, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to read; the library must exist by now."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="thumbnails", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread; at most one small batch is still decoded."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def forget(self) -> None:
        """End the thread and forget all pixmaps, until ``start`` begins anew."""
        self.close()
        # What is on its way from the thread arrives before it is forgotten.
        QCoreApplication.sendPostedEvents(self)
        self._closing = False
        self._wanted = []
        self._kept.clear()
        self._kept_bytes = 0
        self._missing.clear()

    def get(self, photo_id: int) -> QPixmap | None:
        """The pixmap of a photo, perhaps of another size, or None as long as there is none."""
        kept = self._kept.get(photo_id)
        if kept is None:
            return None
        self._kept.move_to_end(photo_id)
        return kept.pixmap

    def want(self, photo_ids: Sequence[int], edge_px: int) -> None:
        """Fetch these photos and forget earlier wishes.

        Args:
            photo_ids: The most urgent first.
            edge_px: Longest edge in pixels of the screen.
        """
        missing = [
            photo_id
            for photo_id in photo_ids
            if photo_id not in self._missing
            and ((kept := self._kept.get(photo_id)) is None or kept.edge_px != edge_px)
        ]
        with self._condition:
            self._wanted = missing
            self._edge_px = edge_px
            self._condition.notify()

    def retry_missing(self) -> None:
        """Ask again for photos that had no proxy; the library has changed."""
        self._missing.clear()

    def _on_decoded(self, images: Mapping[int, QImage | None], edge_px: int) -> None:
        for photo_id, image in images.items():
            if image is None:
                self._missing.add(photo_id)
                continue
            self._drop(photo_id)
            kept = _Kept(QPixmap.fromImage(image), edge_px)
            self._kept[photo_id] = kept
            self._kept_bytes += kept.size_bytes
            self.loaded.emit(photo_id)
        while self._kept_bytes > self._cache_bytes and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, photo_id: int) -> None:
        kept = self._kept.pop(photo_id, None)
        if kept is not None:
            self._kept_bytes -= kept.size_bytes

    # What follows runs on the thread of the thumbnails.

    def _work(self) -> None:
        try:
            reader = open_thumbnail_reader(self._paths)
        except DesktopSearchError as error:
            self.failed.emit(error)
            return
        try:
            while (batch := self._next_batch()) is not None:
                photo_ids, edge_px = batch
                self._decoded.emit(_decode(reader, photo_ids, edge_px), edge_px)
        finally:
            reader.close()

    def _next_batch(self) -> tuple[list[int], int] | None:
        with self._condition:
            self._condition.wait_for(lambda: bool(self._wanted) or self._closing)
            if self._closing:
                return None
            batch, self._wanted = self._wanted[:_AT_ONCE], self._wanted[_AT_ONCE:]
            return batch, self._edge_px


def _decode(
    reader: ThumbnailReader, photo_ids: Sequence[int], edge_px: int
) -> dict[int, QImage | None]:
    proxies = reader.read(photo_ids)
    return {
        photo_id: _scaled(proxies[photo_id], edge_px) if photo_id in proxies else None
        for photo_id in photo_ids
    }


def _scaled(proxy: bytes, edge_px: int) -> QImage | None:
    image = QImage.fromData(proxy)
    if image.isNull():
        _log.warning("A stored proxy cannot be decoded")
        return None
    if max(image.width(), image.height()) > edge_px:
        image = image.scaled(
            QSize(edge_px, edge_px),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
