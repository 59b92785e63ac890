"""Asks why a photo is among the results of the latest answer, and shows what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmap

from desktopsearch.domain.explaining import Explanation
from desktopsearch.domain.search import SearchAnswer, SearchHit
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.reason_dialog import ReasonDialog
from desktopsearch.gui.searches import NamedPicture
from desktopsearch.gui.theme import Theme

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class Reasons(QObject):
    """Does it for one window."""

    def __init__(self, window: MainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._photos = PhotoBridge(window.bridge)
        self._answer: SearchAnswer | None = None
        self._pictures: Sequence[NamedPicture] = ()
        window.searches.answered.connect(self._on_answered)

    def show(self, hit: SearchHit) -> None:
        """Say why a photo is there."""
        answer, pictures = self._answer, self._pictures
        if answer is None or not hit.compared:
            return

        def show(found: Explanation | Failure) -> None:
            if isinstance(found, Explanation):
                self._show(hit, answer, pictures, found)
            else:
                self._window.presenter.show_failure(found)

        self._photos.explain(answer, hit.photo_id, show)

    def _on_answered(self, answer: SearchAnswer) -> None:
        self._answer, self._pictures = answer, self._window.searches.pictures

    def _show(
        self,
        hit: SearchHit,
        answer: SearchAnswer,
        pictures: Sequence[NamedPicture],
        found: Explanation,
    ) -> None:
        query = QPixmap()
        query.loadFromData((answer.proxy, *answer.examples)[found.nearest])
        photo = self._window.thumbnails.get(hit.photo_id)
        pixmaps = (query, photo)
        ReasonDialog(self._window, self._theme, hit, pictures, found, pixmaps).open()
