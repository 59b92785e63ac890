"""The dialog that asks about one photo at a time whether it belongs to an album."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.library import shown
from desktopsearch.domain.suggesting import SuggestedPhoto
from desktopsearch.gui import shortcuts
from desktopsearch.gui.empty_state import EmptyState
from desktopsearch.gui.fitted_picture import FittedPicture
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.narrow import ElidedLabel
from desktopsearch.gui.places import folder_of, name_of
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

_SIZE_PX = (720, 640)
_LEAST_PICTURE_PX = 240


class SuggestionDialog(QDialog):
    """Shows a photo with its question, or a page that says why there is none."""

    answered = Signal(object)
    """An ``Act``: ACCEPT, REJECT, SKIP or UNDO_ANSWER."""
    asking_changed = Signal(bool)
    """Whether to ask about what teaches most, not about what most likely belongs."""
    page_clicked = Signal()
    """The button of the page that stands where no photo is shown."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Suggestions"))
        self.resize(*_SIZE_PX)
        self._heading = ElidedLabel()
        self._heading.setProperty("role", "heading")
        self._asking = QToolButton()
        self._asking.setText(_("Doubtful first"))
        self._asking.setCheckable(True)
        self._asking.setProperty("role", "switch")
        self._asking.setToolTip(
            _(
                "Ask about the photos of which the answer teaches most, not about those that most"
                " likely belong."
            )
        )
        self._asking.toggled.connect(self.asking_changed)
        self._picture = FittedPicture(theme)
        self._picture.setMinimumHeight(_LEAST_PICTURE_PX)
        self._name = ElidedLabel()
        self._detail = ElidedLabel()
        self._detail.setProperty("role", "muted")
        self._summary = QLabel()
        self._summary.setProperty("role", "muted")
        self._answers = [
            self._button(_("Does not belong"), Act.REJECT),
            self._button(_("Skip"), Act.SKIP),
            self._button(_("Belongs"), Act.ACCEPT),
        ]
        self._answers[-1].setProperty("role", "primary")
        self._left: QPushButton | None = None
        self._undo = self._button(_("Undo"), Act.UNDO_ANSWER)
        self._page = EmptyState(icons)
        self._page.first_clicked.connect(self.page_clicked)
        self._pages = QStackedWidget()
        self._lay_out()
        for act in shortcuts.SUGGESTIONS:
            for keys in shortcuts.keys_of(act):
                shortcut = QShortcut(keys, self)
                # A key that is held down would answer about photos that nobody has seen.
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(lambda act=act: self._answer(act))
        self.show_page("search", _("Looking…"))

    @property
    def heading(self) -> str:
        """The question."""
        return self._heading.text()

    @property
    def title(self) -> str:
        """The sentence of the page; empty while a photo is shown."""
        return self._page.title if self._pages.currentWidget() is self._page else ""

    @property
    def text(self) -> str:
        """The lines below the photo, or the smaller text of the page."""
        if self._pages.currentWidget() is self._page:
            return self._page.text
        return f"{self._name.text()}\n{self._detail.text()}"

    @property
    def is_asking(self) -> bool:
        """Whether what teaches most comes first."""
        return self._asking.isChecked()

    def show_album(self, name: str, summary: str) -> None:
        """Ask about another album, or say more of it."""
        self._heading.setText(_("Does this belong to “{album}”?").format(album=name))
        self._summary.setText(summary)

    def show_photo(self, photo: SuggestedPhoto) -> None:
        """Ask about a photo."""
        detail = shown(folder_of(photo.path))
        if photo.offline:
            detail += " · " + _("its folder is offline")
        self._name.setText(name_of(photo.path))
        self._detail.setText(detail)
        self._picture.setAccessibleName(
            _("Suggested photo {name}, {detail}").format(name=self._name.text(), detail=detail)
        )
        self._turn_to(self._pages.widget(0))
        QAccessible.updateAccessibility(
            QAccessibleAnnouncementEvent(self._picture, self._picture.accessibleName())
        )

    def show_pixmap(self, pixmap: QPixmap | None, *, faded: bool) -> None:
        """Show the picture of the photo, or that it is not there yet."""
        self._picture.show_pixmap(pixmap, faded=faded)

    def show_page(self, icon: str, title: str, text: str = "", button: str = "") -> None:
        """Say why there is no photo."""
        self._page.show_state(icon, title, text, button)
        self._turn_to(self._page)

    def show_way_back(self, *, there_is: bool) -> None:
        """Let the last answer be undone, or not."""
        if not there_is and self.focusWidget() is self._undo:
            # What comes next closes the dialog.
            self.setFocus()
        self._undo.setEnabled(there_is)

    def _answer(self, act: Act) -> None:
        asked = self._pages.currentWidget() is not self._page
        if self._undo.isEnabled() if act is Act.UNDO_ANSWER else asked:
            self.answered.emit(act)

    def _turn_to(self, page: QWidget | None) -> None:
        assert page is not None
        focus = self.focusWidget()
        rests = focus in (None, self) or self._pages.isAncestorOf(focus)
        left, asks = self._left, page is not self._page
        self._pages.setCurrentWidget(page)
        if asks:
            self._left = None
        elif focus in self._answers:
            # Else Qt would hand the keys on to what comes next, which undoes.
            self._left = next(button for button in self._answers if button is focus)
            self._rest()
        for button in self._answers:
            button.setVisible(asks)
        if rests and not asks:
            self._rest()
        elif rests:
            (self if left is None else left).setFocus()

    def _rest(self) -> None:
        """Give the keys to the page's button, or to nothing in particular."""
        if not self._page.take_focus():
            self.setFocus()

    def _button(self, text: str, act: Act) -> QPushButton:
        button = QPushButton(f"{text} ({shortcuts.key_texts(act)[0]})")
        button.setAccessibleDescription(shortcuts.describe(act))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._answer(act))
        return button

    def _lay_out(self) -> None:
        photo = QWidget()
        lines = QVBoxLayout(photo)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(self._picture, 1)
        lines.addSpacing(SPACE_PX)
        lines.addWidget(self._name)
        lines.addWidget(self._detail)
        self._pages.addWidget(photo)
        self._pages.addWidget(self._page)
        orders = QHBoxLayout()
        orders.addWidget(self._summary, 1)
        orders.addWidget(self._asking)
        close = QPushButton(_("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        for button in self._answers:
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self._undo)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(self._heading)
        layout.addLayout(orders)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)
