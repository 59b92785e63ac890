"""Hands out photos in full size, for other programs: from their files, else from their proxies.

Owns a decoder child of its own, started when it is first needed, so that nothing waits behind a
large picture.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Pixels
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.messages import DecodeWhole, Identified, IdentifyFile, WholeDecoded
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost
from desktopsearch.ipc.messages import Broken, Done, Failed, Message
from desktopsearch.services.known_pictures import KnownPictures, StoredPhoto
from desktopsearch.services.library import Library
from desktopsearch.services.reading import DECODER

_log = logging.getLogger(__name__)

Answer = Callable[[Pixels | bytes | DesktopSearchError], None]
"""Gets the pixels of a file; or a proxy, which is a JPEG; or why there is neither."""


@dataclass(slots=True)
class _Wanted:
    photo: StoredPhoto
    answer: Answer
    paths: deque[bytes] = field(default_factory=deque)
    """Copies that have not been tried yet."""
    request: Message | None = None


class WholePictures:
    """A part of the loop: one picture at a time, in the order in which they are asked for."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._settings = settings
        self._known = KnownPictures(library)
        self._child = ChildProcess(DECODER, log=library.database.paths.child_log)
        self._waiting: deque[_Wanted] = deque()
        self._current: _Wanted | None = None

    def fetch(self, photo_id: int, answer: Answer) -> None:
        """Decode a photo; ``answer`` is called once on the loop's thread."""
        photo = self._known.stored(photo_id)
        if photo is None:
            answer(DesktopSearchError(ProblemCode.PHOTO_NOT_READY))
        else:
            self._waiting.append(_Wanted(photo, answer, deque(photo.paths)))

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return self._child.waitables

    def due_at(self) -> float:
        """At once if the child can be asked something, else when its deadline ends."""
        current = self._current
        ready = bool(self._waiting) if current is None else current.request is not None
        return 0.0 if ready and self._child.is_free else self._child.expires_at

    def turn(self) -> None:
        """Take in what the child says; ask it for the next."""
        for message in self._child.receive():
            self._take(message)
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._try_next(self._current)
        wanted = self._current
        if wanted is None or wanted.request is None:
            return
        if self._child.state is ChildState.STOPPED:
            self._child.start()
        elif self._child.state is ChildState.IDLE:
            request, wanted.request = wanted.request, None
            is_first = isinstance(request, IdentifyFile)
            settings = self._settings
            self._child.request(
                request,
                settings.identify_deadline_s if is_first else settings.decode_deadline_s,
            )

    def close(self) -> None:
        """End the child."""
        self._child.stop()

    def _take(self, message: Message | Lost) -> None:
        if isinstance(message, Broken):
            _log.error("The decoder met a bug with a whole picture:\n%s", message.traceback)
        wanted = self._current
        if wanted is None or isinstance(message, Done):
            return
        match message:
            case Identified() if message.digest == wanted.photo.digest:
                wanted.request = DecodeWhole()
            case WholeDecoded():
                self._finish(Pixels(message.rgb, message.width, message.height))
            case Lost() if message.during_start:
                self._finish(
                    DesktopSearchError(
                        ProblemCode.CHILD_FAILED, role=DECODER.name, reason=message.detail
                    )
                )
            case Identified() | Failed() | Broken() | Lost():
                self._try_next(wanted)
            case _:
                pass

    def _try_next(self, wanted: _Wanted) -> None:
        """Go on with the next copy; when none is left, the proxy has to do."""
        if wanted.paths:
            wanted.request = IdentifyFile(wanted.paths.popleft())
        else:
            self._finish(wanted.photo.proxy)

    def _finish(self, result: Pixels | bytes | DesktopSearchError) -> None:
        wanted, self._current = self._current, None
        if wanted is not None:
            wanted.answer(result)
