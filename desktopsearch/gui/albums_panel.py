"""The albums of the library, below its folders, and the way back for what is done to them."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktopsearch.domain.albums import Act as AlbumAct
from desktopsearch.domain.albums import Album
from desktopsearch.gui import dragged_photos, dropped, shortcuts
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.album_menu import album_menu
from desktopsearch.gui.album_texts import described
from desktopsearch.gui.albums_model import AlbumsModel
from desktopsearch.gui.albums_view import AlbumsView
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme


class AlbumsPanel(QWidget):
    """Shows the albums as ``AlbumActs`` knows them, and has it do what people ask for."""

    def __init__(
        self, theme: Theme, icons: Icons, acts: AlbumActs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._acts = acts
        self.setAcceptDrops(True)
        self.model = AlbumsModel(self)
        self.view = AlbumsView(theme, self.model)
        heading = QLabel(_("Albums"))
        heading.setProperty("role", "heading")
        heading.setBuddy(self.view)
        self.undo = _button(icons, "undo", acts.undo)
        self.redo = _button(icons, "redo", acts.redo)
        self._new = _button(icons, "add", acts.ask_to_create)
        self._new.setAccessibleName(_("New album"))
        self._new.setToolTip(_("New album"))
        self._empty = QLabel(_("Albums gather photos that belong together for you."))
        self._empty.setProperty("role", "small")
        self._empty.setWordWrap(True)
        self._first = QPushButton(icons.get("add"), _("New album…"))
        self._first.clicked.connect(lambda: acts.ask_to_create())
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(heading, 1)
        for button in (self.undo, self.redo, self._new):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_PX, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.view)
        layout.addWidget(self._empty)
        layout.addWidget(self._first)
        # Until the albums are known there is neither a list nor a word about its absence.
        for each in (self.view, self._empty, self._first):
            each.hide()
        self.view.show_wanted.connect(acts.show_wanted)
        self.view.suggestions_wanted.connect(acts.suggestions_wanted)
        self.view.rename_wanted.connect(acts.ask_to_rename)
        self.view.delete_wanted.connect(acts.ask_to_delete)
        self.view.menu_wanted.connect(self._popup)
        self.view.photos_dropped.connect(acts.add)
        acts.changed.connect(self._show)
        self._show_way_back()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Offer a new album to photos of the grid that are held beside the list."""
        if dragged_photos.photo_ids(event.mimeData()):
            dropped.accept_copy(event)
            # What the list shows must not move away from below the mouse.
            (self._new if self._acts.albums else self._first).setDown(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Take the offer back."""
        self._offer_no_more()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Put the photos into a new album."""
        self._offer_no_more()
        photo_ids = dragged_photos.photo_ids(event.mimeData())
        dropped.accept_copy(event)
        self._acts.ask_to_create(photo_ids)

    def _offer_no_more(self) -> None:
        self._new.setDown(False)
        self._first.setDown(False)

    def _show(self) -> None:
        current = self.view.current_album
        has_focus = self.view.hasFocus()
        albums = self._acts.albums
        self.model.set_albums(albums)
        if current is not None:
            self.view.set_current_album(current.id)
        self.view.setVisible(bool(albums))
        for each in (self._empty, self._first):
            each.setVisible(not albums)
        if has_focus and not albums:
            self._first.setFocus()
        self._show_way_back()

    def _show_way_back(self) -> None:
        history = self._acts.history
        _show_turn(self.undo, _("Undo: {act}"), _("Nothing to undo"), history.undo, Act.UNDO)
        _show_turn(self.redo, _("Redo: {act}"), _("Nothing to redo"), history.redo, Act.REDO)

    def _popup(self, album: Album, position: QPoint) -> None:
        album_menu(album, self._acts, self._theme, self._icons, self.window()).popup(position)


def _button(icons: Icons, icon: str, on_click: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.get(icon, "muted"))
    button.clicked.connect(lambda: on_click())
    return button


def _show_turn(
    button: QToolButton, text: str, nothing: str, act: AlbumAct | None, key: Act
) -> None:
    said = nothing if act is None else text.format(act=described(act))
    button.setEnabled(act is not None)
    button.setAccessibleName(said)
    # Escaped, since a name of an album could look like rich text.
    tip = f"{html.escape(said)} ({shortcuts.key_texts(key)[0]})"
    button.setToolTip(f"<p>{tip}</p>")
