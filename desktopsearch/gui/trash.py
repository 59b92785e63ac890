"""Moves files to the trash of the system, on a thread of its own: a disk may take its time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QFile


def move_to_trash(paths: Sequence[bytes], done: Callable[[list[bytes]], None]) -> None:
    """Move files to the trash.

    Args:
        paths: Of files.
        done: Called on the other thread with the files that could not be moved.
    """

    def work() -> None:
        done([path for path in paths if not _moved(path)])

    threading.Thread(target=work, name="trash", daemon=True).start()


def _moved(path: bytes) -> bool:
    try:
        # Qt would take something else for bytes that are no text, and so name another file.
        name = path.decode("utf-8") if os.name == "posix" else os.fsdecode(path)
    except UnicodeDecodeError:
        return False
    return QFile(name).moveToTrash()
