"""How pictures and folders come into the window: dropped, pasted, chosen or named.

Makes queries of pictures and adds folders to the library. Reads no file: what is a folder and what
a picture is found out over the bridge.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication

from desktopsearch.domain.examples import Example
from desktopsearch.domain.kept_queries import KeptQuery
from desktopsearch.domain.search import Query, SearchHit
from desktopsearch.gui import dropped, file_dialogs
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.drop_hint import DropHint
from desktopsearch.gui.dropped import Dropped
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.places import name_of
from desktopsearch.gui.query_zones import QueryZones, Zone
from desktopsearch.gui.searches import NamedPicture
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import Theme

if TYPE_CHECKING:
    from desktopsearch.gui.main_window import MainWindow


class Intake(QObject):
    """Takes in what comes from outside, for one window, whose drops it handles."""

    def __init__(self, window: MainWindow, theme: Theme, icons: Icons) -> None:
        super().__init__(window)
        self._window = window
        self.drop_hint = DropHint(icons, window.pages)
        self.zones = QueryZones(theme, icons, window.query_pane)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def look_for_file(self, path: bytes) -> None:
        """Find photos like a file."""
        self._window.searches.ask(Query(path=path), name_of(path))

    def look_for_photo(self, hit: SearchHit) -> None:
        """Find photos like one of the library."""
        self._window.searches.ask(Query(photo_id=hit.photo_id), name_of(hit.path))

    def look_again(self, recent: KeptQuery) -> None:
        """Ask a recent query once more."""
        self._window.searches.ask(recent.query, recent.title, recent.names)

    def add_photos(self, hits: Sequence[SearchHit], alike: bool) -> None:
        """Look for what is like photos of the library too, or unlike them."""
        self._window.steering.add(
            [(Example(photo_id=hit.photo_id, alike=alike), name_of(hit.path)) for hit in hits]
        )

    def add_folders(self, folders: Sequence[Path]) -> None:
        """Add folders to the library."""
        self._window.bridge.add_folders(folders, self._window.presenter.on_library_changed)

    def choose_folder(self) -> None:
        """Ask for a folder to add."""
        file_dialogs.choose_folder(self._window, lambda folder: self.add_folders([folder]))

    def choose_picture(self) -> None:
        """Ask for a picture to look for."""
        file_dialogs.choose_picture(self._window, self.look_for_file)

    def choose_further(self) -> None:
        """Ask for a picture that photos are to be like, too."""
        file_dialogs.choose_picture(
            self._window,
            lambda path: self._use([(Example(path=path), name_of(path))], Zone.LIKE),
        )

    def paste(self, zone: Zone = Zone.QUERY) -> None:
        """Look for what is on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        what = dropped.read(clipboard.mimeData(), own=clipboard.ownsClipboard())
        nothing = _("There is no picture, no file and no path on the clipboard.")
        self.take(what, nothing=nothing, zone=zone)

    def paste_too(self) -> None:
        """Look for what is like the content of the clipboard, too."""
        self.paste(Zone.LIKE)

    def take(self, what: Dropped, *, nothing: str, zone: Zone = Zone.QUERY) -> None:
        """Look for what was dropped or pasted; folders are added to the library.

        Args:
            what: Came in.
            nothing: What to say when it is nothing at all.
            zone: What it is taken for.
        """
        window = self._window
        hits = (hit for hit in window.model.hits if hit.photo_id == what.photo_id)
        hit = next(hits, None) if what.photo_id is not None else None
        if hit is not None:
            self._use([(Example(photo_id=hit.photo_id), name_of(hit.path))], zone)
        elif what.data is not None:
            self._use([(Example(data=what.data), _("Pasted picture"))], zone)
        elif what.paths:
            paths = [Path(os.fsdecode(path)) for path in what.paths]
            window.bridge.sort_paths(paths, lambda found: self._on_paths_sorted(found, zone))
        elif what.only_address:
            window.notices.say(
                _(
                    "The other program gave only the address of this picture, and Desktopsearch"
                    " does not use the network. Copy the picture itself and paste it here."
                )
            )
        elif what.only_text:
            window.notices.say(_("This text is not the path of a picture or of a folder."))
        else:
            window.notices.say(nothing)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Handle the window's drags."""
        if isinstance(event, QDragEnterEvent):
            self._on_drag_entered(event)
        elif isinstance(event, QDragMoveEvent):
            self._on_drag_moved(event)
        elif isinstance(event, QDropEvent):
            self._on_dropped(event)
        elif event.type() is QEvent.Type.DragLeave:
            self._end_drag()
        else:
            return False
        return True

    def _on_drag_entered(self, event: QDragEnterEvent) -> None:
        is_own = event.source() is not None
        if is_own and self._window.query_pane.isVisible():
            dropped.accept_copy(event)
        elif not is_own and dropped.may_hold_something(event.mimeData()):
            self.drop_hint.invite()
            dropped.accept_copy(event)
        else:
            event.ignore()
            return
        if self._window.searches.pictures:
            self.zones.invite()

    def _on_drag_moved(self, event: QDragMoveEvent) -> None:
        """Take the window's own photos on the query only."""
        position = self._on_query(event)
        self.zones.point(position)
        if event.source() is None or self._window.query_pane.rect().contains(position):
            dropped.accept_copy(event)
        else:
            event.ignore()

    def _on_dropped(self, event: QDropEvent) -> None:
        zone = self.zones.point(self._on_query(event)) or Zone.QUERY
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if zone is Zone.QUERY and with_control and self._window.searches.pictures:
            zone = Zone.LIKE
        self._end_drag()
        dropped.accept_copy(event)
        self._window.activateWindow()
        what = dropped.read(event.mimeData(), own=event.source() is not None)
        nothing = _("There is no picture, no file and no path in what was dropped.")
        self.take(what, nothing=nothing, zone=zone)

    def _on_query(self, event: QDropEvent) -> QPoint:
        return self._window.query_pane.mapFrom(self._window, event.position().toPoint())

    def _end_drag(self) -> None:
        self.drop_hint.hide()
        self.zones.hide()

    def _use(self, pictures: Sequence[NamedPicture], zone: Zone) -> None:
        if zone is Zone.QUERY:
            self._window.searches.ask_for(pictures[:1])
        else:
            alike = zone is Zone.LIKE
            self._window.steering.add(
                [(replace(each, alike=alike), name) for each, name in pictures]
            )

    def _on_paths_sorted(
        self, sorted_paths: tuple[list[Path], list[Path]] | Failure, zone: Zone
    ) -> None:
        if not isinstance(sorted_paths, tuple):
            self._window.presenter.show_failure(sorted_paths)
            return
        folders, files = sorted_paths
        if folders:
            self.add_folders(folders)
        if files:
            paths = [os.fsencode(file) for file in files]
            self._use([(Example(path=path), name_of(path)) for path in paths], zone)
        if len(files) > 1 and zone is Zone.QUERY:
            self._window.notices.say(
                _("Only the first of {n} pictures is looked for.").format(n=figure(len(files)))
            )
