"""One photo large, over the grid: the grid's current photo, whichever way that changes.

Lies inside the window and hides the page below it. Shows proxies only, never a user's file.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.library import PhotoDate
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui import places, shortcuts
from desktopsearch.gui.bridge import Bridge, Failure
from desktopsearch.gui.fitted_picture import FittedPicture
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.results_model import HIT_ROLE
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, day, figure
from desktopsearch.gui.theme import SPACE_PX, Theme
from desktopsearch.gui.thumbnails import Thumbnails

_CACHE_BYTES = 32 * 1024 * 1024
WHOLE_PX: Final = 4_096
"""Larger than any proxy, so that it comes as it is stored."""


class Preview(QFrame):
    """Covers the pages while it is open, and has the keys."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        bridge: Bridge,
        paths: LibraryPaths,
        covered: QWidget,
        grid: ResultsView,
    ) -> None:
        super().__init__(covered)
        self.setObjectName("preview")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.proxies = Thumbnails(paths, _CACHE_BYTES, self)
        """Apart from those of the grid, whose size changes and whose wishes replace each other."""
        self._bridge = bridge
        self._covered = covered
        self._grid = grid
        self._hit: SearchHit | None = None
        self._small = grid.thumbnails
        self._picture = FittedPicture(theme)
        self._name = QLabel()
        self._name.setProperty("role", "heading")
        self._detail = QLabel()
        self._detail.setProperty("role", "muted")
        for label in (self._name, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        close = QToolButton()
        close.setIcon(icons.get("close"))
        close.setToolTip(shortcuts.tool_tip(Act.CLOSE_PREVIEW))
        close.setAccessibleName(shortcuts.describe(Act.CLOSE_PREVIEW))
        # Its arrow keys would move the focus and not the photo; Escape is its key.
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.close)
        self._lay_out(close)
        covered.installEventFilter(self)
        grid.preview_wanted.connect(self.open)
        grid.selectionModel().currentChanged.connect(self._follow)
        grid.model().modelReset.connect(self._find_again)
        self.proxies.loaded.connect(self._on_loaded)
        self._small.loaded.connect(self._on_loaded)
        theme.changed.connect(self._picture.update)
        self.hide()

    @property
    def hit(self) -> SearchHit | None:
        """The photo that is shown; None while closed."""
        return self._hit

    @property
    def text(self) -> str:
        """The lines below the photo."""
        return f"{self._name.text()}\n{self._detail.text()}"

    def open(self) -> None:
        """Show the current photo of the grid, or its first."""
        if not self._grid.currentIndex().isValid():
            self._grid.setCurrentIndex(self._grid.model().index(0, 0))
        if not self._grid.currentIndex().isValid():
            return
        self.proxies.start()
        self.proxies.retry_missing()
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()
        # Tab must not lead to what is hidden.
        self._grid.setFocusProxy(self)
        self.setFocus()
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move as in the grid, open the photo, look for photos like it, or close."""
        assert self._hit is not None
        match shortcuts.act_of(event, shortcuts.PREVIEW):
            case Act.CLOSE_PREVIEW:
                self.close()
            case Act.OPEN:
                places.open_file(self._hit.path)
            case Act.SIMILAR:
                self._grid.similar_wanted.emit(self._hit)
            case Act.MENU:
                self._offer_menu(self.mapToGlobal(self.rect().center()))
            case Act.MOVE:
                self._grid.keyPressEvent(event)
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take Escape before the window does, which would forget the query."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and shortcuts.act_of(event, shortcuts.PREVIEW) is Act.CLOSE_PREVIEW
        ):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the photo."""
        self._offer_menu(event.globalPos())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the size of what is covered."""
        if watched is self._covered and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._covered.rect())
        return False

    def closeEvent(self, _event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Give the keys back to the grid."""
        if self._hit is not None:
            self._hit = None
            self._grid.setFocusProxy(None)  # type: ignore[arg-type]
            self._grid.setFocus()

    def _offer_menu(self, position: QPoint) -> None:
        assert self._hit is not None
        # One press of a key may come as a key and as an event for menus.
        if QApplication.activePopupWidget() is None:
            self._grid.menu_wanted.emit([self._hit], position)

    def _follow(self) -> None:
        if not self.isVisible():
            return
        hit = self._grid.currentIndex().data(HIT_ROLE)
        if hit is None:
            self.close()
            return
        self._hit = hit
        self._name.setText(places.name_of(hit.path))
        self._show_detail()
        self._show_picture()
        self.proxies.want(self._around(), WHOLE_PX)
        PhotoBridge(self._bridge).fetch_date(hit.photo_id, lambda date: self._on_date(hit, date))

    def _around(self) -> list[int]:
        """The photo itself and its neighbours, which are likely to be next."""
        row = self._grid.currentIndex().row()
        indexes = [self._grid.model().index(each, 0) for each in (row, row + 1, row - 1)]
        return [index.data(HIT_ROLE).photo_id for index in indexes if index.isValid()]

    def _find_again(self) -> None:
        """Stay on the photo when the library changes, and close when it is not found any more."""
        if self._hit is not None:
            self._grid.set_current_photo(self._hit.photo_id)
            if not self._grid.currentIndex().isValid():
                self.close()

    def _on_loaded(self, photo_id: int) -> None:
        if self._hit is not None and self._hit.photo_id == photo_id:
            self._show_picture()

    def _on_date(self, hit: SearchHit, date: PhotoDate | Failure | None) -> None:
        if hit is self._hit and isinstance(date, PhotoDate):
            text = _("taken on {day}") if date.by_camera else _("file changed on {day}")
            self._show_detail(text.format(day=day(date.at)))

    def _show_detail(self, date: str = "") -> None:
        assert self._hit is not None
        parts = []
        if self._hit.compared:
            parts.append(_("Distance {n}").format(n=figure(self._hit.distance)))
        if date:
            parts.append(date)
        if self._hit.offline:
            parts.append(_("its folder is offline"))
        self._detail.setText(" · ".join(parts))
        self.setAccessibleName(
            _("Preview of {name}, {detail}").format(
                name=self._name.text(), detail=self._detail.text()
            )
        )

    def _show_picture(self) -> None:
        assert self._hit is not None
        whole = self.proxies.get(self._hit.photo_id)
        pixmap = whole if whole is not None else self._small.get(self._hit.photo_id)
        self._picture.show_pixmap(pixmap, faded=self._hit.offline)

    def _lay_out(self, close: QToolButton) -> None:
        top = QHBoxLayout()
        top.addStretch()
        top.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * SPACE_PX] * 4)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._picture, 1)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._name)
        layout.addWidget(self._detail)
