"""Tells how far a teaching has come, and how long it will take until it is over."""

from __future__ import annotations

import time

from desktopsearch.hashing.teaching.messages import EpochTaught, Foretold, Prepared
from desktopsearch.services.events import Publish, TeachingPrepared, TeachingProgress
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_forecast import TimeLeft, until_used


class Progress:
    """Makes events of what trainers say, one after another."""

    def __init__(self, library: Library, publish: Publish) -> None:
        """Prepare.

        Args:
            library: Which is taught.
            publish: Takes the events.
        """
        self._library = library
        self._publish = publish
        self._left = TimeLeft()

    def reset(self) -> None:
        """Another teaching begins."""
        self._left = TimeLeft()

    def begin(self) -> None:
        """A trainer has been started."""
        self._left.begin()

    def tell(self, said: Foretold | Prepared | EpochTaught, device: str, *, used: bool) -> None:
        """Publish what a trainer says.

        Args:
            said: By it.
            device: Where it runs, for people.
            used: Whether all photos are encoded with what it teaches.
        """
        match said:
            case Foretold():
                photos = len(self._library.snapshot.index) if used else 0
                self._publish(until_used(said, photos))
            case Prepared():
                self._publish(TeachingPrepared(said.photos, said.all_photos, device))
            case EpochTaught():
                left_s = self._left.after(said.share, time.monotonic())
                self._publish(TeachingProgress(said, device, left_s))
