"""The menu of the photos that are selected: what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktopsearch.domain.library import shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places, shortcuts
from desktopsearch.gui.album_texts import in_menu
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.label_menus import LabelMenus
from desktopsearch.gui.messages import copy_text
from desktopsearch.gui.photo_acts import PhotoActs
from desktopsearch.gui.results_model import mime_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _


class PhotoMenus(QObject):
    """Makes the menus of one window."""

    similar_wanted = Signal(object)
    """A ``SearchHit``: look for photos like this one."""
    duplicates_wanted = Signal(object)
    """A ``SearchHit``: look for near copies of this one."""
    steering_wanted = Signal(object, bool)
    """Add a list of ``SearchHit`` to the query, as alike or as unlike."""

    no_duplicate_wanted = Signal(object)
    """Note that these, a list of ``SearchHit``, are different from the rest of their groups."""
    reason_wanted = Signal(object)
    """A ``SearchHit``: say why it was found."""

    def __init__(self, icons: Icons, acts: PhotoActs, labels: LabelMenus, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._acts = acts
        self._labels = labels
        self._window = parent
        self.can_differ: Callable[[Sequence[SearchHit]], bool] = lambda _hits: False
        """Whether photos stand in a group of others, from which they can be told apart."""

    def popup(self, hits: Sequence[SearchHit], position: QPoint) -> None:
        """Show the menu of some photos at a place of the screen."""
        menu = self.menu_for(hits)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu_for(self, hits: Sequence[SearchHit]) -> QMenu:
        """The menu of some photos; what needs one photo takes the first."""
        can_differ = self.can_differ(hits)
        menu, first, acts = QMenu(self._window), hits[0], self._acts

        def add(text: str, icon: str, act: Callable[[], object], key: Act | None = None) -> QAction:
            action = menu.addAction(text)
            if icon:
                action.setIcon(self._icons.get(icon))
            if key is not None:
                action.setShortcut(shortcuts.keys_of(key)[0])
            action.triggered.connect(lambda: act())
            return action

        similar = self.similar_wanted
        add(_("Find similar photos"), "search", lambda: similar.emit(first), Act.SIMILAR)
        duplicates = add(_("Find duplicates"), "", lambda: self.duplicates_wanted.emit(first))
        if can_differ:
            differ = self.no_duplicate_wanted
            add(_("Not a duplicate"), "", lambda: differ.emit(hits), Act.NO_DUPLICATE)
        steering = self.steering_wanted
        add(_("Add to the query as alike"), "add", lambda: steering.emit(hits, True), Act.LIKE)
        add(
            _("Add to the query as unlike"), "minus", lambda: steering.emit(hits, False), Act.UNLIKE
        )
        reason = add(
            _("Why is this one here?"), "help", lambda: self.reason_wanted.emit(first), Act.REASON
        )
        menu.addSeparator()
        add(_("Open"), "open", lambda: places.open_file(first.path), Act.OPEN)
        acts.open_with.extend(menu, first.path)
        add(_("Show in folder"), "folder", lambda: places.show_in_folder(first.path))
        menu.addSeparator()
        add(_("Copy"), "copy", lambda: QGuiApplication.clipboard().setMimeData(mime_of(hits)))
        image = add(_("Copy image"), "", lambda: acts.copy_image(first))
        paths = "\n".join(shown(hit.path) for hit in hits)
        add(_("Copy path"), "", lambda: copy_text(paths))
        menu.addSeparator()
        self._labels.extend(menu, [hit.photo_id for hit in hits])
        menu.addSeparator()
        one = len(hits) == 1
        leave_out = _("Exclude this file") if one else _("Exclude these files")
        add(leave_out, "", lambda: acts.leave_out_files(hits))
        leave_out = _("Exclude its folder") if one else _("Exclude their folders")
        add(leave_out, "", lambda: acts.leave_out_folders(hits))
        menu.addSeparator()
        properties = add(_("Properties"), "info", lambda: acts.show_properties(first))
        menu.addSeparator()
        if one and first.copies:
            self._offer_copies(menu.addMenu(_("Move one copy to trash")), first)
        add(_("Move to trash…"), "trash", lambda: acts.move_to_trash(hits))
        for action in (duplicates, image, properties):
            action.setEnabled(one)
        reason.setEnabled(one and first.compared)
        return menu

    def _offer_copies(self, menu: QMenu, hit: SearchHit) -> None:
        """List the places in which a photo lies, each to be moved to the trash."""
        places = (hit.path, *hit.copies)
        for path in places:
            others = tuple(each for each in places if each != path)
            copy = replace(hit, path=path, copies=others)
            action = menu.addAction(self._icons.get("trash"), in_menu(f"{shown(path)}…"))
            action.triggered.connect(partial(self._acts.move_to_trash, [copy]))
