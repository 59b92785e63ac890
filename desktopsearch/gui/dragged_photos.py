"""Which photos of the library a drag within the window carries."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QMimeData

PHOTOS_MIME: Final = "application/x-desktopsearch-photos"

# The numbers of photos mean nothing to another window on another library.
_THIS_PROCESS: Final = secrets.token_hex(8)


def put(mime: QMimeData, photo_ids: Sequence[int]) -> None:
    """Note the photos that are dragged."""
    mime.setData(PHOTOS_MIME, " ".join([_THIS_PROCESS, *map(str, photo_ids)]).encode("ascii"))


def photo_ids(mime: QMimeData) -> list[int]:
    """The photos of a drag that began in this process; none of any other."""
    process, *numbers = bytes(mime.data(PHOTOS_MIME).data()).decode("ascii", "replace").split(" ")
    return list(map(int, numbers)) if process == _THIS_PROCESS else []
