"""Reference cycles are collected on the GUI thread alone.

Python collects on whichever thread happens to allocate. A cycle may hold objects of Qt, and those
must not die on the thread of the services or of the thumbnails: that ends the process. So the
collection that Python starts by itself is switched off, and a timer does it, with Python's own
thresholds. Must never hold up the window for long.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS: Final = 250
MOST_OBJECTS: Final = 25_000
"""As many are looked through within about 10 ms."""


class GarbageCollection(QObject):
    """Collects by a timer from now on, until it is stopped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(collect)
        self._timer.start()

    def settle(self) -> None:
        """Leave out, from now on, what the start has made: it stays for good."""
        gc.freeze()

    def stop(self) -> None:
        """Leave the collection to Python again; what there is now is collected here."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()


def collect() -> None:
    """Collect the oldest generation that is due, if any.

    What is too much to look through in a short pause is left out for good instead: the photos of
    a large answer, which are in no cycle and go as soon as nobody holds them.
    """
    due = [
        generation
        for generation, (count, threshold) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if 0 < threshold < count
    ]
    if not due:
        return
    if sum(len(gc.get_objects(generation)) for generation in range(due[-1] + 1)) > MOST_OBJECTS:
        gc.freeze()
    else:
        gc.collect(due[-1])
