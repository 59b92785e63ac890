"""Drops on a widget as Qt delivers them, without a mouse."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktopsearch.gui.places import url_of


def urls(paths: Sequence[Path]) -> QMimeData:
    """What a file manager offers."""
    mime = QMimeData()
    mime.setUrls([url_of(os.fsencode(path)) for path in paths])
    return mime


def drop(mime: QMimeData, target: QWidget) -> bool:
    """Drag something over the middle of a widget and let go; returns whether it was taken."""
    middle = target.rect().center()
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(middle), copy, mime, left, none)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(middle), copy, mime, left, none)
    QApplication.sendEvent(target, event)
    return event.isAccepted()
