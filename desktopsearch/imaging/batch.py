"""The parent's side of many files at once: a few children read them, results in order.

For commands that work through a folder and wait. Imports no picture library; a file that crashes
or hangs its decoder costs that file only.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import wait
from os import fsencode
from pathlib import Path

from desktopsearch.domain.errors import BugError, DesktopSearchError
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
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

DEADLINE_S = 60.0
_LOOK_AHEAD_PER_WORKER = 8


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """A file that became a proxy."""

    path: Path
    identified: Identified
    decoded: Decoded


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that did not, and why."""

    path: Path
    problem: ProblemCode
    parameters: Mapping[str, str | int]


def decode_files(
    paths: Iterable[Path], workers: int, deadline_s: float = DEADLINE_S
) -> Iterator[DecodedFile | FailedFile]:
    """Yield one result per file, in the order of the files.

    The files are asked for as they are needed, a few ahead of the results. Closing the iterator
    ends the children.

    Args:
        paths: Files, whatever they hold.
        workers: Number of decoder children, at least 1.
        deadline_s: Longest time for reading one file, and again for decoding it.

    Raises:
        DesktopSearchError: CHILD_FAILED where no decoder can be started.
    """
    for result in _results(paths, workers, deadline_s, decode=True):
        assert not isinstance(result, Identified)
        yield result


def identify_files(
    paths: Iterable[Path], workers: int, deadline_s: float = DEADLINE_S
) -> Generator[Identified | FailedFile]:
    """Yield which content each file is, as ``decode_files`` does, without decoding any."""
    for result in _results(paths, workers, deadline_s, decode=False):
        assert not isinstance(result, DecodedFile)
        yield result


_Result = DecodedFile | Identified | FailedFile


def _results(
    paths: Iterable[Path], workers: int, deadline_s: float, *, decode: bool
) -> Iterator[_Result]:
    if workers < 1:
        raise BugError(f"{workers} workers read nothing")
    batch = _Batch(iter(paths), workers, deadline_s, decode=decode)
    try:
        yield from batch.results()
    finally:
        batch.close()


class _Lane:
    """One child and the file that it is given."""

    def __init__(self, deadline_s: float, *, decode: bool) -> None:
        self.child = ChildProcess(Role(DECODER_ROLE, DecoderReply, "decoder"))
        self.position: int | None = None
        self._deadline_s = deadline_s
        self._decode = decode
        self._path = Path()
        self._identified: Identified | None = None
        self._result: _Result | None = None

    def take(self, position: int, path: Path) -> None:
        self.position, self._path = position, path
        self._identified = self._result = None
        if self.child.state is ChildState.STOPPED:
            self.child.start()
        else:
            self._identify()

    def result(self, message: Message | Lost) -> _Result | None:
        """Take in what the child said and return the file's result once there is one."""
        if isinstance(message, Ready):
            self._identify()
        elif isinstance(message, Identified):
            self._identified = message
            self._result = None if self._decode else message
        elif isinstance(message, Decoded):
            assert self._identified is not None
            self._result = DecodedFile(self._path, self._identified, message)
        elif isinstance(message, Failed):
            self._result = FailedFile(self._path, message.problem, message.parameters)
        elif isinstance(message, Broken):
            raise BugError(f"the decoder broke at {self._path}:\n{message.traceback}")
        elif isinstance(message, Lost):
            return self._result or self._lost(message)
        elif isinstance(message, Done) and self._result is None:
            self.child.request(DecodeIdentified(), self._deadline_s)
        elif isinstance(message, Done):
            return self._result
        return None

    def _identify(self) -> None:
        self.child.request(IdentifyFile(fsencode(self._path)), self._deadline_s)

    def _lost(self, lost: Lost) -> FailedFile:
        if lost.during_start:
            raise DesktopSearchError(
                ProblemCode.CHILD_FAILED, role=self.child.role.name, reason=lost.detail
            )
        if lost.timed_out:
            seconds = round(self._deadline_s)
            return FailedFile(self._path, ProblemCode.FILE_TIMED_OUT, {"seconds": seconds})
        return FailedFile(self._path, ProblemCode.FILE_CRASHED, {})


class _Batch:
    def __init__(
        self, paths: Iterator[Path], workers: int, deadline_s: float, *, decode: bool
    ) -> None:
        self._paths = paths
        self._lanes = [_Lane(deadline_s, decode=decode) for _ in range(workers)]
        self._look_ahead = workers * _LOOK_AHEAD_PER_WORKER
        self._finished: dict[int, _Result] = {}
        self._given = 0
        self._yielded = 0

    def results(self) -> Iterator[_Result]:
        while True:
            self._give()
            if self._yielded in self._finished:
                result = self._finished.pop(self._yielded)
                self._yielded += 1
                yield result
            elif self._yielded == self._given:
                return
            else:
                self._receive()

    def close(self) -> None:
        for lane in self._lanes:
            lane.child.stop()

    def _give(self) -> None:
        for lane in self._lanes:
            if lane.position is None and self._given - self._yielded < self._look_ahead:
                path = next(self._paths, None)
                if path is None:
                    return
                lane.take(self._given, path)
                self._given += 1

    def _receive(self) -> None:
        children = [lane.child for lane in self._lanes]
        until = min(child.expires_at for child in children)
        waitables = [waitable for child in children for waitable in child.waitables]
        wait(waitables, max(0.0, until - time.monotonic()))
        for lane in self._lanes:
            for message in lane.child.receive():
                if lane.position is None:
                    continue  # an idle child went; the next file starts another
                result = lane.result(message)
                if result is not None:
                    self._finished[lane.position] = result
                    lane.position = None
