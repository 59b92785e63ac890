"""Brings locations in line with what the scanner child finds: the scan is the truth."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection

from desktopsearch.config import Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import FileStamp, Root, join, shown
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
from desktopsearch.storage import problems, reconciling, roots

_log = logging.getLogger(__name__)

SCANNER = Role(SCANNER_ROLE, ScannerReply, "scanner")

_MOST_FAILED_STARTS = 3
_MOST_ATTEMPTS = 3


@dataclass(slots=True)
class _Scan:
    root: Root
    directory: bytes = b""
    recursive: bool = True
    attempts: int = 0
    visited: set[bytes] = field(default_factory=set)
    gone: list[int] = field(default_factory=list)
    unreadable: dict[bytes, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether it covers the root from top to bottom."""
        return self.recursive and not self.directory

    def includes(self, other: _Scan) -> bool:
        """Whether the other one would find out nothing more."""
        return self.root.id == other.root.id and (
            self.whole or (self.directory == other.directory and self.recursive >= other.recursive)
        )


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
        self._waiting: deque[_Scan] = deque()
        self._current: _Scan | None = None
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
        scan = _Scan(root, directory, recursive)
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

    def _begin(self, scan: _Scan) -> None:
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
                self._reconcile(connection, scan, message)
            case DirectoryUnreadable():
                scan.unreadable[message.directory] = message.reason
            case ScanFinished():
                self._finish(connection, scan, message)
            case Failed():
                roots.note_offline(connection, scan.root.id)
                self._record_once(connection, scan.root, message.problem, message.parameters)
            case Broken():
                pass
            case Done():
                self._current = None
            case Lost():
                self._lose(connection, scan, message)
            case _:
                _log.error("Unexpected reply of the scanner: %r", message)

    def _reconcile(self, connection: Connection, scan: _Scan, listed: DirectoryListed) -> None:
        scan.visited.add(listed.directory)
        stamps = [
            FileStamp(file.name, file.size, file.mtime_ns, file.inode) for file in listed.files
        ]
        reconciled = reconciling.reconcile_directory(
            connection, scan.root.id, listed.directory, stamps
        )
        scan.gone += reconciled.gone
        self.changed |= bool(reconciled.recognised)
        if reconciled.to_read:
            self._on_pending()

    def _finish(self, connection: Connection, scan: _Scan, found: ScanFinished) -> None:
        root = scan.root
        if found.empty and _looks_unmounted(connection, root, found.device):
            self._go_offline(connection, root)
            return
        if scan.recursive or not (scan.visited or scan.unreadable):
            scan.gone += reconciling.unvisited(
                connection, root.id, scan.directory, scan.visited, scan.unreadable.keys()
            )
        removed = reconciling.drop(connection, scan.gone)
        self.removed += removed
        self.finished += 1
        self.changed |= bool(removed)
        if scan.whole:
            roots.note_scan(connection, root.id, found.device, int(time.time()))
            problems.clear_folders(connection, root.id)
            # Files of a folder that was offline until now were not handed out.
            self._on_pending()
        for directory, reason in scan.unreadable.items():
            path = shown(join(root.path, directory))
            problems.record_folder(
                connection,
                root.id,
                directory,
                ProblemCode.FOLDER_UNREADABLE,
                {"path": path, "reason": reason},
            )

    def _lose_start(self, lost: Lost) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _MOST_FAILED_STARTS:
            raise DesktopSearchError(
                ProblemCode.CHILD_FAILED, role=SCANNER.name, reason=lost.detail
            )

    def _lose(self, connection: Connection, scan: _Scan, lost: Lost) -> None:
        self._current = None
        scan.attempts += 1
        if not lost.timed_out and scan.attempts < _MOST_ATTEMPTS:
            self._waiting.appendleft(
                _Scan(scan.root, scan.directory, scan.recursive, scan.attempts)
            )
            return
        self._record_once(
            connection,
            scan.root,
            ProblemCode.FOLDER_TIMED_OUT,
            {"path": shown(scan.root.path), "seconds": round(self._settings.scan_silence_s)},
        )

    def _go_offline(self, connection: Connection, root: Root) -> None:
        roots.note_offline(connection, root.id)
        self._record_once(connection, root, ProblemCode.FOLDER_OFFLINE, {"path": shown(root.path)})

    def _record_once(
        self,
        connection: Connection,
        root: Root,
        code: ProblemCode,
        parameters: dict[str, str | int],
    ) -> None:
        if roots.is_known(connection, root.id):
            problems.clear_folders(connection, root.id)
            problems.record_folder(connection, root.id, b"", code, parameters)


def _looks_unmounted(connection: Connection, root: Root, device: int) -> bool:
    # A mount point without its drive is an empty folder of another device. The library is asked:
    # the root may have been added, and scanned for the first time, since this scan was wanted.
    known = roots.covering(connection, root.path)
    return known is not None and known.device is not None and known.device != device
