"""A line above the photos for something that the user should know; it can be sent away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX


class NoticeBar(QFrame):
    """Shows the latest notice until it is dismissed."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._act = QPushButton()
        self._act.setProperty("role", "quiet")
        self._act.clicked.connect(self._on_act)
        self._action: Callable[[], None] | None = None
        dismiss = QToolButton()
        dismiss.setIcon(icons.get("close", "muted"))
        dismiss.setAccessibleName(_("Dismiss this notice"))
        dismiss.setToolTip(_("Dismiss"))
        dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, SPACE_PX, SPACE_PX, SPACE_PX)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(IconLabel(icons, "info", 18, "warning"))
        layout.addWidget(self._text, 1)
        layout.addWidget(self._act)
        layout.addWidget(dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def say(self, text: str, action: str = "", on_action: Callable[[], None] | None = None) -> None:
        """Show a notice, with a button if there is something to do about it."""
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._act.setText(action)
        self._act.setVisible(bool(action))
        self._action = on_action
        self.show()

    def _on_act(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()
