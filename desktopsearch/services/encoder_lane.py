"""The way to the one encoder child: queries ahead of the backlog, one batch at a time.

A lost child is started again and its batch tried anew; a device that kills it is given up for the
CPU. Must never touch the library.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import DeviceChoice, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.messages import (
    ENCODER_ROLE,
    DeviceChanged,
    Encoded,
    EncodeProxies,
    EncoderOptions,
    EncoderReply,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready
from desktopsearch.services.events import Notice, Publish

_log = logging.getLogger(__name__)

ENCODER = Role(ENCODER_ROLE, EncoderReply, "encoder")
CPU = "CPU"
"""How the encoder begins to name the processor."""

_MOST_ATTEMPTS = 3

Embeddings = NDArray[np.float16]
Answer = Callable[[Embeddings | DesktopSearchError], None]


@dataclass(slots=True)
class _Job:
    proxies: list[bytes]
    answer: Answer
    attempts: int = 0


class EncoderLane:
    """A part of the loop: turns proxies into embeddings."""

    def __init__(
        self,
        model: Path,
        fingerprint: str,
        settings: Settings,
        publish: Publish,
        log: Path | None = None,
    ) -> None:
        self._model = model
        self._fingerprint = fingerprint
        self._settings = settings
        self._publish = publish
        self._log = log
        self._child = self._make_child(settings.encoder_device)
        self._queries: deque[_Job] = deque()
        self._backlog: deque[_Job] = deque()
        self._current: _Job | None = None
        self._failed_starts = 0
        self._outdated = False

    @property
    def device(self) -> str:
        """Where the encoder runs, for people; empty until it has started."""
        return self._child.detail

    @property
    def running(self) -> bool:
        """Whether the child has been started and has not ended."""
        return self._child.state is not ChildState.STOPPED

    @property
    def busy(self) -> bool:
        """Whether anything is being encoded or waits for it."""
        return bool(self._current or self._queries or self._backlog)

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine, from the next batch on."""
        if settings != self._settings:
            self._settings = settings
            self._outdated = True

    def use_model(self, model: Path, fingerprint: str) -> None:
        """Encode with another model from now on, what is under way and what waits too.

        Args:
            model: Its folder.
            fingerprint: Its own.
        """
        if fingerprint == self._fingerprint:
            return
        self._model, self._fingerprint = model, fingerprint
        if self._current is not None:
            self._current.attempts -= 1
            self._queries.appendleft(self._current)
            self._current = None
        self._renew()

    def encode(self, proxies: Sequence[bytes], answer: Answer, *, query: bool) -> None:
        """Queue proxies.

        Args:
            proxies: JPEG bytes made by the decoder.
            answer: Called on the loop's thread with embeddings (len(proxies), D) float16, or with
                ENCODER_FAILED when these proxies cannot be encoded.
            query: Whether somebody waits for it; goes ahead of the backlog.
        """
        lane = self._queries if query else self._backlog
        lane.append(_Job(list(proxies), answer))

    def warm_up(self) -> None:
        """Start the child before the first work arrives, if the settings let it."""
        if self._settings.encoder_ahead:
            self.start()

    def start(self) -> None:
        """Start the child, unless it runs."""
        if not self.running:
            self._child.start()

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return self._child.waitables

    def due_at(self) -> float:
        """At once if a batch can be sent, else when the child's deadline ends."""
        waiting = self._current is None and (self._queries or self._backlog)
        return 0.0 if waiting and self._child.is_free else self._child.expires_at

    def turn(self) -> None:
        """Take in embeddings and send the next batch.

        Raises:
            DesktopSearchError: The encoder cannot be started.
        """
        for message in self._child.receive():
            self._take(message)
        if self._outdated and self._child.is_free:
            self._renew()
        if self._current is not None or not (self._queries or self._backlog):
            return
        self.start()
        if self._child.state is ChildState.IDLE:
            self._current = (self._queries or self._backlog).popleft()
            self._current.attempts += 1
            self._child.request(
                EncodeProxies(self._current.proxies), self._settings.encode_deadline_s
            )

    def close(self) -> None:
        """End the child."""
        self._child.stop()

    def _take(self, message: Message | Lost) -> None:
        match message:
            case Ready():
                self._failed_starts = 0
            case Encoded():
                vectors = np.frombuffer(message.embeddings, dtype="<f2")
                self._finish(vectors.reshape(-1, message.dimensions))
            case DeviceChanged():
                self._child.detail = message.device
                self._publish_failed_device(message.failed_device, message.reason)
            case Failed():
                error = DesktopSearchError(message.problem, **message.parameters)
                if self._current is None:
                    raise error  # it cannot start, and would not the next time
                self._finish(error)
            case Broken():
                _log.error("The encoder met a bug:\n%s", message.traceback)
                self._finish(
                    DesktopSearchError(
                        ProblemCode.ENCODER_FAILED,
                        reason=message.traceback.strip().rsplit("\n", 1)[-1],
                    )
                )
            case Lost():
                self._lose(message)
            case Done():
                pass
            case _:
                _log.error("Unexpected reply of the encoder: %r", message)

    def _finish(self, result: Embeddings | DesktopSearchError) -> None:
        job, self._current = self._current, None
        if job is not None:
            job.answer(result)

    def _lose(self, lost: Lost) -> None:
        if lost.during_start:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_ATTEMPTS:
                raise DesktopSearchError(
                    ProblemCode.CHILD_FAILED, role=ENCODER.name, reason=lost.detail
                )
            return
        if self.device and not self.device.startswith(CPU):
            self._publish_failed_device(self.device, lost.detail)
            self._child = self._make_child("cpu")
        job = self._current
        if job is None:
            return
        if job.attempts < _MOST_ATTEMPTS:
            self._current = None
            self._queries.appendleft(job)
        else:
            self._finish(DesktopSearchError(ProblemCode.ENCODER_FAILED, reason=lost.detail))

    def _renew(self) -> None:
        """Priority and threads of a process are settled when it starts."""
        self._outdated = False
        running = self.running
        given_up = self.device.startswith(CPU)
        self._child.kill()
        self._child = self._make_child("cpu" if given_up else self._settings.encoder_device)
        if running:
            self._child.start()

    def _publish_failed_device(self, device: str, reason: str) -> None:
        self._publish(Notice(ProblemCode.DEVICE_FAILED, {"device": device, "reason": reason}))

    def _make_child(self, device: DeviceChoice) -> ChildProcess:
        options = EncoderOptions(
            str(self._model),
            self._fingerprint,
            device=device,
            threads=self._settings.encoder_threads,
        )
        return ChildProcess(ENCODER, options, self._log, self._settings.niceness)
