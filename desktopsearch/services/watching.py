"""Keeps a library up to date while folders change: hints from the system, and scans by the clock.

Hints only say where to look; the scan finds out what has happened. Hints get lost, so every folder
is looked at again now and then.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from desktopsearch.domain.library import Root, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.events import Notice, Publish
from desktopsearch.services.ingest import Ingest
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.storage import roots

# A directory is scanned when it has been quiet for a moment, or at last when it never is.
QUIET_S = 1.0
PATIENCE_S = 10.0
RETRY_OFFLINE_S = 60.0

_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


@dataclass(slots=True)
class _Hint:
    first_at: float
    last_at: float
    recursive: bool

    @property
    def due_at(self) -> float:
        return min(self.last_at + QUIET_S, self.first_at + PATIENCE_S)


class Watching:
    """A part of the loop: turns hints into scans, and scans by the clock."""

    def __init__(
        self,
        library: Library,
        ingest: Ingest,
        loop: ServiceLoop,
        publish: Publish,
        sweep_interval_s: Callable[[], float],
    ) -> None:
        """Attach to a loop and begin to watch the folders of the library.

        Args:
            library: Open for writing.
            ingest: Does the scans.
            loop: Of the library's session.
            publish: Told which folders the system cannot watch.
            sweep_interval_s: How often every folder is looked at; may change at any time.
        """
        self._library = library
        self._ingest = ingest
        self._publish = publish
        self._sweep_interval_s = sweep_interval_s
        self._inbox = _Inbox(loop, self._note)
        self._observer = Observer()
        self._observer.start()
        self._watched: dict[int, tuple[Root, ObservedWatch | None]] = {}
        self._hints: dict[tuple[int, bytes], _Hint] = {}
        self._last_sweep = time.monotonic()
        self._next_retry = time.monotonic() + RETRY_OFFLINE_S
        loop.attach(self)
        self.follow_roots()

    def follow_roots(self) -> None:
        """Watch the reachable folders that the library has now, and no others."""
        with self._library.database.read() as connection:
            present = {root.id: root for root in roots.every(connection) if not root.offline}
        for root_id in self._watched.keys() - present.keys():
            _, watch = self._watched.pop(root_id)
            if watch is not None:
                self._observer.unschedule(watch)
        for root_id in present.keys() - self._watched.keys():
            self._watched[root_id] = (present[root_id], self._watch(present[root_id]))

    def waitables(self) -> Iterable[Pipe]:
        """None of its own: hints come as calls."""
        return ()

    def due_at(self) -> float:
        """When the next directory is quiet enough, or the next look by the clock is due."""
        hints = min((hint.due_at for hint in self._hints.values()), default=float("inf"))
        return min(hints, self._last_sweep + self._sweep_interval_s(), self._next_retry)

    def turn(self) -> None:
        """Start the scans that are due."""
        now = time.monotonic()
        for (root_id, directory), hint in list(self._hints.items()):
            if hint.due_at <= now:
                del self._hints[root_id, directory]
                if root_id in self._watched:
                    root, _ = self._watched[root_id]
                    self._ingest.rescan(root, directory, recursive=hint.recursive)
        if now >= self._last_sweep + self._sweep_interval_s():
            self._last_sweep = now
            self._ingest.start()
        if now >= self._next_retry:
            self._next_retry = now + RETRY_OFFLINE_S
            with self._library.database.read() as connection:
                offline = [root for root in roots.every(connection) if root.offline]
            for root in offline:
                self._ingest.rescan(root, b"", recursive=True)
            self.follow_roots()

    def close(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join()

    def _watch(self, root: Root) -> ObservedWatch | None:
        handler = _Handler(root, self._inbox)
        try:
            return self._observer.schedule(handler, os.fsdecode(root.path), recursive=True)
        except OSError as error:
            # Most often the system's limit of watches; the sweep still comes by.
            self._publish(
                Notice(
                    ProblemCode.FOLDER_NOT_WATCHED,
                    {
                        "path": shown(root.path),
                        "reason": error.strerror or str(error),
                        "minutes": round(self._sweep_interval_s() / 60),
                    },
                )
            )
            return None

    def _note(self, root_id: int, directory: bytes, *, recursive: bool) -> None:
        now = time.monotonic()
        hint = self._hints.setdefault((root_id, directory), _Hint(now, now, recursive))
        hint.last_at = now
        hint.recursive |= recursive


class _Inbox:
    """Takes hints from watchdog's threads and hands them to the loop in one call."""

    def __init__(self, loop: ServiceLoop, note: _Note) -> None:
        self._loop = loop
        self._note = note
        self._lock = threading.Lock()
        self._hints: dict[tuple[int, bytes], bool] = {}

    def put(self, root_id: int, directory: bytes, *, recursive: bool) -> None:
        with self._lock:
            first = not self._hints
            key = (root_id, directory)
            self._hints[key] = recursive or self._hints.get(key, False)
        if first:
            self._loop.call(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            hints, self._hints = self._hints, {}
        for (root_id, directory), recursive in hints.items():
            self._note(root_id, directory, recursive=recursive)


class _Handler(FileSystemEventHandler):
    def __init__(self, root: Root, inbox: _Inbox) -> None:
        self._root = root
        self._inbox = inbox

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take a hint; called on watchdog's thread."""
        if event.event_type not in _CHANGES:
            return
        for path in (event.src_path, event.dest_path):
            if not path:
                continue
            place = os.fsencode(path)
            if event.is_directory:
                # A folder that came or went is looked through; one that was only touched is not.
                recursive = event.event_type != "modified"
            else:
                place, recursive = os.path.dirname(place), False  # noqa: PTH120 - bytes
            if roots.covers(self._root.path, place):
                self._inbox.put(
                    self._root.id, roots.relative(self._root.path, place), recursive=recursive
                )


class _Note(Protocol):
    def __call__(self, root_id: int, directory: bytes, *, recursive: bool) -> None: ...
