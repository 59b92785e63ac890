"""watchdog, on a thread of its own: setting up watches walks whole trees, and a share may hang.

Tells of hints, of lost hints and of watches that are up, always on the loop's thread. Must never
touch the library.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from desktopsearch.domain.library import Root
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.services.mounts import tells_of_changes
from desktopsearch.storage import roots

Identity = tuple[int, int]
"""Device and inode: another one at the same path is not what is watched."""

_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})
_CLOSE_S = 2.0
_INOTIFY_LOG = logging.getLogger("watchdog.observers.inotify")
_FAREWELL = "called when the thread is inactive"


class WatchedRoot:
    """A root whose watch was asked for."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.watch: ObservedWatch | None = None
        self.identity: Identity | None = None
        self.trouble = ""
        """Why the system does not tell of all changes here; empty while it does."""
        self.tried = False
        """Whether it is known what came of it."""


class Observing:
    """The watches of one library."""

    def __init__(
        self,
        loop: ServiceLoop,
        spare: Path,
        *,
        on_hint: HintTaker,
        on_lost: Callable[[], None],
    ) -> None:
        """Begin without any watch.

        Args:
            loop: Where everything is told.
            spare: A folder of our own, to find out whether another watch is to be had.
            on_hint: Called with a root's id and a directory below it that may have changed.
            on_lost: Called when hints got lost, nobody knows which.
        """
        self._loop = loop
        self._spare = str(spare)
        self._inbox = _Inbox(loop, on_hint)
        self._observer = Observer()
        self._observer.start()
        self._complaints = _Complaints(lambda: loop.call(on_lost))
        logging.getLogger("watchdog").addHandler(self._complaints)
        _INOTIFY_LOG.addFilter(_no_farewell)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="observing", daemon=True)
        self._thread.start()

    def watch(self, watched: WatchedRoot, on_up: Callable[[WatchedRoot], None]) -> None:
        """Set up the watch of a root in the background; it tells what came of it."""
        self._jobs.put(lambda: self._set_up(watched, on_up))

    def unwatch(self, watched: WatchedRoot) -> None:
        """Give the watch of a root up."""
        self._jobs.put(lambda: self._take_down(watched))

    def look(self, watched: WatchedRoot, on_gone: Callable[[WatchedRoot], None]) -> None:
        """Tell if a root is no longer what is watched: unplugged, replaced or plugged in anew."""

        def look() -> None:
            if watched.identity is not None and _identity(watched.root) != watched.identity:
                self._loop.call(lambda: on_gone(watched))

        self._jobs.put(look)

    def look_for_limit(self, on_reached: Callable[[str], None]) -> None:
        """Tell if the system gives no more watches; then some folder may be without."""

        def look() -> None:
            trouble = self._limit()
            if trouble:
                self._loop.call(lambda: on_reached(trouble))

        self._jobs.put(look)

    def close(self) -> None:
        """Stop watching; a thread that hangs in a share is left behind."""
        logging.getLogger("watchdog").removeHandler(self._complaints)
        self._jobs.put(None)
        self._thread.join(_CLOSE_S)
        self._observer.stop()
        self._observer.join()

    # What follows runs on the thread.

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _set_up(self, watched: WatchedRoot, on_up: Callable[[WatchedRoot], None]) -> None:
        path = os.fsdecode(watched.root.path)
        try:
            watched.identity = _identity(watched.root)
            handler = _Handler(watched.root, self._inbox)
            watched.watch = self._observer.schedule(handler, path, recursive=True)
        except OSError as error:
            watched.trouble = error.strerror or str(error)
        else:
            watched.trouble = self._limit()
            if not watched.trouble and not tells_of_changes(watched.root.path):
                watched.trouble = "its file system tells of no changes"
        watched.tried = True
        self._loop.call(lambda: on_up(watched))

    def _take_down(self, watched: WatchedRoot) -> None:
        if watched.watch is not None:
            self._observer.unschedule(watched.watch)
            watched.watch = None

    def _limit(self) -> str:
        # watchdog says nothing of a folder deep inside for which there was no watch left.
        try:
            spare = self._observer.schedule(FileSystemEventHandler(), self._spare)
        except OSError as error:
            return error.strerror or str(error)
        self._observer.unschedule(spare)
        return ""


def _identity(root: Root) -> Identity | None:
    try:
        status = os.stat(root.path)  # noqa: PTH116 - Path takes no bytes
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _no_farewell(record: logging.LogRecord) -> bool:
    """Leave out what watchdog says of a watch that is just being given up: nothing got lost."""
    return _FAREWELL not in record.getMessage()


class _Complaints(logging.Handler):
    """watchdog says by its log alone that the system's queue was full or a watch got lost."""

    def __init__(self, on_complaint: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._on_complaint = on_complaint

    def emit(self, _record: logging.LogRecord) -> None:
        self._on_complaint()


class _Inbox:
    """Takes hints from watchdog's threads and hands them to the loop in one call."""

    def __init__(self, loop: ServiceLoop, take: HintTaker) -> None:
        self._loop = loop
        self._take = take
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
            self._take(root_id, directory, recursive=recursive)


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


class HintTaker(Protocol):
    """Takes a directory that may have changed, with all below it if ``recursive``."""

    def __call__(self, root_id: int, directory: bytes, *, recursive: bool) -> None:
        """Take it."""
        ...
