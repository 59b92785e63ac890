"""The trainer of a teaching: one child after another, and how long they have worked.

A child of its own with low priority; it is ended whenever teachings stand still, and the next one
goes on after the last epoch that was over. What is said to it and by it is its owner's business.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from desktopsearch.config import Settings
from desktopsearch.hashing.teaching.messages import (
    TRAINER_ROLE,
    Teach,
    TrainerOptions,
    TrainerReply,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Message

TRAINER = Role(TRAINER_ROLE, TrainerReply, "trainer")
_NICENESS = 10
# ITQ and the look at near-copies come without a word, and so may an epoch on a slow machine.
_SILENCE_S = 900.0
_DEEP_SILENCE_S = 7_200.0


class Trainer:
    """Starts and ends the child."""

    def __init__(self, settings: Settings, log: Path) -> None:
        """Prepare; nothing is started yet.

        Args:
            settings: Which device, and how many threads.
            log: Takes what native libraries print.
        """
        self._options = _options(settings)
        self._log = log
        self._child: ChildProcess | None = None
        self._since = self._before = 0.0

    @property
    def running(self) -> bool:
        """Whether a child was begun and has not been stopped."""
        return self._child is not None

    @property
    def device(self) -> str:
        """Where it runs, for people; empty until it is ready."""
        return self._child.detail if self._child else ""

    @property
    def spent_s(self) -> float:
        """How long children have run since ``reset``."""
        return self._before + (time.monotonic() - self._since if self._child else 0.0)

    def reset(self) -> None:
        """Another teaching begins."""
        self._before = 0.0

    def use(self, settings: Settings) -> bool:
        """Use more or less of the machine from the next child on.

        Returns:
            Whether one that runs must be replaced for that.
        """
        before, self._options = self._options, _options(settings)
        return self.running and before != self._options

    def begin(self) -> None:
        """Start a child."""
        self._since = time.monotonic()
        self._child = ChildProcess(TRAINER, self._options, self._log, _NICENESS)
        self._child.start()

    def stop(self) -> None:
        """End the child, if there is one."""
        self._before = self.spent_s
        child, self._child = self._child, None
        if child is not None and child.state is not ChildState.STOPPED:
            child.stop()

    def request(self, teach: Teach) -> None:
        """Hand the child that is ready what it is to do."""
        if self._child is not None:
            self._child.request(teach, _DEEP_SILENCE_S if teach.below else _SILENCE_S)

    def waitables(self) -> Iterable[Pipe]:
        """The child's pipe."""
        return self._child.waitables if self._child else ()

    @property
    def expires_at(self) -> float:
        """When it has been silent for too long."""
        return self._child.expires_at if self._child else float("inf")

    def receive(self) -> list[Message | Lost]:
        """What it has said."""
        return self._child.receive() if self._child else []


def _options(settings: Settings) -> TrainerOptions:
    return TrainerOptions(settings.encoder_device, settings.encoder_threads)
