"""The part of the photos' menu that says which albums they are in or not in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu

from desktopsearch.domain.albums import Album
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.album_menu import dot_icon
from desktopsearch.gui.album_texts import in_menu
from desktopsearch.gui.albums_model import WITH_KEYS
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
        """Put menus of all albums into the menu of some photos."""
        acts = self._acts
        adding = menu.addMenu(self._icons.get("add"), _("Add to album"))
        self._list(adding, lambda album: acts.add(album, photo_ids), keys=True)
        adding.addSeparator()
        new = adding.addAction(_("New album…"))
        new.triggered.connect(lambda: acts.ask_to_create(photo_ids))
        removing = menu.addMenu(_("Remove from album"))
        self._list(removing, lambda album: acts.remove(album, photo_ids))
        rejecting = menu.addMenu(_("Not in this album"))
        self._list(rejecting, lambda album: acts.reject(album, photo_ids))
        for each in (removing, rejecting):
            each.setEnabled(bool(acts.albums))

    def _list(self, menu: QMenu, act: Callable[[Album], None], *, keys: bool = False) -> None:
        for number, album in enumerate(self._acts.albums, 1):
            text = in_menu(album.name)
            if keys and number <= WITH_KEYS:
                # After a tab, a key is only shown: the grid has it itself.
                text += f"\t{figure(number)}"
            action = menu.addAction(dot_icon(album.colour, self._theme, menu), text)
            action.triggered.connect(lambda _on, album=album: act(album))
