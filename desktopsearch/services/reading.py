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
from desktopsearch.domain.library import PlacedFile
from desktopsearch.domain.problems import ProblemCode
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
from desktopsearch.services.filing import Filing
from desktopsearch.services.library import Library
from desktopsearch.storage import locations

_log = logging.getLogger(__name__)

DECODER = Role(DECODER_ROLE, DecoderReply, "decoder")

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
        self.filing = Filing(library, on_photo)
        self.paused = False
        self._library = library
        self._settings = settings
        self._on_vanished = on_vanished
        self._slots = self._make_slots()
        self._leaving: list[_Slot] = []
        self._fetched: list[PlacedFile] = []
        self._exhausted = True
        self._crashed_once: set[int] = set()

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
        while self.filing.vanished:
            self._on_vanished(self.filing.vanished.pop())
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
                if slot.identified is None:
                    raise BugError("a decoder answered with pixels before an identity")
                self.filing.store(connection, file, slot.identified, message)
            case Failed():
                self.filing.fail(connection, file, message.problem, message.parameters)
                slot.identified = None
            case Broken():
                self.filing.fail(connection, file, ProblemCode.FILE_CRASHED, {})
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
        if self.filing.settle_known(connection, file, identified):
            slot.file = None
            return
        if slot.child.state is ChildState.IDLE:  # else it has died since, which is told next
            slot.decoding = True
            slot.child.request(DecodeIdentified(), self._settings.decode_deadline_s)

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
            self.filing.fail(
                connection, file, ProblemCode.FILE_TIMED_OUT, {"seconds": round(limit_s)}
            )
        elif lost.timed_out:
            # Only the disk can have kept it waiting: the content has not been looked at yet.
            limit_s = self._settings.identify_deadline_s
            self.filing.fail(
                connection, file, ProblemCode.FILE_UNANSWERED, {"seconds": round(limit_s)}
            )
        elif file.id in self._crashed_once:
            self.filing.fail(connection, file, ProblemCode.FILE_CRASHED, {})
        else:
            # The decoder may have died of something else, such as a lack of memory: try once more.
            self._crashed_once.add(file.id)
            self._exhausted = False
