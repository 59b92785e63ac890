"""The list of saved searches: asked again, renamed and deleted from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.kept_queries import SavedSearch
from desktopsearch.gui import shortcuts
from desktopsearch.gui.saved_texts import icon_of, made_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.saved_acts import SavedActs

_SIZE_PX = (560, 460)
_ICON_PX = 44
_SEARCH_ROLE = Qt.ItemDataRole.UserRole + 1


class SavedDialog(QDialog):
    """Shows them as ``SavedActs`` knows them; the window stays usable beside it."""

    def __init__(self, acts: SavedActs, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(_("Saved searches"))
        self.resize(*_SIZE_PX)
        self._acts = acts
        self._window = window
        self._icons = window.icons
        self._shown: tuple[list[SavedSearch], dict[int, str]] | None = None
        self._explanation = QLabel()
        self._explanation.setProperty("role", "muted")
        self._explanation.setWordWrap(True)
        self.list = SavedList()
        self.list.key_pressed.connect(self._do)
        self.list.menu_wanted.connect(self._popup)
        self.list.itemDoubleClicked.connect(lambda: self._do(Act.ASK_SAVED))
        self.list.currentRowChanged.connect(self._enable)
        self._ask = self._button(_("Search"), Act.ASK_SAVED)
        self._ask.setProperty("role", "primary")
        self._rename = self._button(_("Rename…"), Act.RENAME_SAVED)
        self._delete = self._button(_("Delete"), Act.DELETE_SAVED)
        self._save = QPushButton(_("Save this search…"))
        self._save.setAutoDefault(False)
        self._save.clicked.connect(self._on_save)
        close = QPushButton(_("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        self._lay_out(close)
        # The window's own keys do not reach as far as here.
        for act, turn in ((Act.UNDO, window.albums.undo), (Act.REDO, window.albums.redo)):
            QShortcut(shortcuts.keys_of(act)[0], self).activated.connect(turn)
        acts.savable_changed.connect(self._save.setEnabled)
        self._save.setEnabled(acts.can_save)
        for changed in (acts.changed, window.albums.changed):
            changed.connect(self._show)
        self._show()

    def _lay_out(self, close: QPushButton) -> None:
        chosen = QHBoxLayout()
        chosen.setSpacing(SPACE_PX)
        for button in (self._ask, self._rename, self._delete):
            chosen.addWidget(button)
        chosen.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addWidget(self._save)
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._explanation)
        layout.addWidget(self.list, 1)
        layout.addLayout(chosen)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)

    def _button(self, text: str, act: Act) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(shortcuts.tool_tip(act))
        button.clicked.connect(lambda: self._do(act))
        return button

    def _show(self) -> None:
        names = {album.id: album.name for album in self._window.albums.albums}
        if self._shown == (self._acts.searches, names):
            return
        self._shown = (self._acts.searches, names)
        row, current = self.list.currentRow(), self._current
        self.list.clear()
        for number, search in enumerate(self._acts.searches):
            if current is not None and search.id == current.id:
                row = number
            details = made_of(search.query, names)
            item = QListWidgetItem(icon_of(search, self._icons), f"{search.name}\n{details}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{search.name}, {details}")
            item.setData(_SEARCH_ROLE, search)
            self.list.addItem(item)
        count = self.list.count()
        if count:
            self.list.setCurrentRow(
                min(max(row, 0), count - 1), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self._explanation.setText(
                _("A saved search is asked anew each time, and finds new photos too.")
            )
        else:
            self._explanation.setText(
                _(
                    "Nothing is saved yet. Look for something, then save it here: its pictures,"
                    " distance and filters are kept under a name."
                )
            )
        self.list.setEnabled(bool(count))
        self._enable()

    def _enable(self) -> None:
        for button in (self._ask, self._rename, self._delete):
            button.setEnabled(self._current is not None)

    @property
    def _current(self) -> SavedSearch | None:
        search = self.list.currentIndex().data(_SEARCH_ROLE)
        return search if isinstance(search, SavedSearch) else None

    def _do(self, act: Act) -> None:
        search = self._current
        if search is None:
            return
        if act is Act.ASK_SAVED:
            self._acts.ask_again(search)
            self.close()
        elif act is Act.RENAME_SAVED:
            self._acts.ask_to_rename(search, self)
        else:
            self._acts.delete(search)

    def _popup(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in (
            (_("Search"), Act.ASK_SAVED),
            (_("Rename…"), Act.RENAME_SAVED),
            (_("Delete"), Act.DELETE_SAVED),
        ):
            action = menu.addAction(text)
            action.setShortcut(shortcuts.keys_of(act)[0])
            action.triggered.connect(lambda _checked, act=act: self._do(act))
        menu.popup(position)

    def _on_save(self) -> None:
        self._acts.ask_to_save(self)


class SavedList(QListWidget):
    """Says which of its keys was pressed, and where a menu is wanted."""

    key_pressed = Signal(object)
    """An ``Act``."""
    menu_wanted = Signal(object)
    """A ``QPoint`` of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "lines")
        self.setAccessibleName(_("Saved searches"))
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter asks, F2 renames, Del deletes."""
        act = shortcuts.act_of(event, shortcuts.SAVED)
        if act is None:
            super().keyPressEvent(event)
        else:
            self.key_pressed.emit(act)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the search under the mouse, or the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))
