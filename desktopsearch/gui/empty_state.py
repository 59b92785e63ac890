"""A page with a drawing, a sentence and what to do next, where there are no photos to show."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.theme import SPACE_PX

_ICON_PX = 56
_TEXT_WIDTH_PX = 440
_LEAST_WIDTH_PX = 320
_MARGIN_PX = 4 * SPACE_PX


class EmptyState(QWidget):
    """One such page; its texts change with the state."""

    first_clicked = Signal()
    second_clicked = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._icon = IconLabel(icons, "picture", _ICON_PX, "muted")
        self._title = _label("title")
        self._text = _label("muted")
        self._first = QPushButton()
        self._first.setProperty("role", "primary")
        self._second = QPushButton()
        self._first.clicked.connect(self.first_clicked)
        self._second.clicked.connect(self.second_clicked)
        buttons = self._buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addStretch()
        buttons.addWidget(self._first)
        buttons.addWidget(self._second)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, 6 * SPACE_PX)
        layout.setSpacing(SPACE_PX)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(2 * SPACE_PX)
        layout.addLayout(buttons)
        layout.addStretch(3)

    @property
    def title(self) -> str:
        """The sentence that is shown."""
        return self._title.text()

    @property
    def text(self) -> str:
        """The smaller text below it."""
        return self._text.text()

    def take_focus(self) -> bool:
        """Give the keys to the first button; False if there is none."""
        if self._first.isHidden():
            return False
        self._first.setFocus()
        return True

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Texts wrap where there is little room."""
        buttons_px = self._buttons.minimumSize().width() + 2 * _MARGIN_PX
        return QSize(max(_LEAST_WIDTH_PX, buttons_px), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Wrap texts anew."""
        super().resizeEvent(event)
        self._fit_texts()

    def show_state(
        self, icon: str, title: str, text: str, first: str = "", second: str = ""
    ) -> None:
        """Say something else; a button without a text is hidden."""
        self._icon.show_icon(icon, "muted")
        self._title.setText(title)
        self._text.setText(text)
        self._fit_texts()
        for button, label in ((self._first, first), (self._second, second)):
            button.setText(label)
            button.setVisible(bool(label))

    def _fit_texts(self) -> None:
        width = min(_TEXT_WIDTH_PX, self.width() - 2 * _MARGIN_PX)
        for line in (self._title, self._text):
            # A layout that centres a label does not ask how high it gets when it wraps.
            line.ensurePolished()
            # It would not ask for less than it had for the text before.
            line.setMinimumHeight(0)
            line.setFixedSize(width, max(line.heightForWidth(width), 0))


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
