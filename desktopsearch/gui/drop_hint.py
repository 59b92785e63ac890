"""What is shown over the photos while something is dragged across the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX


class DropHint(QFrame):
    """Covers a widget, follows its size, and lets the drag through."""

    def __init__(self, icons: Icons, covered: QWidget) -> None:
        super().__init__(covered)
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        title = QLabel(_("Drop a picture to find photos like it"))
        title.setProperty("role", "title")
        text = QLabel(_("A folder is added to the library."))
        text.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE_PX)
        layout.addStretch()
        for widget in (IconLabel(icons, "picture", 56, "accent"), title, text):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self._covered = covered
        covered.installEventFilter(self)
        self.hide()

    def invite(self) -> None:
        """Show it."""
        self._cover()
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the size of what is covered."""
        if watched is self._covered and event.type() is QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        margin = 2 * SPACE_PX
        self.setGeometry(self._covered.rect().adjusted(margin, margin, -margin, -margin))
