"""The sheet that lists the keyboard shortcuts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.gui import shortcuts
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

_SIZE_PX = (760, 680)
_TEXT_WIDTH_PX = 250


class ShortcutSheet(QDialog):
    """Shows what is in ``shortcuts``, and nothing else."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keyboard shortcuts"))
        content = QWidget()
        content.setLayout(_table())
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setProperty("role", "text")
        scroll.setAccessibleName(_("Keyboard shortcuts"))
        width = content.sizeHint().width() + scroll.verticalScrollBar().sizeHint().width()
        self.resize(max(_SIZE_PX[0], width + 7 * SPACE_PX), _SIZE_PX[1])
        close = QPushButton(_("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)


def _table() -> QGridLayout:
    table = QGridLayout()
    table.setContentsMargins(*[SPACE_PX] * 4)
    table.setHorizontalSpacing(2 * SPACE_PX)
    table.setVerticalSpacing(6)
    table.setColumnStretch(1, 1)
    table.setColumnMinimumWidth(0, _TEXT_WIDTH_PX)
    for heading, acts in shortcuts.groups():
        row = table.rowCount()
        if row > 1:
            table.setRowMinimumHeight(row, SPACE_PX)
        table.addWidget(_label(heading, "heading"), row + 1, 0, 1, 2)
        for number, act in enumerate(acts, row + 2):
            keys = QHBoxLayout()
            keys.setSpacing(4)
            for text in shortcuts.key_texts(act):
                keys.addWidget(_label(text, "key"))
            keys.addStretch()
            table.addWidget(_label(shortcuts.describe(act)), number, 0)
            table.addLayout(keys, number, 1)
    table.setRowStretch(table.rowCount(), 1)
    return table


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
