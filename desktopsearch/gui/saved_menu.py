"""The button behind which the saved searches are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktopsearch.domain.kept_queries import SavedSearch
from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.recent_menu import short_title
from desktopsearch.gui.saved_texts import icon_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _

_MOST_LISTED = 12


class SavedButton(QToolButton):
    """Opens a menu of the saved searches, and of what can be done about them."""

    wanted = Signal(object)
    """A ``SavedSearch`` to be asked again."""
    save_wanted = Signal()
    all_wanted = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._searches: Sequence[SavedSearch] = ()
        self._save = QAction(_with_key(_("Save this search…"), Act.SAVE_SEARCH), self)
        self._save.setEnabled(False)
        self._save.triggered.connect(self.save_wanted)
        self.setIcon(icons.get("saved"))
        self.setToolTip(_("Saved searches"))
        self.setAccessibleName(_("Saved searches"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("recentMenu")
        self.setMenu(menu)
        self._fill()

    def show_searches(self, searches: Sequence[SavedSearch]) -> None:
        """Offer these, in their order."""
        self._searches = searches
        self._fill()

    def offer_to_save(self, savable: bool) -> None:
        """Let what is looked for now be saved, or not."""
        self._save.setEnabled(savable)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for search in self._searches[:_MOST_LISTED]:
            action = menu.addAction(icon_of(search, self._icons), short_title(menu, search.name))
            action.triggered.connect(lambda _checked, search=search: self.wanted.emit(search))
        menu.addSeparator()
        menu.addAction(self._save)
        menu.addAction(_with_key(_("All saved searches…"), Act.SAVED)).triggered.connect(
            self.all_wanted
        )


def _with_key(text: str, act: Act) -> str:
    # After a tab, a key is only shown: the window has the shortcut itself.
    return f"{text}\t{shortcuts.key_texts(act)[0]}"
