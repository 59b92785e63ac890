"""The only way from the window to the services and back.

Owns the one service thread: it opens the library, runs the service loop and ends with the window.
Commands go over as functions; results, errors and events come back on the GUI thread. Must never
make the GUI thread wait, and no widget may reach the services past it.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.library import Problem
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.imaging.formats import PICTURE_SUFFIXES
from desktopsearch.services.events import Event, LibraryChanged
from desktopsearch.services.events import Notice as Notice
from desktopsearch.services.events import Phase as Phase
from desktopsearch.services.events import RunFinished as RunFinished
from desktopsearch.services.events import RunProgress as RunProgress

if TYPE_CHECKING:
    from desktopsearch.services.session import WritingSession
    from desktopsearch.services.status import FolderStatus as FolderStatus
    from desktopsearch.services.status import Status as Status
    from desktopsearch.services.thumbnails import ThumbnailReader as ThumbnailReader

_log = logging.getLogger(__name__)

T = TypeVar("T")

Failure = DesktopSearchError | BugError | Cancelled
"""What a command is answered with when there is no result."""


class Bridge(QObject):
    """Runs the services on a thread of their own; all signals arrive on the GUI thread."""

    opened = Signal()
    stopped = Signal(object)
    """The services cannot go on, or could not begin: a ``Failure``."""
    closed = Signal()
    """The service thread has ended; no child process is left."""
    progressed = Signal(object)
    finished = Signal(object)
    changed = Signal()
    noticed = Signal(object)
    bug_found = Signal(str)
    """A traceback: our mistake, shown as such."""

    _arrived = Signal(object)

    def __init__(
        self, paths: LibraryPaths, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._paths = paths
        self._settings = settings
        self._thread: threading.Thread | None = None
        self._handing_over = threading.Lock()
        self._session: WritingSession | None = None
        self._follow_roots: Callable[[], None] = lambda: None
        self._early: list[Callable[[], None]] = []
        self._closing = False
        self._open_answers: dict[int, Callable[[Failure], None]] = {}
        self._last_ticket = 0
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether the service thread has been started and has not ended."""
        return self._thread is not None

    def start(self) -> None:
        """Open the library in the background; ``opened`` or ``stopped`` tells how it went."""
        if self._thread is not None:
            raise BugError("the service thread runs already")
        self._thread = threading.Thread(target=self._serve, name="services", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask the service thread to end; ``closed`` tells when it has. Returns at once."""
        self._closing = True
        if self._thread is None:
            self.closed.emit()
        else:
            self._hand_over(lambda: None)

    def ask(
        self, work: Callable[[WritingSession], T], answer: Callable[[T | Failure], None]
    ) -> None:
        """Run ``work`` on the service thread; ``answer`` gets its result on the GUI thread."""
        ticket = self._open_ticket(answer)

        def run() -> None:
            assert self._session is not None
            try:
                result: T | Failure = work(self._session)
            except (DesktopSearchError, Cancelled) as error:
                result = error
            except Exception as error:  # noqa: BLE001 - the edge of the service loop
                result = self._report_bug(error)
            self._answer(ticket, answer, result)

        self._hand_over(run)

    def search(self, query: Query, answer: Callable[[SearchAnswer | Failure], None]) -> None:
        """Ask for photos like the query; ``Cancelled`` when a newer one took its place."""
        ticket = self._open_ticket(answer)

        def run() -> None:
            assert self._session is not None
            self._session.searching.search(
                query, lambda result: self._answer(ticket, answer, result)
            )

        self._hand_over(run)

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
            folders = [path for path in paths if path.is_dir()]
            return folders, [path for path in paths if path not in folders]

        self.ask(work, answer)

    def fetch_status(self, answer: Callable[[Status | Failure], None]) -> None:
        """What the library holds."""

        def work(session: WritingSession) -> Status:
            from desktopsearch.services.status import status

            return status(session.library)

        self.ask(work, answer)

    def fetch_problems(self, answer: Callable[[list[Problem] | Failure], None]) -> None:
        """What went wrong with files and folders, by path."""

        def work(session: WritingSession) -> list[Problem]:
            from desktopsearch.services.status import problems_of

            return problems_of(session.library)

        self.ask(work, answer)

    def retry_problems(self, answer: Callable[[Failure | None], None]) -> None:
        """Bring the library up to date, and try again whatever has failed."""
        self.ask(lambda session: session.ingest.start(retry=True), answer)

    def set_paused(self, paused: bool, answer: Callable[[Failure | None], None]) -> None:
        """Pause the run under way, or let it go on."""
        self.ask(
            lambda session: session.ingest.pause() if paused else session.ingest.resume(), answer
        )

    def _open_ticket(self, answer: Callable[[Failure], None]) -> int:
        self._last_ticket += 1
        self._open_answers[self._last_ticket] = answer
        return self._last_ticket

    def _answer(self, ticket: int, answer: Callable[[T], None], result: T) -> None:
        def deliver() -> None:
            if self._open_answers.pop(ticket, None) is not None:
                answer(result)

        self._arrived.emit(deliver)

    def _hand_over(self, function: Callable[[], None]) -> None:
        with self._handing_over:
            if self._session is None:
                self._early.append(function)
            else:
                self._session.loop.call(function)

    def _on_arrived(self, function: Callable[[], None]) -> None:
        function()

    # What follows runs on the service thread.

    def _serve(self) -> None:
        failure: Failure | None = None
        try:
            self._run_session()
        except DesktopSearchError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - the edge of the service loop
            failure = self._report_bug(error)
        self._arrived.emit(lambda: self._end(failure))

    def _run_session(self) -> None:
        # Imported here: faiss and SQLAlchemy take half a second that the window does not wait for.
        from desktopsearch.services.session import WritingSession
        from desktopsearch.services.watching import Watching

        session = WritingSession.open(self._paths, self._settings, self._publish)
        try:
            session.lane.warm_up()
            session.searching.warm_up()
            session.ingest.start()
            watching = Watching(session.library, session.ingest, session.loop, self._publish)
            self._follow_roots = watching.follow_roots
            with self._handing_over:
                self._session = session
                for function in self._early:
                    session.loop.call(function)
                self._early.clear()
            self._arrived.emit(self.opened.emit)
            session.loop.run(until=lambda: self._closing)
        finally:
            with self._handing_over:
                self._session = None
            session.close()

    def _publish(self, event: Event) -> None:
        match event:
            case RunProgress():
                self._arrived.emit(lambda: self.progressed.emit(event))
            case RunFinished():
                self._arrived.emit(lambda: self.finished.emit(event))
            case LibraryChanged():
                self._arrived.emit(self.changed.emit)
            case Notice():
                self._arrived.emit(lambda: self.noticed.emit(event))

    def _report_bug(self, error: Exception) -> BugError:
        _log.error("A bug on the service thread", exc_info=error)
        text = "".join(traceback.format_exception(error))
        self._arrived.emit(lambda: self.bug_found.emit(text))
        return error if isinstance(error, BugError) else BugError(repr(error))

    # Back on the GUI thread.

    def _end(self, failure: Failure | None) -> None:
        assert self._thread is not None
        self._thread.join()
        self._thread = None
        with self._handing_over:
            self._early.clear()
        waiting, self._open_answers = self._open_answers, {}
        for answer in waiting.values():
            answer(Cancelled())
        if self._closing:
            self.closed.emit()
        if failure is not None:
            self.stopped.emit(failure)


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
