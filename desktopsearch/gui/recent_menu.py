"""The button behind which the recent queries are, with small pictures of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktopsearch.domain.kept_queries import KeptQuery
from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.recent_queries import PICTURE_PX
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, plural

_LONGEST_TITLE = 40


class RecentButton(QToolButton):
    """Opens a menu of the recent queries."""

    wanted = Signal(object)
    """A ``KeptQuery`` to be asked again."""
    clear_wanted = Signal()
    saved_wanted = Signal()
    """Show the saved searches."""

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
        self._entries: Sequence[KeptQuery] = ()
        self._has_saved = False
        self._fill()

    def show_entries(self, entries: Sequence[KeptQuery]) -> None:
        """Offer these, the latest first."""
        self._entries = entries
        self._fill()

    def offer_saved(self, has_saved: bool) -> None:
        """Lead to the saved searches, if there are any."""
        self._has_saved = has_saved
        self._fill()

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        if not self._entries:
            menu.addAction(_("No recent queries yet")).setEnabled(False)
        for entry in self._entries:
            action = menu.addAction(icon_with(entry.picture), short_title(menu, title_of(entry)))
            action.triggered.connect(lambda _checked, entry=entry: self.wanted.emit(entry))
        if self._entries or self._has_saved:
            menu.addSeparator()
        if self._has_saved:
            menu.addAction(_("All saved searches…")).triggered.connect(self.saved_wanted)
        if self._entries:
            menu.addAction(_("Clear recent queries")).triggered.connect(self.clear_wanted)

    def popup(self, over: QWidget) -> None:
        """Open the menu at the button or, while that is hidden, in the middle of a widget."""
        if self.isVisible():
            self.showMenu()
        else:
            place = QRect(QPoint(), self.menu().sizeHint())
            place.moveCenter(over.rect().center())
            self.menu().popup(over.mapToGlobal(place.topLeft()))


def short_title(menu: QMenu, title: str) -> str:
    """A title as a menu shows it; an ampersand would mark a key."""
    metrics = menu.fontMetrics()
    width = metrics.averageCharWidth() * _LONGEST_TITLE
    return metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, width).replace("&", "&&")


def title_of(entry: KeptQuery) -> str:
    """The name of a query, and how many further pictures it has."""
    if not entry.further:
        return entry.title
    further = plural("{n} more picture", "{n} more pictures", len(entry.further))
    return _("{title} and {further}").format(title=entry.title, further=further)


def icon_with(picture: bytes) -> QIcon:
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
    icon = QIcon(square)
    # Unlike a drawing, a photo is not coloured where its line is chosen.
    icon.addPixmap(square, QIcon.Mode.Selected)
    return icon
