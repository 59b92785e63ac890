"""The only way from the window to the services and back.

Owns the commands that the window can give and the events that it hears of; the service thread
carries them. No widget may reach the services past it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.preferences import Preferences
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.gui.service_thread import Failure as Failure
from desktopsearch.gui.service_thread import ServiceThread
from desktopsearch.imaging.formats import PICTURE_SUFFIXES
from desktopsearch.services.events import (
    AlbumsChanged,
    DifferencesChanged,
    Event,
    LibraryChanged,
    PreferencesChanged,
    SearchesChanged,
)
from desktopsearch.services.events import GenerationChanged as GenerationChanged
from desktopsearch.services.events import GenerationFilling as GenerationFilling
from desktopsearch.services.events import Notice as Notice
from desktopsearch.services.events import Phase as Phase
from desktopsearch.services.events import RunFinished as RunFinished
from desktopsearch.services.events import RunProgress as RunProgress
from desktopsearch.services.events import TeachingForetold as TeachingForetold
from desktopsearch.services.events import TeachingHeld as TeachingHeld
from desktopsearch.services.events import TeachingPrepared as TeachingPrepared
from desktopsearch.services.events import TeachingProgress as TeachingProgress

if TYPE_CHECKING:
    from desktopsearch.services.pacing import Pacing
    from desktopsearch.services.session import WritingSession
    from desktopsearch.services.status import FolderStatus as FolderStatus
    from desktopsearch.services.status import Status as Status
    from desktopsearch.services.thumbnails import ThumbnailReader as ThumbnailReader


class Bridge(ServiceThread):
    """What the window asks of the services; results, errors and events come on the GUI thread."""

    progressed = Signal(object)
    finished = Signal(object)
    changed = Signal()
    albums_changed = Signal()
    differences_changed = Signal()
    searches_changed = Signal()
    noticed = Signal(object)
    preferences_changed = Signal(object)
    """The ``Preferences`` as they are now; also told once the library is open."""
    taught_further = Signal(object)
    """A ``TeachingForetold``, a ``TeachingPrepared`` or a ``TeachingProgress``."""
    teaching_held = Signal(object)
    """A ``TeachingHeld``."""
    generation_filling = Signal(object)
    """A ``GenerationFilling``."""
    generation_changed = Signal()
    """Searches use another generation now."""

    def __init__(
        self, paths: LibraryPaths, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(self._open, parent)
        self._paths = paths
        self._settings = settings
        self._follow_roots: Callable[[], None] = lambda: None
        self._pacing: Pacing | None = None

    def search(self, query: Query, answer: Callable[[SearchAnswer | Failure], None]) -> None:
        """Ask for photos like the query; ``Cancelled`` when a newer one took its place."""
        self.begin(lambda session, reply: session.searching.search(query, reply), answer)

    def give_up_duplicates(self) -> None:
        """End a search for duplicates that is under way, which may take minutes."""
        self.ask(lambda session: session.searching.give_up_duplicates(), lambda _result: None)

    def add_folders(
        self, folders: Sequence[Path], answer: Callable[[Failure | None], None]
    ) -> None:
        """Add folders to the library and bring it up to date."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import folders as library_folders

            for root in library_folders.add(session.library, folders):
                session.ingest.rescan(root, b"", recursive=True)
            self._follow_roots()

        self.ask(work, answer)

    def remove_folder(self, folder: Path, answer: Callable[[Failure | None], None]) -> None:
        """Remove a folder from the library; its files stay where they are."""

        def work(session: WritingSession) -> None:
            from desktopsearch.services import folders as library_folders

            library_folders.remove(session.library, [folder])
            self._follow_roots()

        self.ask(work, answer)

    def sort_paths(
        self,
        paths: Sequence[Path],
        answer: Callable[[tuple[list[Path], list[Path]] | Failure], None],
    ) -> None:
        """Tell folders from files, for a drop; asks the file system off the GUI thread."""

        def work(_session: WritingSession) -> tuple[list[Path], list[Path]]:
            # pathlib raises where a folder on the way may not be entered.
            folders = [path for path in paths if os.path.isdir(path)]  # noqa: PTH112
            return folders, [path for path in paths if path not in folders]

        self.ask(work, answer)

    def fetch_status(self, answer: Callable[[Status | Failure], None]) -> None:
        """What the library holds."""

        def work(session: WritingSession) -> Status:
            from desktopsearch.services.status import status

            return status(session.library, session.ingest.scanning.roots)

        self.ask(work, answer)

    def change_preferences(
        self,
        change: Callable[[Preferences], Preferences],
        answer: Callable[[Failure | None], None],
    ) -> None:
        """Change what a person has set; it is heeded at once and kept."""

        def work(_session: WritingSession) -> None:
            assert self._pacing is not None
            self._pacing.change(change)

        self.ask(work, answer)

    def go_on_anyway(self, answer: Callable[[Failure | None], None]) -> None:
        """Work on battery this once."""

        def work(_session: WritingSession) -> None:
            assert self._pacing is not None
            self._pacing.go_on_anyway()

        self.ask(work, answer)

    def delete_index(self, answer: Callable[[int | Failure], None], *, albums: bool) -> None:
        """Delete folders and all that is known of photos; the library is opened anew then.

        Args:
            answer: Gets how many bytes that has freed.
            albums: Whether albums and what was taught go as well.
        """

        def work() -> int:
            from desktopsearch.services import deletion

            return deletion.delete(self._paths, albums=albums)

        self.restart(work, answer)

    # What follows runs on the service thread.

    def _open(self) -> WritingSession:
        # Imported here: faiss and SQLAlchemy take half a second that the window does not wait for.
        from desktopsearch.services.pacing import Pacing
        from desktopsearch.services.session import WritingSession
        from desktopsearch.services.watching import Watching

        session = WritingSession.open(self._paths, self._settings, self._publish)
        try:
            pacing = self._pacing = Pacing(session, self._settings, self._publish)
            session.lane.warm_up()
            session.searching.warm_up()
            session.ingest.start()
            watching = Watching(
                session.library,
                session.ingest,
                session.loop,
                self._publish,
                sweep_interval_s=lambda: pacing.rescan_interval_s,
            )
        except BaseException:
            session.close()
            raise
        self._follow_roots = watching.follow_roots
        return session

    def _publish(self, event: Event) -> None:
        match event:
            case RunProgress():
                self.deliver(lambda: self.progressed.emit(event))
            case RunFinished():
                self.deliver(lambda: self.finished.emit(event))
            case LibraryChanged():
                self.deliver(self.changed.emit)
            case AlbumsChanged():
                self.deliver(self.albums_changed.emit)
            case DifferencesChanged():
                self.deliver(self.differences_changed.emit)
            case SearchesChanged():
                self.deliver(self.searches_changed.emit)
            case Notice():
                self.deliver(lambda: self.noticed.emit(event))
            case PreferencesChanged():
                self.deliver(lambda: self.preferences_changed.emit(event.preferences))
            case TeachingForetold() | TeachingPrepared() | TeachingProgress():
                self.deliver(lambda: self.taught_further.emit(event))
            case TeachingHeld():
                self.deliver(lambda: self.teaching_held.emit(event))
            case GenerationFilling():
                self.deliver(lambda: self.generation_filling.emit(event))
            case GenerationChanged():
                self.deliver(self.generation_changed.emit)


def open_thumbnail_reader(paths: LibraryPaths) -> ThumbnailReader:
    """A reader of proxies for a thread that is not the GUI thread.

    Raises:
        DesktopSearchError: As ``ThumbnailReader.open``.
    """
    from desktopsearch.services.thumbnails import ThumbnailReader

    return ThumbnailReader.open(paths)


def picture_patterns() -> str:
    """What a file dialog takes for pictures, such as ``*.avif *.bmp``."""
    return " ".join(f"*{suffix.decode('ascii')}" for suffix in sorted(PICTURE_SUFFIXES))
