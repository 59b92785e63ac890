"""Keeps a library up to date while folders change: hints from the system, and scans by the clock.

Hints only say where to look; the scan finds out what has happened. Hints get lost, so every folder
is looked at again now and then, and more often where the system does not tell of all changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from desktopsearch.domain.library import Root, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.events import Notice, Publish
from desktopsearch.services.ingest import Ingest
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.services.observing import Observing, WatchedRoot
from desktopsearch.storage import roots

# A directory is scanned when it has been quiet for a moment, or at last when it never is.
QUIET_S = 1.0
PATIENCE_S = 10.0
# How often folders are looked at that the system does not watch, that are offline, or that may have
# been replaced.
LOOK_INTERVAL_S = 60.0


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
        self._watched: dict[int, WatchedRoot] = {}
        self._told: set[bytes] = set()
        self._hints: dict[tuple[int, bytes], _Hint] = {}
        self._last_sweep = time.monotonic()
        self._next_look = time.monotonic() + LOOK_INTERVAL_S
        self._was_scanning = False
        self._observing = Observing(
            loop, library.database.paths.folder, on_hint=self._note, on_lost=self._look_everywhere
        )
        loop.attach(self)
        self.follow_roots()

    def follow_roots(self) -> None:
        """Watch the reachable folders that the library has now, and no others."""
        with self._library.database.read() as connection:
            present = {root.id: root for root in roots.every(connection) if not root.offline}
        for root_id in self._watched.keys() - present.keys():
            self._observing.unwatch(self._watched.pop(root_id))
        for root_id in present.keys() - self._watched.keys():
            self._watch(present[root_id])

    def waitables(self) -> Iterable[Pipe]:
        """None of its own: hints come as calls."""
        return ()

    def due_at(self) -> float:
        """When the next directory is quiet enough, or the next look by the clock is due."""
        hints = min((hint.due_at for hint in self._hints.values()), default=float("inf"))
        return min(hints, self._last_sweep + self._sweep_interval_s(), self._next_look)

    def turn(self) -> None:
        """Start the scans that are due."""
        now = time.monotonic()
        for (root_id, directory), hint in list(self._hints.items()):
            if hint.due_at <= now:
                del self._hints[root_id, directory]
                if root_id in self._watched:
                    root = self._watched[root_id].root
                    self._ingest.rescan(root, directory, recursive=hint.recursive)
        if now >= self._last_sweep + self._sweep_interval_s():
            self._last_sweep = now
            self._ingest.start()
        if now >= self._next_look:
            self._next_look = now + LOOK_INTERVAL_S
            self._look()
        if self._was_scanning and not self._ingest.scanning.busy:
            # Now it is known which folders are offline, and which are back.
            self.follow_roots()
        self._was_scanning = self._ingest.scanning.busy

    def close(self) -> None:
        """Stop watching."""
        self._observing.close()

    def _look(self) -> None:
        with self._library.database.read() as connection:
            offline = [root for root in roots.every(connection) if root.offline]
        for root in offline:
            self._ingest.rescan(root, b"", recursive=True)
        busy = self._ingest.scanning.roots
        for watched in list(self._watched.values()):
            if watched.tried and watched.watch is None:
                self._watch(watched.root)
            elif watched.trouble and watched.root.id not in busy:
                self._ingest.rescan(watched.root, b"", recursive=True)
            self._observing.look(watched, self._on_gone)
        self._observing.look_for_limit(self._on_limit)

    def _watch(self, root: Root) -> None:
        watched = self._watched[root.id] = WatchedRoot(root)
        self._observing.watch(watched, self._on_up)

    def _on_up(self, watched: WatchedRoot) -> None:
        """A watch is up, or is not to be had: what came before it had no hints."""
        if self._watched.get(watched.root.id) is not watched:
            self._observing.unwatch(watched)
            return
        if watched.trouble:
            self._tell(watched)
        self._ingest.rescan(watched.root, b"", recursive=True)

    def _on_gone(self, watched: WatchedRoot) -> None:
        """Another folder lies there now, or none: the scan finds out, a new watch is needed."""
        if self._watched.get(watched.root.id) is watched:
            self._observing.unwatch(watched)
            self._watch(watched.root)

    def _on_limit(self, trouble: str) -> None:
        for watched in self._watched.values():
            if not watched.trouble:
                watched.trouble = trouble
                self._tell(watched)

    def _tell(self, watched: WatchedRoot) -> None:
        path = watched.root.path
        if watched.identity is not None and path not in self._told:
            self._told.add(path)
            self._publish(
                Notice(
                    ProblemCode.FOLDER_NOT_WATCHED,
                    {
                        "path": shown(path),
                        "reason": watched.trouble,
                        "seconds": round(LOOK_INTERVAL_S),
                    },
                )
            )

    def _look_everywhere(self) -> None:
        for watched in self._watched.values():
            self._note(watched.root.id, b"", recursive=True)

    def _note(self, root_id: int, directory: bytes, *, recursive: bool) -> None:
        now = time.monotonic()
        hint = self._hints.setdefault((root_id, directory), _Hint(now, now, recursive))
        hint.last_at = now
        hint.recursive |= recursive
