"""The menu of the photos that are selected: what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktopsearch.domain.library import shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places, shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.messages import copy_text
from desktopsearch.gui.results_model import mime_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _


class PhotoMenus(QObject):
    """Makes the menus of one window."""

    similar_wanted = Signal(object)
    """A ``SearchHit``: look for photos like this one."""

    def __init__(self, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._window = parent

    def popup(self, hits: Sequence[SearchHit], position: QPoint) -> None:
        """Show the menu of some photos at a place of the screen."""
        menu = self.menu_for(hits)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu_for(self, hits: Sequence[SearchHit]) -> QMenu:
        """The menu of some photos; what needs one photo takes the first."""
        menu = QMenu(self._window)
        first = hits[0]
        similar = menu.addAction(self._icons.get("search"), _("Find similar photos"))
        similar.setShortcut(shortcuts.keys_of(Act.SIMILAR)[0])
        similar.triggered.connect(lambda: self.similar_wanted.emit(first))
        menu.addSeparator()
        opened = menu.addAction(self._icons.get("open"), _("Open"))
        opened.setShortcut(shortcuts.keys_of(Act.OPEN)[0])
        opened.triggered.connect(lambda: places.open_file(first.path))
        shown_there = menu.addAction(self._icons.get("folder"), _("Show in folder"))
        shown_there.triggered.connect(lambda: places.show_in_folder(first.path))
        menu.addSeparator()
        copied = menu.addAction(self._icons.get("copy"), _("Copy"))
        copied.triggered.connect(lambda: QGuiApplication.clipboard().setMimeData(mime_of(hits)))
        copied_path = menu.addAction(_("Copy path"))
        copied_path.triggered.connect(lambda: copy_text("\n".join(shown(hit.path) for hit in hits)))
        return menu
