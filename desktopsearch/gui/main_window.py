"""The window: puts its parts together and takes in what the user drops, pastes and presses.

Reads no file and waits for nothing; everything that takes time goes over the bridge. What the
parts show is the presenter's business.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.search import Query, SearchHit
from desktopsearch.gui import dropped, file_dialogs, shortcuts
from desktopsearch.gui.activity_bar import ActivityBar
from desktopsearch.gui.bridge import Bridge, Failure
from desktopsearch.gui.drop_hint import DropHint
from desktopsearch.gui.dropped import Dropped
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.library_panel import LibraryPanel
from desktopsearch.gui.messages import ask_before_removal
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.pages import Pages
from desktopsearch.gui.places import name_of
from desktopsearch.gui.presenter import Presenter
from desktopsearch.gui.preview import Preview
from desktopsearch.gui.problems_dialog import ProblemsDialog
from desktopsearch.gui.query_pane import QueryPane
from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.results_view import USUAL_PX, ZOOM_STEP_PX, ResultsView
from desktopsearch.gui.searches import Searches
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails
from desktopsearch.gui.window_state import WindowState

_SIZE_PX = (1180, 780)


class MainWindow(QMainWindow):
    """The one window of a library."""

    ended = Signal(int)
    """Everything has been closed; the exit status."""

    def __init__(self, paths: LibraryPaths, settings: Settings, theme: Theme) -> None:
        super().__init__()
        icons = Icons(theme)
        self.setWindowTitle("Desktopsearch")
        self.resize(*_SIZE_PX)
        self.setAcceptDrops(True)
        self.bridge = Bridge(paths, settings, self)
        self.thumbnails = Thumbnails(paths, parent=self)
        self.searches = Searches(self.bridge, self)
        self.model = ResultsModel(self)
        self.panel = LibraryPanel(icons)
        self.notices = NoticeBar(icons)
        self.query_pane = QueryPane(theme, icons)
        self.results = ResultsView(theme, icons, self.thumbnails, self.model)
        self.pages = Pages(icons, self.results)
        self.preview = Preview(theme, icons, self.bridge, paths, self.pages, self.results)
        self.activity = ActivityBar(icons)
        self.problems = ProblemsDialog(theme, self)
        self._lay_out()
        self._drop_hint = DropHint(icons, self.pages)
        self.presenter = Presenter(self)
        self._connect()
        self._state = WindowState(paths)
        self._state.restore(self)
        # Nothing is marked until a key is pressed.
        self.pages.setFocus()

    def start(self, query: Path | None = None) -> None:
        """Open the library in the background, and look for photos like the query then."""
        self.bridge.start()
        if query is not None:
            self.look_for_file(os.fsencode(query.absolute()))

    def look_for_file(self, path: bytes) -> None:
        """Find photos like a file."""
        self.searches.ask(Query(path=path), name_of(path))

    def look_for_photo(self, hit: SearchHit) -> None:
        """Find photos like one of the library."""
        self.searches.ask(Query(photo_id=hit.photo_id), name_of(hit.path))

    def add_folders(self, folders: Sequence[Path]) -> None:
        """Add folders to the library."""
        self.bridge.add_folders(folders, self.presenter.on_library_changed)

    def take(self, what: Dropped) -> None:
        """Look for what was dropped or pasted; folders are added to the library."""
        if what.photo_id is not None:
            for hit in self.model.hits:
                if hit.photo_id == what.photo_id:
                    self.look_for_photo(hit)
                    return
        elif what.data is not None:
            self.searches.ask(Query(data=what.data), _("Pasted picture"))
        elif what.paths:
            paths = [Path(os.fsdecode(path)) for path in what.paths]
            self.bridge.sort_paths(paths, self._on_paths_sorted)
        elif what.only_address:
            self.notices.say(
                _(
                    "The other program gave only the address of this picture, and Desktopsearch"
                    " does not use the network. Copy the picture itself and paste it here."
                )
            )

    def paste(self) -> None:
        """Look for what is on the clipboard."""
        self.take(dropped.read(QGuiApplication.clipboard().mimeData(), with_text=True))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Invite a drop of pictures and folders."""
        if event.source() is None and dropped.may_hold_something(event.mimeData()):
            self._drop_hint.invite()
            dropped.accept_copy(event)
        elif self._is_own_photo(event.mimeData()):
            dropped.accept_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Take the window's own photos on the query only."""
        position = self.query_pane.mapFrom(self, event.position().toPoint())
        if event.source() is None or self.query_pane.rect().contains(position):
            dropped.accept_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Take the invitation back."""
        self._drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Use what was dropped."""
        self._drop_hint.hide()
        dropped.accept_copy(event)
        self.activateWindow()
        self.take(dropped.read(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Vanish at once; the services end behind the scenes."""
        event.accept()
        self._state.save(self)
        self.problems.close()
        self.bridge.close()

    def _is_own_photo(self, mime: QMimeData) -> bool:
        return dropped.is_own_photo(mime) and self.query_pane.isVisible()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.notices)
        right.addWidget(self.query_pane)
        right.addWidget(self.pages, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.panel)
        upper.addLayout(right, 1)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(upper, 1)
        layout.addWidget(self.activity)
        self.setCentralWidget(central)
        self.query_pane.hide()

    def _connect(self) -> None:
        pane, pages, results = self.query_pane, self.pages, self.results
        self.bridge.closed.connect(self._on_closed)
        pane.folder_changed.connect(self.searches.set_folder)
        pane.finer_changed.connect(self.searches.set_rerank)
        pane.zoom_changed.connect(results.set_zoom)
        pane.back_wanted.connect(self.searches.go_back)
        pane.clear_wanted.connect(self.searches.clear)
        results.zoomed.connect(pane.show_zoom)
        results.similar_wanted.connect(self.look_for_photo)
        self.panel.add_wanted.connect(self._choose_folder)
        self.panel.remove_wanted.connect(self._on_remove_wanted)
        pages.folder_wanted.connect(self._choose_folder)
        pages.suggestion_wanted.connect(lambda folder: self.add_folders([folder]))
        pages.browse_wanted.connect(self._choose_picture)
        pages.widen_wanted.connect(lambda: pane.set_cut(None))
        shortcuts.connect(
            self,
            {
                Act.PASTE: self.paste,
                Act.CHOOSE_PICTURE: self._choose_picture,
                Act.ADD_FOLDER: self._choose_folder,
                Act.CLEAR: self.searches.clear,
                Act.BACK: self.searches.go_back,
                Act.ZOOM_IN: lambda: self._zoom(ZOOM_STEP_PX),
                Act.ZOOM_OUT: lambda: self._zoom(-ZOOM_STEP_PX),
                Act.USUAL_ZOOM: lambda: results.set_zoom(USUAL_PX),
                Act.SHORTCUTS: lambda: ShortcutSheet(self).open(),
                Act.QUIT: self.close,
            },
        )

    def _zoom(self, step_px: int) -> None:
        self.results.set_zoom(self.results.zoom_px + step_px)

    def _choose_folder(self) -> None:
        file_dialogs.choose_folder(self, lambda folder: self.add_folders([folder]))

    def _choose_picture(self) -> None:
        file_dialogs.choose_picture(self, self.look_for_file)

    def _on_remove_wanted(self, folder: Path) -> None:
        ask_before_removal(
            self,
            folder,
            lambda: self.bridge.remove_folder(folder, self.presenter.on_library_changed),
        )

    def _on_paths_sorted(self, sorted_paths: tuple[list[Path], list[Path]] | Failure) -> None:
        if not isinstance(sorted_paths, tuple):
            self.presenter.show_failure(sorted_paths)
            return
        folders, files = sorted_paths
        if folders:
            self.add_folders(folders)
        if files:
            self.look_for_file(os.fsencode(files[0]))
        if len(files) > 1:
            self.notices.say(
                _("Only the first of {n} pictures is looked for.").format(n=figure(len(files)))
            )

    def _on_closed(self) -> None:
        self.thumbnails.close()
        self.preview.proxies.close()
        self.ended.emit(self.presenter.exit_status)
