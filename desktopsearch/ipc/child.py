"""The parent's side of a pipe: one child process with deadlines, killed and respawned when needed.

A child has at most one request under way. Nothing here blocks: the owner waits on ``waitables``
until ``expires_at`` and then calls ``receive``. A request is only sent to a child that has said
that it is ready.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec

from desktopsearch.domain.errors import BugError
from desktopsearch.ipc.messages import Done, Message, Ready
from desktopsearch.ipc.serve import Envelope, enter

# Not forked: the owner has threads and open databases.
_CONTEXT = multiprocessing.get_context("spawn")

START_DEADLINE_S = 120.0
STOP_GRACE_S = 2.0

# Less than the smallest pipe of the systems that are supported holds.
_FITS_INTO_PIPE_BYTES = 4_096

# A child that streams faster than its replies are used must not keep its owner from other work.
_MOST_AT_ONCE = 32


class ChildState(Enum):
    """Where a child stands; only an idle one takes a request."""

    STOPPED = "stopped"
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Role:
    """What a child runs and what may come back from it."""

    factory: str
    """``"package.module:factory"``, imported in the child only."""
    replies: Any
    """The union of its reply classes."""
    name: str
    """For process lists and messages."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The child ended or was killed; the request under way, if any, has no further answer."""

    timed_out: bool
    during_start: bool
    detail: str


class ChildProcess:
    """A child process that answers one request at a time."""

    def __init__(
        self,
        role: Role,
        options: Message | None = None,
        log: Path | None = None,
        niceness: int = 0,
    ) -> None:
        self.role = role
        self._niceness = niceness
        self.state = ChildState.STOPPED
        self.detail = ""
        self._options = msgspec.msgpack.encode(options) if options is not None else b""
        self._log = str(log) if log else None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(role.replies)
        self._deadline_s = START_DEADLINE_S
        self._expires_at = float("inf")
        self._sender: Thread | None = None

    @property
    def pid(self) -> int | None:
        """Process number while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_free(self) -> bool:
        """Whether a turn of its owner brings it on: to start it, or to send it a request."""
        return self.state in (ChildState.STOPPED, ChildState.IDLE)

    @property
    def waitables(self) -> Sequence[Connection]:
        """What ``multiprocessing.connection.wait`` watches; end-of-file shows a dead child."""
        return [self._connection] if self._connection else []

    @property
    def expires_at(self) -> float:
        """``time.monotonic`` at which ``receive`` must be called even if nothing arrived."""
        return self._expires_at

    def start(self) -> None:
        """Spawn the process; it is idle once its ``Ready`` has been received."""
        if self.state is not ChildState.STOPPED:
            raise BugError(f"{self.role.name} was started twice")
        self._connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=enter,
            args=(theirs, self.role.factory, self._options, self._log, self._niceness),
            name=self.role.name,
            daemon=True,
        )
        self._process.start()
        theirs.close()
        self.state = ChildState.STARTING
        self._deadline_s = START_DEADLINE_S
        self._expires_at = time.monotonic() + self._deadline_s

    def request(self, message: Message, deadline_s: float) -> None:
        """Send a request to an idle child.

        Args:
            message: One of the role's requests.
            deadline_s: Longest silence before the child is killed.
        """
        if self.state is not ChildState.IDLE or self._connection is None:
            raise BugError(f"{self.role.name} is {self.state.value}, not idle")
        body = msgspec.Raw(msgspec.msgpack.encode(message))
        self.state = ChildState.BUSY
        self._deadline_s = deadline_s
        self._expires_at = time.monotonic() + deadline_s
        content = msgspec.msgpack.encode(Envelope(deadline_s, body))
        if len(content) <= _FITS_INTO_PIPE_BYTES:
            _send(self._connection, content)
        else:
            # The pipe takes it only as fast as the child reads, and a child may be stopped.
            self._sender = Thread(target=_send, args=(self._connection, content), daemon=True)
            self._sender.start()

    def receive(self) -> list[Message | Lost]:
        """Return what has arrived, a bounded number at once; ``Lost`` is always the last item.

        ``Ready`` and ``Done`` are taken in here and returned as well.
        """
        arrived: list[Message | Lost] = []
        try:
            while len(arrived) < _MOST_AT_ONCE and self._connection and self._connection.poll():
                message = self._decoder.decode(self._connection.recv_bytes())
                self._take_in(message)
                arrived.append(message)
                if self.state is ChildState.IDLE:
                    # Should it be dead already, the next call tells: its owner may send to it now.
                    return arrived
        except (EOFError, OSError):
            arrived.append(self._lose(timed_out=False))
        except msgspec.DecodeError as error:
            arrived.append(self._lose(timed_out=False, detail=f"unreadable reply: {error}"))
        if self._connection is not None and time.monotonic() >= self._expires_at:
            arrived.append(self._lose(timed_out=True))
        return arrived

    def stop(self) -> None:
        """Close the pipe, give the child a moment to end by itself, then kill it."""
        self._close(STOP_GRACE_S if self.state is ChildState.IDLE else 0.0)

    def kill(self) -> None:
        """End the child at once, whatever it does."""
        self._close(0.0)

    def _take_in(self, message: Message) -> None:
        if isinstance(message, Ready):
            self.state, self.detail = ChildState.IDLE, message.detail
            self._expires_at = float("inf")
        elif isinstance(message, Done):
            self.state = ChildState.IDLE
            self._expires_at = float("inf")
        else:
            self._expires_at = time.monotonic() + self._deadline_s

    def _lose(self, *, timed_out: bool, detail: str = "") -> Lost:
        during_start = self.state is ChildState.STARTING
        process = self._process
        self._close(0.0 if timed_out or detail else STOP_GRACE_S)
        code = process.exitcode if process else None
        return Lost(timed_out, during_start, detail or f"exit status {code}")

    def _close(self, grace_s: float) -> None:
        if self._sender is not None and self._sender.is_alive() and self._process is not None:
            # Only the child's end can free the sender, and it must not meet a closed pipe.
            self._process.kill()
            self._sender.join()
        self._sender = None
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(grace_s)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        self._connection = None
        self._process = None
        self.state = ChildState.STOPPED
        self._expires_at = float("inf")


def _send(connection: Connection, content: bytes) -> None:
    # A child that has died is noticed by the next receive, as end-of-file.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.send_bytes(content)
