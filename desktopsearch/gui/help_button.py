"""The button behind which the window explains itself."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktopsearch.gui import shortcuts
from desktopsearch.gui.about import About
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _


class HelpButton(QToolButton):
    """Opens a menu of what there is to read."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icons.get("info", "muted"))
        self.setToolTip(_("Help"))
        self.setAccessibleName(_("Help"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        # After a tab, a key is only shown: the window has the shortcut itself.
        keys = shortcuts.key_texts(Act.SHORTCUTS)[0]
        sheet = menu.addAction(f"{shortcuts.describe(Act.SHORTCUTS)}\t{keys}")
        sheet.triggered.connect(lambda: ShortcutSheet(self.window()).open())
        about = menu.addAction(_("About Desktopsearch"))
        about.triggered.connect(lambda: About(self.window()).open())
        self.setMenu(menu)
