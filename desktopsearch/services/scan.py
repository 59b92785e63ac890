"""One scan of a root or a part of it: what it covers, and what the library learns from it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import Connection

from desktopsearch.domain.library import FileStamp, Root, join, shown
from desktopsearch.domain.problems import Parameters, ProblemCode
from desktopsearch.imaging.messages import DirectoryListed, DirectoryUnreadable, ScanFinished
from desktopsearch.storage import problems, reconciling, roots
from desktopsearch.storage.reconciling import Reconciled


@dataclass(slots=True)
class Scan:
    """What it has found so far; only at its end is it known what is gone."""

    root: Root
    directory: bytes = b""
    recursive: bool = True
    attempts: int = 0
    """That have failed."""
    _visited: set[bytes] = field(init=False, default_factory=set)
    _gone: list[int] = field(init=False, default_factory=list)
    _unreadable: dict[bytes, str] = field(init=False, default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether it covers the root from top to bottom."""
        return self.recursive and not self.directory

    def includes(self, other: Scan) -> bool:
        """Whether the other one would find out nothing more."""
        return self.root.id == other.root.id and (
            self.whole or (self.directory == other.directory and self.recursive >= other.recursive)
        )

    def take_listing(self, connection: Connection, listed: DirectoryListed) -> Reconciled:
        """Bring the locations of a directory in line with what lies there."""
        self._visited.add(listed.directory)
        stamps = [
            FileStamp(file.name, file.size, file.mtime_ns, file.inode) for file in listed.files
        ]
        reconciled = reconciling.reconcile_directory(
            connection, self.root.id, listed.directory, stamps
        )
        self._gone += reconciled.gone
        return reconciled

    def take_unreadable(self, found: DirectoryUnreadable) -> None:
        """Remember why a directory could not be read; what was known of it is kept."""
        self._unreadable[found.directory] = found.reason

    def finish(self, connection: Connection, found: ScanFinished) -> int | None:
        """Drop the locations of files that were not found, and note what could not be read.

        Returns:
            How many were dropped; None if the root looks as if its drive were not mounted: then
            it is offline, and nothing is forgotten.
        """
        if found.empty and self._looks_unmounted(connection, found.device):
            self.go_offline(connection, ProblemCode.FOLDER_OFFLINE, {"path": shown(self.root.path)})
            return None
        if self.recursive or not (self._visited or self._unreadable):
            self._gone += reconciling.unvisited(
                connection, self.root.id, self.directory, self._visited, self._unreadable.keys()
            )
        removed = reconciling.drop(connection, self._gone)
        if self.whole:
            roots.note_scan(connection, self.root.id, found.device, int(time.time()))
            problems.clear_folders(connection, self.root.id)
        for directory, reason in self._unreadable.items():
            path = shown(join(self.root.path, directory))
            problems.record_folder(
                connection,
                self.root.id,
                directory,
                ProblemCode.FOLDER_UNREADABLE,
                {"path": path, "reason": reason},
            )
        return removed

    def go_offline(self, connection: Connection, code: ProblemCode, parameters: Parameters) -> None:
        """Note that the root cannot be reached, and why."""
        roots.note_offline(connection, self.root.id)
        self.note_problem(connection, code, parameters)

    def note_problem(
        self, connection: Connection, code: ProblemCode, parameters: Parameters
    ) -> None:
        """Note the one thing that is the matter with the root, if the library still has it."""
        if roots.is_known(connection, self.root.id):
            problems.clear_folders(connection, self.root.id)
            problems.record_folder(connection, self.root.id, b"", code, parameters)

    def _looks_unmounted(self, connection: Connection, device: int) -> bool:
        # A mount point without its drive is an empty folder of another device. The library is
        # asked: the root may have been added, and scanned for the first time, since this scan was
        # wanted.
        known = roots.covering(connection, self.root.path)
        return known is not None and known.device is not None and known.device != device
