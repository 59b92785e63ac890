"""Gives every photo a code of a generation of another model, from proxies, beside the one in use.

An encoder of its own works for it, so that queries and new photos keep theirs.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.encoding import Encoding
from desktopsearch.services.events import GenerationFilling, Publish
from desktopsearch.services.library import Library
from desktopsearch.storage import backlog

_PROGRESS_INTERVAL_S = 0.5
_MOST_FAILED_SHARE = 0.01


class Filling:
    """Belongs to a switch, which gives it its turns; what it has done stays done."""

    def __init__(self, library: Library, settings: Settings, publish: Publish) -> None:
        """Look what there is to do; nothing is started yet.

        Args:
            library: As it would be with the generation, see ``Library.beside``.
            settings: How the encoder works.
            publish: Takes progress and notices.
        """
        self._library = library
        self._publish = publish
        self._lane = EncoderLane(
            library.model_folder,
            library.generation.fingerprint,
            settings,
            publish,
            library.database.paths.child_log,
        )
        self._encoding = Encoding(library, self._lane, settings)
        self._total = library.totals().photos
        self._next_progress = 0.0
        with library.database.read() as connection:
            filled = backlog.is_filled(connection, library.generation.id)
        if not filled:
            self._encoding.wake()

    @property
    def busy(self) -> bool:
        """Whether photos are still to be encoded."""
        return self._encoding.busy

    @property
    def encoded(self) -> int:
        """Photos that got their code."""
        return self._encoding.encoded

    def loses_photos(self, active_id: int) -> bool:
        """Whether searches would miss photos that they find now, when all is done.

        A few whose proxy turns out to be damaged are let go; they are read again.
        """
        if self._encoding.failed > _MOST_FAILED_SHARE * self._total:
            return True
        with self._library.database.read() as connection:
            own_id = self._library.generation.id
            return backlog.cannot_be_encoded(connection, active_id, own_id)

    def stand_still(self, *, held: bool) -> None:
        """Hand out no further work, or go on; what is under way is still taken in."""
        self._encoding.paused = held

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from the next batch on."""
        self._lane.use(settings)

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return self._lane.waitables()

    def due_at(self) -> float:
        """When the next batch goes off, or the encoder has been silent for too long."""
        return min(self._lane.due_at(), self._encoding.due_at())

    def turn(self) -> None:
        """Take in what was encoded and send the next batch.

        Raises:
            DesktopSearchError: The encoder cannot be started.
        """
        self._lane.turn()
        self._encoding.turn()
        now = time.monotonic()
        if self.busy and now >= self._next_progress:
            self._next_progress = now + _PROGRESS_INTERVAL_S
            done = len(self._library.snapshot.index)
            self._publish(GenerationFilling(done, max(done, self._total), self._lane.device))

    def close(self) -> None:
        """End the encoder."""
        self._lane.close()
