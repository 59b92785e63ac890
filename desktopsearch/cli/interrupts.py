"""What Ctrl+C and a polite kill do to a command.

By default they raise ``KeyboardInterrupt`` wherever the program stands. A command that changes a
library notes them instead and ends at its next step, so that no transaction is torn.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def raise_on_interrupt() -> None:
    """Let a polite kill end a command as Ctrl+C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def noted() -> Iterator[Callable[[], bool]]:
    """Note the first interrupt instead of raising it; a second one is raised at once.

    Yields:
        Whether there has been an interrupt.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if noted:
            signal.default_int_handler(number, frame)
        noted.append(number)

    before = [(number, signal.signal(number, note)) for number in _SIGNALS]
    try:
        yield lambda: bool(noted)
    finally:
        for number, handler in before:
            signal.signal(number, handler)
