"""The service loop: one thread that waits for children, timers and calls from other threads.

Everything that changes the library happens on the thread that runs the loop. Parts take turns;
a turn must be short (50 ms) and must never wait for anything.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Protocol

_LONGEST_WAIT_S = 1.0


class Part(Protocol):
    """Something that takes turns on the loop."""

    def waitables(self) -> Iterable[Connection]:
        """Pipes whose readiness calls for a turn."""
        ...

    def due_at(self) -> float:
        """``time.monotonic`` at which a turn is needed in any case; infinity for never."""
        ...

    def turn(self) -> None:
        """Take in what has arrived and hand out work, without waiting."""
        ...

    def close(self) -> None:
        """End children; called once, when the loop is closed."""
        ...


class ServiceLoop:
    """Runs parts on the calling thread; other threads hand in functions with ``call``."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_reader, self._wake_writer = Pipe(duplex=False)
        self._waking = threading.Lock()
        self._awake = False

    def attach(self, part: Part) -> None:
        """Let a part take turns from now on."""
        self._parts.append(part)

    def call(self, function: Callable[[], None]) -> None:
        """Run a function on the loop's thread soon. Safe from every thread."""
        self._calls.put(function)
        with self._waking:
            # One byte is enough for any number of calls; more could fill the pipe and block.
            if not self._awake:
                self._awake = True
                self._wake_writer.send_bytes(b"\0")

    def run(self, until: Callable[[], bool]) -> None:
        """Take turns until the condition holds; it is asked before every wait."""
        while not until():
            self._take_turns()
            if not until():
                self._wait()

    def round(self) -> None:
        """Let every part take a turn, then wait until there is reason for the next round."""
        self._take_turns()
        self._wait()

    def _take_turns(self) -> None:
        for part in self._parts:
            part.turn()

    def _wait(self) -> None:
        due = min((part.due_at() for part in self._parts), default=float("inf"))
        timeout = min(max(due - time.monotonic(), 0.0), _LONGEST_WAIT_S)
        pipes = [pipe for part in self._parts for pipe in part.waitables()]
        if self._wake_reader in wait([*pipes, self._wake_reader], timeout):
            with self._waking:
                self._wake_reader.recv_bytes()
                self._awake = False
            while not self._calls.empty():
                self._calls.get()()

    def close(self) -> None:
        """Close all parts, the last attached first."""
        for part in reversed(self._parts):
            part.close()
        self._parts.clear()
        self._wake_reader.close()
        self._wake_writer.close()
