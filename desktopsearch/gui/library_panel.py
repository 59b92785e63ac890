"""The folders of the library, on the left: what is in them and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.search import Query
from desktopsearch.gui import dropped, shortcuts
from desktopsearch.gui.focus_order import follow_layout
from desktopsearch.gui.folder_row import FolderRow
from desktopsearch.gui.help_button import HelpButton
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.library_row import LibraryRow
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, plural
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus

WIDTH_PX = 268
"""As long as nobody makes it wider."""
_LEAST_WIDTH_PX, _MOST_WIDTH_PX = 200, 480


class LibraryPanel(QFrame):
    """Lists the folders and takes dropped ones; asks for changes by signals."""

    show_wanted = Signal(object)
    """The ``Query`` that lists what is to be shown: all photos, a folder, or duplicates."""
    add_wanted = Signal()
    dropped = Signal(object)
    """The ``Path`` of whatever was dropped here, in a list."""
    remove_wanted = Signal(object)
    """The ``Path`` of a folder, as those that follow."""
    open_wanted = Signal(object)
    rescan_wanted = Signal(object)
    problems_wanted = Signal()
    excludes_wanted = Signal()
    settings_wanted = Signal()
    teach_wanted = Signal()
    taught_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setMinimumWidth(_LEAST_WIDTH_PX)
        self.setMaximumWidth(_MOST_WIDTH_PX)
        self.setAcceptDrops(True)
        self._icons = icons
        self._shown: Sequence[FolderStatus] = ()
        self.rows: list[FolderRow] = []
        """One for each folder, in their order."""
        heading = QLabel(_("Library"))
        heading.setProperty("role", "heading")
        self.all_photos = LibraryRow(icons, "tiles-small")
        self.all_photos.clicked.connect(lambda: self.show_wanted.emit(Query(all_photos=True)))
        self.all_photos.hide()
        self.duplicates = LibraryRow(icons, "copy")
        self.duplicates.show_texts(_("Duplicates"), _("copies and near copies"), _("Duplicates"))
        self.duplicates.clicked.connect(lambda: self.show_wanted.emit(Query(duplicates=True)))
        self.duplicates.hide()
        self._marked = Query()
        self._layout = QVBoxLayout()
        self._layout.addWidget(self.all_photos)
        self._layout.addWidget(self.duplicates)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        content.setLayout(self._layout)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(_("Folders of the library"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        settings = QToolButton()
        settings.setIcon(icons.get("settings", "muted"))
        settings.setToolTip(shortcuts.tool_tip(Act.SETTINGS))
        settings.setAccessibleName(_("Settings"))
        settings.clicked.connect(self.settings_wanted)
        self._add = QPushButton(icons.get("folder-add"), _("Add folder…"))
        self._add.clicked.connect(self.add_wanted)
        teach = QPushButton(icons.get("teach"), _("Teach…"))
        teach.setToolTip(shortcuts.tool_tip(Act.TEACH))
        teach.clicked.connect(self.teach_wanted)
        self._promise = QLabel(_("Your photos stay where they are. Nothing leaves this computer."))
        self._promise.setProperty("role", "small")
        self._promise.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        layout.setSpacing(SPACE_PX)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(heading, 1)
        top.addWidget(settings)
        top.addWidget(HelpButton(icons))
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._add)
        self._sections = QVBoxLayout()
        layout.addLayout(self._sections)
        teaching = QHBoxLayout()
        teaching.setSpacing(0)
        teaching.addWidget(teach, 1)
        teaching.addWidget(self._teaching_menu())
        layout.addLayout(teaching)
        layout.addWidget(self._promise)

    def add_section(self, section: QWidget) -> None:
        """Put something below the folders."""
        self._sections.addWidget(section)
        follow_layout(self)

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """Show the folders as they are now."""
        if folders == self._shown:
            return
        self._shown = folders
        while len(self.rows) > len(folders):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.rows) < len(folders):
            self.rows.append(self._make_row())
            self._layout.addWidget(self.rows[-1])
        for row, folder in zip(self.rows, folders, strict=True):
            row.show_folder(folder)
        self._show_mark()
        follow_layout(self)

    def folder(self, path: bytes | None) -> FolderStatus | None:
        """A folder as it was shown last; None if it is none of the library's."""
        return next((each for each in self._shown if each.path == path), None)

    def show_total(self, photos: int) -> None:
        """Offer all photos and duplicates, if there are any photos."""
        name = _("All photos")
        self.all_photos.show_texts(name, plural("{n} photo", "{n} photos", photos), name)
        self.all_photos.setVisible(photos > 0)
        self.duplicates.setVisible(photos > 0)

    def mark(self, query: Query) -> None:
        """Mark what a query lists, if it is all photos, duplicates or a folder."""
        self._marked = query
        self._show_mark()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Invite what may be folders."""
        if event.source() is None and event.mimeData().hasUrls():
            self._invite(inviting=True)
            dropped.accept_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Take the invitation back."""
        self._invite(inviting=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on what was dropped."""
        self._invite(inviting=False)
        dropped.accept_copy(event)
        self.dropped.emit(dropped.read(event.mimeData()).paths)

    def _teaching_menu(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._icons.get("more", "muted"))
        button.setToolTip(_("More about teaching"))
        button.setAccessibleName(_("More about teaching"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        # After a tab, a key is only shown: the window has the shortcut itself.
        for act, wanted in ((Act.TEACH, self.teach_wanted), (Act.TAUGHT, self.taught_wanted)):
            keys = shortcuts.key_texts(act)[0]
            menu.addAction(f"{shortcuts.describe(act)}\t{keys}").triggered.connect(wanted)
        button.setMenu(menu)
        return button

    def _show_mark(self) -> None:
        self.all_photos.mark(self._marked.all_photos)
        self.duplicates.mark(self._marked.duplicates)
        folder = self._marked.folder
        for row in self.rows:
            row.mark(folder is not None and row.folder == folder)

    def _make_row(self) -> FolderRow:
        row = FolderRow(self._icons)
        row.show_wanted.connect(lambda path: self.show_wanted.emit(Query(folder=path)))
        row.open_wanted.connect(self.open_wanted)
        row.rescan_wanted.connect(self.rescan_wanted)
        row.remove_wanted.connect(self.remove_wanted)
        row.problems_wanted.connect(self.problems_wanted)
        row.excludes_wanted.connect(self.excludes_wanted)
        return row

    def _invite(self, *, inviting: bool) -> None:
        self.setProperty("inviting", inviting)
        self.style().polish(self)
        self._promise.setText(
            _("Drop folders here to add them to the library.")
            if inviting
            else _("Your photos stay where they are. Nothing leaves this computer.")
        )
