"""The part of the photos' menu that says which albums they are in or not in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktopsearch.domain.albums import Album, LabelCount
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.album_menu import dot_icon
from desktopsearch.gui.album_texts import in_menu
from desktopsearch.gui.albums_model import WITH_KEYS
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import Theme


class LabelMenus:
    """Makes them for one window."""

    def __init__(self, theme: Theme, icons: Icons, acts: AlbumActs) -> None:
        self._theme = theme
        self._icons = icons
        self._acts = acts

    def extend(self, menu: QMenu, photo_ids: Sequence[int]) -> None:
        """Put menus of albums into the menu of some photos."""
        acts = self._acts
        adding = menu.addMenu(self._icons.get("add"), _("Add to album"))
        for number, album in enumerate(acts.albums, 1):
            # After a tab, a key is only shown: the grid has it itself.
            key = f"\t{figure(number)}" if number <= WITH_KEYS else ""
            self._list(adding, album, lambda album: acts.add(album, photo_ids), key)
        adding.addSeparator()
        new = adding.addAction(_("New album…"))
        new.triggered.connect(lambda: acts.ask_to_create(photo_ids))
        removing = menu.addMenu(_("Remove from album"))
        rejecting = menu.addMenu(_("Not in this album"))
        for each in (removing, rejecting):
            each.setEnabled(False)

        def show(known: list[LabelCount] | Failure) -> None:
            # The menu may have been closed meanwhile.
            if isinstance(known, list) and shiboken6.isValid(menu):
                self._show_label_counts(removing, rejecting, photo_ids, known)

        if acts.albums:
            acts.fetch_label_counts(photo_ids, show)

    def _show_label_counts(
        self,
        removing: QMenu,
        rejecting: QMenu,
        photo_ids: Sequence[int],
        known: Sequence[LabelCount],
    ) -> None:
        acts = self._acts
        inside = {each.album_id for each in known if each.inside}
        rejected = {each.album_id for each in known if each.rejected == len(photo_ids)}
        for album in acts.albums:
            if album.id in inside:
                self._list(removing, album, lambda album: acts.remove(album, photo_ids))
            if album.id in rejected:
                # What was noted of all of them is marked, and taken back when it is chosen again.
                act = self._list(rejecting, album, lambda album: acts.remove(album, photo_ids))
                act.setCheckable(True)
                act.setChecked(True)
            else:
                self._list(rejecting, album, lambda album: acts.reject(album, photo_ids))
        if removing.isEmpty():
            removing.addAction(_("In no album")).setEnabled(False)
        for each in (removing, rejecting):
            each.setEnabled(True)

    def _list(
        self, menu: QMenu, album: Album, act: Callable[[Album], None], key: str = ""
    ) -> QAction:
        icon = dot_icon(album.colour, self._theme, menu)
        action = menu.addAction(icon, in_menu(album.name) + key)
        action.triggered.connect(lambda: act(album))
        return action
