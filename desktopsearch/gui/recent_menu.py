"""The button behind which the recent queries are, with small pictures of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.recent_queries import PICTURE_PX, RecentQuery
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, plural

_LONGEST_TITLE = 40


class RecentButton(QToolButton):
    """Opens a menu of the recent queries."""

    wanted = Signal(object)
    """A ``RecentQuery`` to be asked again."""
    clear_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icons.get("recent"))
        self.setToolTip(shortcuts.tool_tip(Act.RECENT))
        self.setAccessibleName(shortcuts.describe(Act.RECENT))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        # The style sheet has larger icons for it.
        menu.setObjectName("recentMenu")
        menu.setToolTipsVisible(True)
        self.setMenu(menu)
        self.show_entries(())

    def show_entries(self, entries: Sequence[RecentQuery]) -> None:
        """Offer these, the latest first."""
        menu = self.menu()
        menu.clear()
        if not entries:
            menu.addAction(_("No recent queries yet")).setEnabled(False)
            return
        for entry in entries:
            title = menu.fontMetrics().elidedText(
                _name(entry),
                Qt.TextElideMode.ElideMiddle,
                menu.fontMetrics().averageCharWidth() * _LONGEST_TITLE,
            )
            # An ampersand would mark a key.
            action = menu.addAction(_icon(entry.picture), title.replace("&", "&&"))
            action.triggered.connect(lambda _checked, entry=entry: self.wanted.emit(entry))
        menu.addSeparator()
        menu.addAction(_("Clear recent queries")).triggered.connect(self.clear_wanted)

    def popup(self, over: QWidget) -> None:
        """Open the menu at the button or, while that is hidden, in the middle of a widget."""
        if self.isVisible():
            self.showMenu()
        else:
            place = QRect(QPoint(), self.menu().sizeHint())
            place.moveCenter(over.rect().center())
            self.menu().popup(over.mapToGlobal(place.topLeft()))


def _name(entry: RecentQuery) -> str:
    if not entry.further:
        return entry.title
    further = plural("{n} more picture", "{n} more pictures", len(entry.further))
    return _("{title} and {further}").format(title=entry.title, further=further)


def _icon(picture: bytes) -> QIcon:
    """A picture in the middle of a square, so that all titles begin below each other."""
    pixmap = QPixmap()
    pixmap.loadFromData(picture)
    square = QPixmap(QSize(PICTURE_PX, PICTURE_PX))
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawPixmap(
        (PICTURE_PX - pixmap.width()) // 2, (PICTURE_PX - pixmap.height()) // 2, pixmap
    )
    painter.end()
    return QIcon(square)
