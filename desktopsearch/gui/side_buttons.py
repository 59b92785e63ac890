"""The buttons at the side of a mouse, which lead back and forward as in a browser."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget


class SideButtons(QObject):
    """Listens on widgets that would keep such a press for themselves, and on their window."""

    back = Signal()
    forward = Signal()

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take presses of these two buttons, and nothing else."""
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if event.type() not in kinds or not isinstance(event, QMouseEvent):
            return False
        if event.button() is Qt.MouseButton.BackButton:
            self.back.emit()
        elif event.button() is Qt.MouseButton.ForwardButton:
            self.forward.emit()
        else:
            return False
        return True
