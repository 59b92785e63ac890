"""Deletes the index for the window, which then is as on the first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.messages import ask_before_index_is_deleted
from desktopsearch.gui.texts import _, file_size

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class IndexDeletion(QObject):
    """Does it for one window, after a question."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self, dialog: QDialog) -> None:
        """Ask before a dialog; if it is wished, that goes and the index is deleted."""

        def delete(albums: bool) -> None:
            dialog.close()
            self._delete(albums=albums)

        ask_before_index_is_deleted(dialog, delete)

    def _delete(self, *, albums: bool) -> None:
        window = self._window
        # Nothing may go on showing photos that are no more, or hold their small copies open.
        window.problems.close()
        window.teach_acts.close()
        window.suggestion_acts.close()
        window.preview.close()
        window.searches.forget()
        window.recent.clear()
        for pictures in (window.thumbnails, window.preview.proxies):
            pictures.forget()
        window.bridge.delete_index(self._on_deleted, albums=albums)

    def _on_deleted(self, result: int | Failure) -> None:
        if isinstance(result, int):
            self._window.notices.say(
                _("The index is deleted; {size} are free again.").format(size=file_size(result))
            )
        else:
            self._window.presenter.show_failure(result)
