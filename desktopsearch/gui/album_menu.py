"""The menu of an album: what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QActionGroup, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from desktopsearch.domain.albums import PALETTE, Album
from desktopsearch.gui import shortcuts
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.album_texts import colour_name
from desktopsearch.gui.albums_delegate import DOT_PX, paint_dot
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import Theme


def album_menu(album: Album, acts: AlbumActs, theme: Theme, icons: Icons, parent: QWidget) -> QMenu:
    """The menu of an album; the caller shows it."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    show = menu.addAction(icons.get("picture"), _("Show the photos"))
    show.setShortcut(shortcuts.keys_of(Act.SHOW_ALBUM)[0])
    show.triggered.connect(lambda: acts.show_wanted.emit(album))
    suggest = menu.addAction(_("Suggestions…"))
    suggest.setShortcut(shortcuts.keys_of(Act.SUGGEST)[0])
    suggest.triggered.connect(lambda: acts.suggestions_wanted.emit(album))
    menu.addSeparator()
    rename = menu.addAction(_("Rename…"))
    rename.setShortcut(shortcuts.keys_of(Act.RENAME_ALBUM)[0])
    rename.triggered.connect(lambda: acts.ask_to_rename(album))
    colours = menu.addMenu(_("Colour"))
    group = QActionGroup(colours)
    for colour in PALETTE.values():
        action = colours.addAction(dot_icon(colour, theme, parent), colour_name(colour))
        action.setCheckable(True)
        action.setChecked(colour == album.colour)
        action.setActionGroup(group)
        action.triggered.connect(lambda _on, colour=colour: acts.recolour(album, colour))
    menu.addSeparator()
    delete = menu.addAction(icons.get("trash"), _("Delete the album…"))
    delete.setShortcut(shortcuts.keys_of(Act.DELETE_ALBUM)[0])
    delete.triggered.connect(lambda: acts.ask_to_delete(album))
    return menu


def dot_icon(colour: str, theme: Theme, widget: QWidget) -> QIcon:
    """The colour of an album for a menu, as sharp as the screen of a widget is."""
    ratio = widget.devicePixelRatioF()
    pixmap = QPixmap(round(DOT_PX * ratio), round(DOT_PX * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_dot(painter, QRectF(0, 0, DOT_PX, DOT_PX).center(), colour, theme)
    painter.end()
    return QIcon(pixmap)
