"""Brings the library up to date: scan, read, encode, in the background and all at once.

A run is over when nothing is left to do. It can be paused, resumed and cancelled at any time;
whatever was done stays done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection as Pipe

from desktopsearch import __version__
from desktopsearch.config import Settings
from desktopsearch.domain.library import PlacedFile, Root, join
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.encoding import Encoding
from desktopsearch.services.events import AlbumsChanged, LibraryChanged, Publish, RunFinished
from desktopsearch.services.filing import TRANSIENT
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.services.reading import Reading
from desktopsearch.services.run_progress import Progress
from desktopsearch.services.scanning import Scanning
from desktopsearch.storage import backlog, caches, inheritance, locations, photos, roots

PROGRESS_INTERVAL_S = 0.1
_RESYNC_INTERVAL_S = 1.0


class Ingest:
    """A part of the loop that starts the others' work and tells how it goes."""

    def __init__(
        self,
        library: Library,
        lane: EncoderLane,
        settings: Settings,
        publish: Publish,
        loop: ServiceLoop,
        on_over: Callable[[], None],
    ) -> None:
        """Attach the scanner, the readers and the encoder's backlog to a loop.

        The lane is attached by its owner, since queries use it too. ``on_over`` is called after
        each run that nobody has cancelled.
        """
        self._library = library
        self._lane = lane
        self._publish = publish
        self._on_over = on_over
        self.encoding = Encoding(library, lane, settings)
        self.reading = Reading(
            library,
            settings,
            on_photo=self.encoding.wake,
            on_vanished=self._look_again,
        )
        self.scanning = Scanning(library, settings, on_pending=self.reading.wake)
        for part in (self.scanning, self.reading, self.encoding, self):
            loop.attach(part)
        self._started_at: float | None = None
        self._cancelled = False
        self._embeddings_lost = False
        self._paused = self._on_battery = False
        self._progress = Progress(library, lane, self.scanning, self.reading, self.encoding)
        self._told = self._progress.counts()
        self._told_scanning: tuple[int, set[int]] = (0, set())
        self._next_progress = self._next_resync = 0.0

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._started_at is not None

    @property
    def paused(self) -> bool:
        """Whether the work stands still, for whatever reason."""
        return self._paused or self._on_battery

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from now on."""
        self.reading.use(settings)

    def start(self, *, retry: bool = False) -> None:
        """Bring the library up to date; joins a run that is under way.

        Args:
            retry: Try again whatever has failed, files that crashed their decoder included.
        """
        with self._library.database.write() as connection:
            scanned = roots.every(connection)
            photos.forget_orphans(connection, time.time())
            locations.retry_failed(
                connection, __version__, {code.name for code in TRANSIENT}, everything=retry
            )
            generation = self._library.generation
            if caches.proxies_are_missing(connection, generation.id):
                locations.reread_without_proxy(connection)
            self._embeddings_lost = backlog.embeddings_are_missing(connection, generation)
        for root in scanned:
            self.scanning.scan(root)
        self._begin()
        self.reading.wake()
        self.encoding.wake()

    def read_again(self, location_ids: Sequence[int]) -> None:
        """Try files again that have failed."""
        with self._library.database.write() as connection:
            locations.read_again(connection, location_ids)
        self._begin()
        self.reading.wake()
        self.encoding.wake()

    def rescan(self, root: Root, directory: bytes, *, recursive: bool) -> None:
        """Look at one directory again, as a hint of the file system asks for."""
        self.scanning.scan(root, directory, recursive=recursive)
        self._begin()

    def pause(self) -> None:
        """Hand out no further work; what is under way is still taken in."""
        self._stand_still(paused=True, on_battery=self._on_battery)

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._stand_still(paused=False, on_battery=self._on_battery)

    def wait_for_mains(self, wait: bool) -> None:
        """Stand still because the machine runs on battery, or no longer because of that."""
        self._stand_still(paused=self._paused, on_battery=wait)

    def cancel(self) -> None:
        """End the run; what is left is found again by the next one."""
        self._cancelled = self.running
        self._embeddings_lost = False
        self.scanning.cancel()
        self.reading.cancel()
        self.encoding.cancel()

    def waitables(self) -> Iterable[Pipe]:
        """None of its own."""
        return ()

    def due_at(self) -> float:
        """When progress is to be told again."""
        return self._next_progress if self.running and not self.paused else float("inf")

    def turn(self) -> None:
        """Tell how it goes; end the run when nothing is left."""
        if not self.running:
            return
        now = time.monotonic()
        over = not (self.scanning.busy or self.reading.busy or self.encoding.busy)
        if over and self._embeddings_lost:
            # Not before all are read: proxies may have been lost as well.
            over = self._embeddings_lost = False
            self.encoding.restore()
        if over or now >= self._next_resync:
            self._next_resync = now + _RESYNC_INTERVAL_S
            self._resync()
        if over:
            self._finish()
        elif now >= self._next_progress:
            self._next_progress = now + PROGRESS_INTERVAL_S
            self._tell()

    def close(self) -> None:
        """Nothing of its own to end."""

    def _begin(self) -> None:
        if self.running:
            return
        self._started_at = time.monotonic()
        self._cancelled = False
        self._progress.begin()

    def _finish(self) -> None:
        if self._started_at is None:
            return
        seconds, self._started_at = time.monotonic() - self._started_at, None
        indexed, failed, removed, _ = self._progress.of_run()
        self._publish(LibraryChanged())
        self._publish(
            RunFinished(indexed, failed, removed, seconds, self._lane.device, self._cancelled)
        )
        if not self._cancelled:
            self._on_over()

    def _resync(self) -> None:
        counts = self._progress.counts()
        all_read = not (self.scanning.busy or self.reading.busy or self._cancelled)
        if all_read and (counts != self._told or not self.encoding.busy):
            self._pass_labels_on()
        if self.scanning.changed or self.reading.filing.changed:
            self.scanning.changed = self.reading.filing.changed = False
            self._library.resync_index()
        # A scan may begin and end between two looks.
        scanning = self.scanning.finished, self.scanning.roots
        if (counts, scanning) != (self._told, self._told_scanning):
            self._told, self._told_scanning = counts, scanning
            self._publish(LibraryChanged())

    def _pass_labels_on(self) -> None:
        with self._library.database.write() as connection:
            handed_on = inheritance.pass_on(connection)
        if handed_on:
            self._publish(AlbumsChanged())

    def _stand_still(self, *, paused: bool, on_battery: bool) -> None:
        if (paused, on_battery) == (self._paused, self._on_battery):
            return
        self._paused, self._on_battery = paused, on_battery
        self.reading.paused = self.encoding.paused = self.paused
        if self.running:
            self._tell()

    def _tell(self) -> None:
        self._publish(self._progress.now(paused=self.paused, on_battery=self._on_battery))

    def _look_again(self, file: PlacedFile) -> None:
        """A file is gone since the scan: its directory tells what became of it."""
        with self._library.database.read() as connection:
            root = roots.covering(connection, file.root)
        if root is not None:
            folder = roots.relative(root.path, join(file.root, file.directory))
            self.scanning.scan(root, folder, recursive=False)
