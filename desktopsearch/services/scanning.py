"""Has folders scanned by a child, one scan after another: what is found is the truth."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection

from desktopsearch.config import Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Root, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.messages import (
    SCANNER_ROLE,
    DirectoryListed,
    DirectoryUnreadable,
    ScanFinished,
    ScannerReply,
    ScanTree,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message
from desktopsearch.services.library import Library
from desktopsearch.services.scan import Scan
from desktopsearch.storage import roots

_log = logging.getLogger(__name__)

SCANNER = Role(SCANNER_ROLE, ScannerReply, "scanner")

_MOST_FAILED_STARTS = 3
_MOST_ATTEMPTS = 3


class Scanning:
    """A part of the loop: one scanner child and the scans that wait for it."""

    def __init__(
        self, library: Library, settings: Settings, on_pending: Callable[[], None]
    ) -> None:
        """Prepare; the child starts with the first scan.

        Args:
            library: Open for writing.
            settings: The child's deadline.
            on_pending: Called when files have been found that must be read.
        """
        self.removed = 0
        self.finished = 0
        """Scans that have come to their end."""
        self.changed = False
        self._library = library
        self._settings = settings
        self._on_pending = on_pending
        self._child = ChildProcess(SCANNER, log=library.database.paths.child_log)
        self._waiting: deque[Scan] = deque()
        self._current: Scan | None = None
        self._failed_starts = 0

    @property
    def busy(self) -> bool:
        """Whether a scan is under way or waits."""
        return self._current is not None or bool(self._waiting)

    @property
    def roots(self) -> set[int]:
        """Ids of the roots that are being looked through or wait for it."""
        scans = [*self._waiting, *([self._current] if self._current else [])]
        return {scan.root.id for scan in scans}

    def scan(self, root: Root, directory: bytes = b"", *, recursive: bool = True) -> None:
        """Queue a scan of a root or a part of it; the same scan waits only once."""
        scan = Scan(root, directory, recursive)
        if not any(each.includes(scan) for each in self._waiting):
            self._waiting.append(scan)

    def cancel(self) -> None:
        """Drop what waits; what is under way ends without consequences."""
        self._waiting.clear()
        if self._current is not None:
            self._current = None
            self._child.stop()

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return self._child.waitables

    def due_at(self) -> float:
        """At once if a scan can begin, else when the child's deadline ends."""
        waiting = self._current is None and self._waiting
        return 0.0 if waiting and self._child.is_free else self._child.expires_at

    def turn(self) -> None:
        """Take in listings; start the next scan."""
        arrived = self._child.receive()
        if arrived:
            with self._library.database.write() as connection:
                for message in arrived:
                    self._take(connection, message)
        if self._current is None and self._waiting:
            if self._child.state is ChildState.STOPPED:
                self._child.start()
            elif self._child.state is ChildState.IDLE:
                self._begin(self._waiting.popleft())

    def close(self) -> None:
        """End the child."""
        self._child.stop()

    def _begin(self, scan: Scan) -> None:
        self._current = scan
        with self._library.database.read() as connection:
            excludes = tuple(roots.exclusions(connection))
        self._child.request(
            ScanTree(scan.root.path, scan.directory, scan.recursive, excludes),
            self._settings.scan_silence_s,
        )

    def _take(self, connection: Connection, message: Message | Lost) -> None:
        if isinstance(message, Broken):
            _log.error("The scanner met a bug:\n%s", message.traceback)
        scan = self._current
        if scan is None:
            if isinstance(message, Lost) and message.during_start:
                self._lose_start(message)
            return
        if not isinstance(message, Done | Lost) and not roots.is_known(connection, scan.root.id):
            return  # the folder was removed from the library, or added to another one
        match message:
            case DirectoryListed():
                reconciled = scan.take_listing(connection, message)
                self.changed |= bool(reconciled.recognised)
                if reconciled.to_read:
                    self._on_pending()
            case DirectoryUnreadable():
                scan.take_unreadable(message)
            case ScanFinished():
                self._finish(connection, scan, message)
            case Failed():
                scan.go_offline(connection, message.problem, message.parameters)
            case Broken():
                pass
            case Done():
                self._current = None
            case Lost():
                self._lose(connection, scan, message)
            case _:
                _log.error("Unexpected reply of the scanner: %r", message)

    def _finish(self, connection: Connection, scan: Scan, found: ScanFinished) -> None:
        removed = scan.finish(connection, found)
        if removed is None:
            return
        self.removed += removed
        self.finished += 1
        self.changed |= bool(removed)
        if scan.whole:
            # Files of a folder that was offline until now were not handed out.
            self._on_pending()

    def _lose_start(self, lost: Lost) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _MOST_FAILED_STARTS:
            raise DesktopSearchError(
                ProblemCode.CHILD_FAILED, role=SCANNER.name, reason=lost.detail
            )

    def _lose(self, connection: Connection, scan: Scan, lost: Lost) -> None:
        self._current = None
        scan.attempts += 1
        if not lost.timed_out and scan.attempts < _MOST_ATTEMPTS:
            self._waiting.appendleft(Scan(scan.root, scan.directory, scan.recursive, scan.attempts))
            return
        scan.note_problem(
            connection,
            ProblemCode.FOLDER_TIMED_OUT,
            {"path": shown(scan.root.path), "seconds": round(self._settings.scan_silence_s)},
        )
