"""One folder of the library in the panel: its state, and a menu of what can be done with it."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout

from desktopsearch.domain.library import shown
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, plural
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus


class FolderRow(QFrame):
    """Shows one folder; asks for what its menu says by signals."""

    open_wanted = Signal(object)
    """The folder's ``Path``, as the next two."""
    rescan_wanted = Signal(object)
    remove_wanted = Signal(object)
    problems_wanted = Signal()
    excludes_wanted = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("folderRow")
        self._icons = icons
        self._folder: FolderStatus | None = None
        self._icon = IconLabel(icons, "folder", 20, "accent")
        self._name = QLabel()
        self._name.setProperty("role", "strong")
        self._detail = QLabel()
        self._detail.setProperty("role", "small")
        for label in (self._name, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._more = QToolButton()
        self._more.setIcon(icons.get("more", "muted"))
        self._more.clicked.connect(self._open_menu)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_PX, 6, 4, 6)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._icon)
        layout.addLayout(texts, 1)
        layout.addWidget(self._more)

    @property
    def detail(self) -> str:
        """What is said of the folder's state."""
        return self._detail.text()

    def show_folder(self, folder: FolderStatus) -> None:
        """Show a folder as it is now."""
        self._folder = folder
        name, path = name_of(folder.path), shown(folder.path)
        self._icon.show_icon(*_icon(folder))
        self._name.setText(name)
        self._detail.setText(_state(folder))
        self._more.setAccessibleName(_("What can be done with {folder}").format(folder=name))
        self._more.setToolTip(self._more.accessibleName())
        self.setToolTip(f"<p style='white-space:pre'>{html.escape(path)}</p>")
        self.setAccessibleName(f"{path}, {self._detail.text()}")

    def menu(self) -> QMenu:
        """What can be done with the folder; the caller shows it."""
        assert self._folder is not None
        folder, icons = self._folder, self._icons
        path = Path(os.fsdecode(folder.path))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
