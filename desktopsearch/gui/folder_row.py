"""One folder of the library in the panel: its state, and a menu of what can be done with it."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu, QToolButton

from desktopsearch.domain.library import shown
from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.library_row import LibraryRow
from desktopsearch.gui.places import name_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, plural

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus


class FolderRow(LibraryRow):
    """Shows one folder; asks for what its menu says by signals."""

    show_wanted = Signal(object)
    """The folder's path, as bytes."""
    open_wanted = Signal(object)
    """The folder's ``Path``, as the next two."""
    rescan_wanted = Signal(object)
    remove_wanted = Signal(object)
    problems_wanted = Signal()
    excludes_wanted = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__(icons, "folder")
        self._icons = icons
        self._folder: FolderStatus | None = None
        self._more = QToolButton()
        self._more.setIcon(icons.get("more", "muted"))
        self._more.clicked.connect(self._open_menu)
        self._layout.addWidget(self._more)
        self.clicked.connect(self._on_clicked)

    @property
    def folder(self) -> bytes | None:
        """The folder's path."""
        return None if self._folder is None else self._folder.path

    def show_folder(self, folder: FolderStatus) -> None:
        """Show a folder as it is now."""
        self._folder = folder
        name, path = name_of(folder.path), shown(folder.path)
        self._icon.show_icon(*_icon(folder))
        self.show_texts(name, _state(folder), path)
        self._more.setAccessibleName(_("What can be done with {folder}").format(folder=name))
        self._more.setToolTip(self._more.accessibleName())
        self.setToolTip(f"<p style='white-space:pre'>{html.escape(path)}</p>")

    def menu(self) -> QMenu:
        """What can be done with the folder; the caller shows it."""
        assert self._folder is not None
        folder, icons = self._folder, self._icons
        path = Path(os.fsdecode(folder.path))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        photos = menu.addAction(icons.get("picture"), shortcuts.describe(Act.SHOW_PHOTOS))
        photos.triggered.connect(self._on_clicked)
        show = menu.addAction(icons.get("folder"), _("Open in the file manager"))
        show.triggered.connect(lambda: self.open_wanted.emit(path))
        show.setEnabled(not folder.offline)
        again = menu.addAction(icons.get("again"), _("Look for changes now"))
        again.triggered.connect(lambda: self.rescan_wanted.emit(path))
        if folder.problems:
            text = plural("Show {n} problem", "Show {n} problems", folder.problems)
            menu.addAction(icons.get("problem"), text).triggered.connect(self.problems_wanted)
        excludes = menu.addAction(_("What is left out…"))
        excludes.triggered.connect(self.excludes_wanted)
        menu.addSeparator()
        remove = menu.addAction(icons.get("close"), _("Remove from the library…"))
        remove.triggered.connect(lambda: self.remove_wanted.emit(path))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Show the menu where the mouse is."""
        self.menu().popup(event.globalPos())

    def _on_clicked(self) -> None:
        assert self._folder is not None
        self.show_wanted.emit(self._folder.path)

    def _open_menu(self) -> None:
        self.menu().popup(self._more.mapToGlobal(QPoint(0, self._more.height())))


def _icon(folder: FolderStatus) -> tuple[str, str]:
    if folder.offline:
        return "offline", "muted"
    return ("again" if folder.scanning else "folder"), "accent"


def _state(folder: FolderStatus) -> str:
    parts = [plural("{n} file", "{n} files", folder.locations)]
    if folder.offline:
        parts.append(_("offline"))
    elif folder.scanning:
        parts.append(_("looking…"))
    if folder.problems:
        parts.append(plural("{n} problem", "{n} problems", folder.problems))
    return " · ".join(parts)
