"""A line of the library panel whose photos can be shown."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.narrow import ElidedLabel
from desktopsearch.gui.theme import SPACE_PX


class LibraryRow(QPushButton):
    """An icon, a name and a detail; ``clicked`` asks for the photos."""

    def __init__(self, icons: Icons, icon: str) -> None:
        super().__init__()
        self.setObjectName("libraryRow")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = IconLabel(icons, icon, 20, "accent")
        self._name = ElidedLabel()
        self._name.setProperty("role", "strong")
        self._detail = ElidedLabel()
        self._detail.setProperty("role", "small")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._detail)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(SPACE_PX, 6, 4, 6)
        self._layout.setSpacing(SPACE_PX)
        self._layout.addWidget(self._icon)
        self._layout.addLayout(texts, 1)

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name.text()

    @property
    def detail(self) -> str:
        """What is said of its state."""
        return self._detail.text()

    @property
    def is_marked(self) -> bool:
        """Whether its photos are what is shown."""
        return bool(self.property("marked"))

    def show_texts(self, name: str, detail: str, spoken: str) -> None:
        """Say what it is now.

        Args:
            name: What it is called.
            detail: Of its state.
            spoken: The name for who does not see it.
        """
        self._name.setText(name)
        self._detail.setText(detail)
        self.setAccessibleName(f"{spoken}, {detail}")

    def mark(self, marked: bool) -> None:
        """Show whether its photos are what is shown."""
        if marked != self.is_marked:
            self.setProperty("marked", marked)
            self.style().polish(self)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for what lies in it; a button would reckon with a text of its own."""
        return self._layout.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As the layout has it."""
        return self._layout.minimumSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter does what a click does; space is the button's own."""
        if shortcuts.act_of(event, shortcuts.FOLDERS) is not None:
            self.click()
        else:
            super().keyPressEvent(event)
