"""Drops on a widget as Qt delivers them, without a mouse."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktopsearch.gui.places import url_of


def urls(paths: Sequence[Path]) -> QMimeData:
    """What a file manager offers."""
    mime = QMimeData()
    mime.setUrls([url_of(os.fsencode(path)) for path in paths])
    return mime


def drop(
    mime: QMimeData,
    target: QWidget,
    offered: Qt.DropAction = Qt.DropAction.CopyAction,
    *,
    at: QPoint | None = None,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> Qt.DropAction:
    """Drag something over the middle of a widget, or over a place of it, and let go.

    Returns:
        What the other program is told was done with it.
    """
    middle = target.rect().center() if at is None else at
    left, none = Qt.MouseButton.LeftButton, keys
    actions = offered | Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(middle), actions, mime, left, none)
    enter.setDropAction(offered)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return Qt.DropAction.IgnoreAction
    move = QDragMoveEvent(QPoint(middle), actions, mime, left, none)
    move.setDropAction(offered)
    QApplication.sendEvent(target, move)
    event = QDropEvent(QPointF(middle), actions, mime, left, none)
    event.setDropAction(offered)
    QApplication.sendEvent(target, event)
    return event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction
