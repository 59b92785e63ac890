"""The folders of the library, on the left: what is in them, adding and removing them."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.library import shown
from desktopsearch.gui.help_button import HelpButton
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, plural
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus

WIDTH_PX = 248


class LibraryPanel(QFrame):
    """Lists the folders; asks for changes by signals."""

    add_wanted = Signal()
    remove_wanted = Signal(object)
    """The ``Path`` of a folder."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH_PX)
        self._icons = icons
        self._shown: Sequence[FolderStatus] = ()
        heading = QLabel(_("Library"))
        heading.setProperty("role", "heading")
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        content.setLayout(self._rows)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(_("Folders of the library"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._add = QPushButton(icons.get("folder-add"), _("Add folder…"))
        self._add.clicked.connect(self.add_wanted)
        self._promise = QLabel(_("Your photos stay where they are. Nothing leaves this computer."))
        self._promise.setProperty("role", "small")
        self._promise.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        layout.setSpacing(SPACE_PX)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(HelpButton(icons))
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._add)
        layout.addWidget(self._promise)

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """Show the folders as they are now."""
        if folders == self._shown:
            return
        self._shown = folders
        while (item := self._rows.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        for folder in folders:
            row = _FolderRow(self._icons, folder)
            row.remove_clicked.connect(self.remove_wanted)
            self._rows.addWidget(row)


class _FolderRow(QFrame):
    remove_clicked = Signal(object)

    def __init__(self, icons: Icons, folder: FolderStatus) -> None:
        super().__init__()
        self.setObjectName("folderRow")
        path = Path(os.fsdecode(folder.path))
        name = QLabel(name_of(folder.path))
        name.setProperty("role", "strong")
        name.setTextFormat(Qt.TextFormat.PlainText)
        detail = QLabel(_detail(folder))
        detail.setProperty("role", "small")
        remove = QToolButton()
        remove.setIcon(icons.get("close", "muted"))
        remove.setToolTip(_("Remove from the library"))
        remove.setAccessibleName(
            _("Remove {folder} from the library").format(folder=name_of(folder.path))
        )
        remove.clicked.connect(lambda: self.remove_clicked.emit(path))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(name)
        texts.addWidget(detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_PX, 6, 4, 6)
        layout.setSpacing(SPACE_PX)
        icon = "offline" if folder.offline else "folder"
        layout.addWidget(IconLabel(icons, icon, 20, "muted" if folder.offline else "accent"))
        layout.addLayout(texts, 1)
        layout.addWidget(remove)
        self.setToolTip(f"<p style='white-space:pre'>{html.escape(shown(folder.path))}</p>")
        self.setAccessibleName(f"{shown(folder.path)}, {detail.text()}")


def _detail(folder: FolderStatus) -> str:
    count = plural("{n} file", "{n} files", folder.locations)
    if folder.offline:
        return _("{count} · offline").format(count=count)
    if folder.scanned_at is None:
        return _("{count} · looking…").format(count=count)
    return count
