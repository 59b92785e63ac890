"""The window: puts its parts together and connects them.

Reads no file and waits for nothing; everything that takes time goes over the bridge. What the
parts show is the presenter's business, what comes in from outside that of the intake.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui import shortcuts
from desktopsearch.gui.activity_bar import ActivityBar
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.album_listing import AlbumListing
from desktopsearch.gui.album_marks import AlbumMarks
from desktopsearch.gui.albums_panel import AlbumsPanel
from desktopsearch.gui.bridge import Bridge
from desktopsearch.gui.differences import Differences
from desktopsearch.gui.duplicate_searches import DuplicateSearches
from desktopsearch.gui.hover import Hover
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.intake import Intake
from desktopsearch.gui.label_menus import LabelMenus
from desktopsearch.gui.library_acts import LibraryActs
from desktopsearch.gui.library_listing import LibraryListing
from desktopsearch.gui.library_panel import WIDTH_PX, LibraryPanel
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.pages import Pages
from desktopsearch.gui.photo_acts import PhotoActs
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.photo_menu import PhotoMenus
from desktopsearch.gui.presenter import Presenter
from desktopsearch.gui.preview import Preview
from desktopsearch.gui.problems_dialog import ProblemsDialog
from desktopsearch.gui.query_pane import QueryPane
from desktopsearch.gui.reasons import Reasons
from desktopsearch.gui.recent_queries import RecentQueries
from desktopsearch.gui.results_model import HIT_ROLE, ResultsModel
from desktopsearch.gui.results_view import USUAL_PX, ZOOM_STEP_PX, ResultsView
from desktopsearch.gui.saved_acts import SavedActs
from desktopsearch.gui.screen_region import ScreenRegion
from desktopsearch.gui.searches import Searches
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.side_buttons import SideButtons
from desktopsearch.gui.steering import Steering
from desktopsearch.gui.suggestion_acts import SuggestionActs
from desktopsearch.gui.taste import TasteActs
from desktopsearch.gui.teach_acts import TeachActs
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
        icons = self.icons = Icons(theme)
        self.setWindowTitle("Desktopsearch")
        self.resize(*_SIZE_PX)
        self.bridge = Bridge(paths, settings, self)
        self.thumbnails = Thumbnails(paths, parent=self)
        self.searches = Searches(self.bridge, self)
        self.recent = RecentQueries(self.bridge, paths, self)
        self.panel = LibraryPanel(icons)
        self.notices = NoticeBar(icons)
        self.query_pane = QueryPane(theme, icons)
        self.albums = AlbumActs(self, self.bridge, self.notices)
        marks = AlbumMarks(self.albums)
        self.model = ResultsModel(self, marks.of)
        self.albums_panel = AlbumsPanel(theme, icons, self.albums)
        self.panel.add_section(self.albums_panel)
        photo_acts = PhotoActs(self, self.bridge, self.notices)
        labels = LabelMenus(theme, icons, self.albums)
        self.photo_menus = PhotoMenus(icons, photo_acts, labels, self)
        self.results = ResultsView(theme, icons, self.thumbnails, self.model)
        self.results.reached.connect(marks.want)
        marks.changed.connect(self.results.viewport().update)
        Hover(self.results, PhotoBridge(self.bridge), HIT_ROLE)
        self.pages = Pages(icons, self.results)
        self.preview = Preview(theme, icons, self.bridge, paths, self.pages, self.results)
        self.activity = ActivityBar(icons)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.problems = ProblemsDialog(theme, self)
        self._lay_out()
        self.album_listing = AlbumListing(self)
        self.library_listing = LibraryListing(self)
        self.steering = Steering(self.searches, self.notices, self)
        self.intake = Intake(self, theme, icons)
        self.duplicate_searches = DuplicateSearches(self)
        self.presenter = Presenter(self)
        self.reasons = Reasons(self, theme)
        self.saved = SavedActs(self)
        Differences(self)
        self.screen_region = ScreenRegion(self, theme)
        TasteActs(self)
        self.library_acts = LibraryActs(self)
        self.teach_acts = TeachActs(self, theme, paths)
        self.suggestion_acts = SuggestionActs(self, theme, icons)
        self._connect()
        self._state = WindowState(paths)
        self._state.restore(self)
        # Nothing is marked until a key is pressed.
        self.pages.setFocus()

    def start(self, query: Path | None = None) -> None:
        """Open the library in the background, and look for photos like the query then."""
        self.bridge.start()
        if query is not None:
            self.intake.look_for_file(os.fsencode(query.absolute()))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Vanish at once; the services end behind the scenes."""
        event.accept()
        self._state.save(self)
        self.problems.close()
        self.teach_acts.close()
        self.suggestion_acts.close()
        self.saved.close()
        self.screen_region.close()
        self.recent.close()
        self.bridge.close()

    def _lay_out(self) -> None:
        working = QWidget()
        right = QVBoxLayout(working)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.notices)
        right.addWidget(self.query_pane)
        right.addWidget(self.pages, 1)
        self.splitter.addWidget(self.panel)
        self.splitter.addWidget(working)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([WIDTH_PX, _SIZE_PX[0] - WIDTH_PX])
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.activity)
        self.setCentralWidget(central)
        self.query_pane.hide()

    def _connect(self) -> None:
        pane, pages, results, intake = self.query_pane, self.pages, self.results, self.intake
        self.bridge.closed.connect(self._on_closed)
        pane.filters.changed.connect(self.searches.set_filter)
        pane.filters.popup.folding_changed.connect(self.searches.set_folded)
        pane.filters.opened.connect(self._offer_formats)
        pages.clear_filters_wanted.connect(pane.filters.popup.clear)
        pane.finer_changed.connect(self.searches.set_rerank)
        pane.zoom_changed.connect(results.set_zoom)
        side = SideButtons(self, results.viewport())
        for back in (pane.back_wanted, side.back):
            back.connect(self.searches.go_back)
        for forward in (pane.forward_wanted, side.forward):
            forward.connect(self.searches.go_forward)
        pane.crop.framing_changed.connect(self.searches.reframe)
        pane.recent.wanted.connect(intake.look_again)
        pane.recent.clear_wanted.connect(self.recent.clear)
        pane.clear_wanted.connect(self.searches.clear)
        results.zoomed.connect(pane.show_zoom)
        results.similar_wanted.connect(intake.look_for_photo)
        results.menu_wanted.connect(self.photo_menus.popup)
        results.album_wanted.connect(self._add_to_album)
        self.photo_menus.similar_wanted.connect(intake.look_for_photo)
        for steering in (results.steering_wanted, self.photo_menus.steering_wanted):
            steering.connect(intake.add_photos)
        for reason in (results.reason_wanted, self.photo_menus.reason_wanted):
            reason.connect(self.reasons.show)
        pane.add.clicked.connect(intake.choose_further)
        pane.screen_part.clicked.connect(self.screen_region.take)
        pane.chips.turn_wanted.connect(self.steering.turn)
        pane.chips.removal_wanted.connect(self.steering.remove)
        pages.folder_wanted.connect(intake.choose_folder)
        pages.suggestion_wanted.connect(lambda folder: intake.add_folders([folder]))
        pages.browse_wanted.connect(intake.choose_picture)
        pages.recent_wanted.connect(lambda: pane.recent.popup(pages))
        pages.widen_wanted.connect(pane.radius.set_distance)
        shortcuts.connect(
            self,
            {
                Act.PASTE: intake.paste,
                Act.CHOOSE_PICTURE: intake.choose_picture,
                Act.PASTE_TOO: intake.paste_too,
                Act.CHOOSE_TOO: intake.choose_further,
                Act.SCREEN: self.screen_region.take,
                Act.ADD_FOLDER: intake.choose_folder,
                Act.CLEAR: self.searches.clear,
                Act.BACK: self.searches.go_back,
                Act.FORWARD: self.searches.go_forward,
                Act.RECENT: lambda: pane.recent.popup(pages),
                Act.SAVE_SEARCH: self.saved.ask_to_save,
                Act.SAVED: self.saved.show_all,
                Act.CROP: pane.toggle_crop,
                Act.DUPLICATES: self.library_listing.show_duplicates,
                Act.TEACH: self.teach_acts.show,
                Act.TAUGHT: self.teach_acts.show_history,
                Act.ZOOM_IN: lambda: self._zoom(ZOOM_STEP_PX),
                Act.ZOOM_OUT: lambda: self._zoom(-ZOOM_STEP_PX),
                Act.USUAL_ZOOM: lambda: results.set_zoom(USUAL_PX),
                Act.UNDO: self.albums.undo,
                Act.REDO: self.albums.redo,
                Act.SETTINGS: self.library_acts.show_settings,
                Act.SHORTCUTS: lambda: ShortcutSheet(self).open(),
                Act.QUIT: self.close,
            },
        )

    def _offer_formats(self) -> None:
        popup = self.query_pane.filters.popup
        PhotoBridge(self.bridge).fetch_formats(
            lambda names: popup.show_formats(names if isinstance(names, list) else ())
        )

    def _add_to_album(self, number: int) -> None:
        self.albums.add_by_key(number, [hit.photo_id for hit in self.results.selected_hits()])

    def _zoom(self, step_px: int) -> None:
        self.results.set_zoom(self.results.zoom_px + step_px)

    def _on_closed(self) -> None:
        self.thumbnails.close()
        self.preview.proxies.close()
        self.ended.emit(self.presenter.exit_status)
