"""Reads pending files: identity first, pixels only for content that is not known yet.

Owns the decoder children of the backlog. A file that crashes or hangs its decoder costs that file
only, and is put aside until it or the application changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection

from desktopsearch.config import Settings
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.library import NewPhoto, PlacedFile
from desktopsearch.domain.problems import Parameters, ProblemCode
from desktopsearch.imaging.messages import (
    DECODER_ROLE,
    Decoded,
    DecodeIdentified,
    DecoderReply,
    Identified,
    IdentifyFile,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message
from desktopsearch.services.library import Library
from desktopsearch.storage import caches, codes, locations, photos, problems

_log = logging.getLogger(__name__)

DECODER = Role(DECODER_ROLE, DecoderReply, "decoder")

# What another try at the next run may find mended, with the file unharmed.
TRANSIENT = frozenset(
    {
        ProblemCode.FILE_VANISHED,
        ProblemCode.FILE_UNREADABLE,
        ProblemCode.FILE_UNANSWERED,
        ProblemCode.FILE_CHANGED,
        ProblemCode.FILE_OUT_OF_MEMORY,
    }
)
_MOST_FAILED_STARTS = 3
_FETCH = 64


@dataclass(slots=True)
class _Slot:
    child: ChildProcess
    file: PlacedFile | None = None
    identified: Identified | None = None
    decoding: bool = False
    failed_starts: int = 0


class Reading:
    """A part of the loop: decoder children working through the pending locations."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        *,
        on_photo: Callable[[int], None],
        on_vanished: Callable[[PlacedFile], None],
    ) -> None:
        """Prepare; children start with the first work.

        Args:
            library: Open for writing.
            settings: Number of children and their deadlines.
            on_photo: Called with the id of each photo that was read.
            on_vanished: Called when a file is not where the scan saw it.
        """
        self.indexed = 0
        self.failed = 0
        self.changed = False
        self.paused = False
        self._library = library
        self._settings = settings
        self._on_photo = on_photo
        self._on_vanished = on_vanished
        self._slots = self._make_slots()
        self._leaving: list[_Slot] = []
        self._fetched: list[PlacedFile] = []
        self._exhausted = True
        self._crashed_once: set[int] = set()
        self._vanished: list[PlacedFile] = []

    @property
    def busy(self) -> bool:
        """Whether files are being read or wait to be."""
        return not self._exhausted or bool(self.under_way)

    def use(self, settings: Settings) -> None:
        """Go on with other children; those that have a file under way finish it first."""
        if settings == self._settings:
            return
        self._settings = settings
        self._leaving += self._slots
        self._slots = self._make_slots()
        self._let_go()

    def wake(self) -> None:
        """Look for pending locations again."""
        self._exhausted = False

    def cancel(self) -> None:
        """Forget what waits; files under way are still taken in."""
        self._fetched.clear()
        self._exhausted = True

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return [pipe for slot in self._all_slots for pipe in slot.child.waitables]

    def due_at(self) -> float:
        """When the first deadline ends."""
        return min(slot.child.expires_at for slot in self._all_slots)

    def turn(self) -> None:
        """Take in what was read and hand out more."""
        arrived = [(slot, message) for slot in self._all_slots for message in slot.child.receive()]
        if arrived:
            with self._library.database.write() as connection:
                for slot, message in arrived:
                    self._take(connection, slot, message)
        self._let_go()
        while self._vanished:
            self._on_vanished(self._vanished.pop())
        if not self.paused:
            for slot in self._slots:
                self._hand_out(slot)

    def close(self) -> None:
        """End the children."""
        for slot in self._all_slots:
            slot.child.stop()

    @property
    def under_way(self) -> list[int]:
        """Ids of the locations that are being read."""
        return [slot.file.id for slot in self._all_slots if slot.file is not None]

    @property
    def _all_slots(self) -> list[_Slot]:
        return [*self._slots, *self._leaving]

    def _make_slots(self) -> list[_Slot]:
        log, niceness = self._library.database.paths.child_log, self._settings.niceness
        return [
            _Slot(ChildProcess(DECODER, log=log, niceness=niceness))
            for _ in range(self._settings.decoder_processes)
        ]

    def _let_go(self) -> None:
        for slot in [slot for slot in self._leaving if slot.file is None]:
            slot.child.kill()
            self._leaving.remove(slot)

    def _hand_out(self, slot: _Slot) -> None:
        if slot.file is not None or slot.child.state in (ChildState.STARTING, ChildState.BUSY):
            return
        file = self._next_file()
        if file is None:
            return
        if slot.child.state is ChildState.STOPPED:
            slot.child.start()
            self._fetched.insert(0, file)
            return
        slot.file, slot.identified, slot.decoding = file, None, False
        slot.child.request(IdentifyFile(file.path), self._settings.identify_deadline_s)

    def _next_file(self) -> PlacedFile | None:
        if not self._fetched and not self._exhausted:
            with self._library.database.read() as connection:
                self._fetched = locations.next_pending(connection, self.under_way, _FETCH)
            self._exhausted = not self._fetched
        return self._fetched.pop(0) if self._fetched else None

    def _take(self, connection: Connection, slot: _Slot, message: Message | Lost) -> None:
        if isinstance(message, Lost):
            self._lose(connection, slot, message)
            return
        file = slot.file
        if isinstance(message, Broken):
            _log.error("The decoder met a bug with %r:\n%s", file, message.traceback)
        if file is None:
            return
        match message:
            case Identified():
                slot.identified = message
            case Decoded():
                self._store(connection, slot, file, message)
            case Failed():
                self._fail(connection, file, message.problem, message.parameters)
                slot.identified = None
            case Broken():
                self._fail(connection, file, ProblemCode.FILE_CRASHED, {})
                slot.identified = None
            case Done():
                self._go_on(connection, slot, file)
            case _:
                _log.error("Unexpected reply of a decoder: %r", message)

    def _go_on(self, connection: Connection, slot: _Slot, file: PlacedFile) -> None:
        """After a request: decode content that is not known, else free the slot."""
        identified = slot.identified
        if identified is None or slot.decoding:
            slot.file = None
            return
        known = photos.find(connection, identified.digest)
        if known is not None and caches.has_proxy(connection, identified.digest):
            self._settle(connection, file, known, identified)
            self.changed = True
            slot.file = None
            return
        if slot.child.state is ChildState.IDLE:  # else it has died since, which is told next
            slot.decoding = True
            slot.child.request(DecodeIdentified(), self._settings.decode_deadline_s)

    def _store(
        self, connection: Connection, slot: _Slot, file: PlacedFile, decoded: Decoded
    ) -> None:
        identified = slot.identified
        if identified is None:
            raise BugError("a decoder answered with pixels before an identity")
        photo_id = photos.add(
            connection,
            NewPhoto(
                digest=identified.digest,
                size_bytes=identified.size,
                width_px=decoded.width,
                height_px=decoded.height,
                format=decoded.format,
                taken_at=decoded.taken_at,
                taken_offset_min=decoded.taken_offset_min,
                camera=decoded.camera,
            ),
        )
        self._inherit(connection, file, photo_id, identified.digest, decoded.proxy)
        caches.write_proxy(connection, identified.digest, decoded.proxy)
        self._settle(connection, file, photo_id, identified)

    def _inherit(
        self,
        connection: Connection,
        file: PlacedFile,
        photo_id: int,
        digest: bytes,
        proxy: bytes,
    ) -> None:
        """Spare the encoder a file whose metadata was edited while its pixels stayed the same."""
        old = locations.photo_at(connection, file.id)
        if old is None or old[0] == photo_id:
            return
        self.changed = True
        old_id, old_digest = old
        if caches.read_proxies(connection, [old_digest]).get(old_digest) != proxy:
            return
        generation = self._library.snapshot.generation
        vectors = caches.read_embeddings(connection, generation.fingerprint, [old_digest])
        code = codes.read_one(connection, generation.id, old_id)
        if old_digest in vectors and code is not None:
            caches.write_embeddings(
                connection, generation.fingerprint, {digest: vectors[old_digest]}
            )
            codes.write(connection, generation.id, [(photo_id, code)])

    def _settle(
        self, connection: Connection, file: PlacedFile, photo_id: int, identified: Identified
    ) -> None:
        if locations.settle(connection, file.id, photo_id, identified.size, identified.mtime_ns):
            self.indexed += 1
            self._on_photo(photo_id)
        else:
            # The file left the library while it was read: its content may lie nowhere.
            photos.orphan_unplaced(connection, [photo_id])

    def _fail(
        self,
        connection: Connection,
        file: PlacedFile,
        code: ProblemCode,
        parameters: Parameters,
    ) -> None:
        keep_photo = code in TRANSIENT
        loses_photo = not keep_photo and locations.photo_at(connection, file.id) is not None
        if locations.fail(connection, file.id, keep_photo=keep_photo):
            self.failed += 1
            self.changed |= loses_photo
            problems.record(connection, file.id, code, parameters)
        if code is ProblemCode.FILE_VANISHED:
            self._vanished.append(file)

    def _lose(self, connection: Connection, slot: _Slot, lost: Lost) -> None:
        if lost.during_start:
            slot.failed_starts += 1
            if slot.failed_starts >= _MOST_FAILED_STARTS:
                raise DesktopSearchError(
                    ProblemCode.CHILD_FAILED, role=DECODER.name, reason=lost.detail
                )
            return
        slot.failed_starts = 0
        file, slot.file = slot.file, None
        if file is None:
            return
        if lost.timed_out and slot.decoding:
            limit_s = self._settings.decode_deadline_s
            self._fail(connection, file, ProblemCode.FILE_TIMED_OUT, {"seconds": round(limit_s)})
        elif lost.timed_out:
            # Only the disk can have kept it waiting: the content has not been looked at yet.
            limit_s = self._settings.identify_deadline_s
            self._fail(connection, file, ProblemCode.FILE_UNANSWERED, {"seconds": round(limit_s)})
        elif file.id in self._crashed_once:
            self._fail(connection, file, ProblemCode.FILE_CRASHED, {})
        else:
            # The decoder may have died of something else, such as a lack of memory: try once more.
            self._crashed_once.add(file.id)
            self._exhausted = False
