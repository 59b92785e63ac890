"""Gives every photo a code of another generation, then searches with that.

Codes are made from stored embeddings; for a generation of another model photos are encoded from
their proxies first. The old generation answers until the switch, which is one transaction and one
assignment. A crash at any point leaves the old one active; codes that were made stay and are found
again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

import numpy as np

from desktopsearch.config import Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.services.events import Publish
from desktopsearch.services.filling import Filling
from desktopsearch.services.library import Library
from desktopsearch.storage import backlog, caches, codes

_PHOTOS_A_TURN = 1_000
_NEXT_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a switch tells and asks of its owner, on the loop's thread."""

    publish: Publish
    """Takes progress and notices."""
    is_quiet: Callable[[], bool]
    """Whether nothing is under way that must meet one model only, such as a query."""
    on_switched: Callable[[], None]
    """Called after each switch; photos without an embedding have no code of the new generation
    yet."""
    on_refused: Callable[[DesktopSearchError], None]
    """Called instead if photos would be lost to searches, or there is no encoder."""


class Switching:
    """A part of the loop; one switch at a time, the latest wins."""

    def __init__(self, library: Library, settings: Settings, surroundings: Surroundings) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            settings: How an encoder of another model works.
            surroundings: Of the switch.
        """
        self._library = library
        self._settings = settings
        self._around = surroundings
        self._layer: HashLayer | None = None
        self._filling: Filling | None = None
        self._back = self._held = False
        self._after = 0
        self.encoded = 0
        self.refused: DesktopSearchError | None = None
        """Why the latest switch came to nothing, if it did."""

    @property
    def busy(self) -> bool:
        """Whether a switch is under way."""
        return self._library.coming is not None

    def switch_to(self, generation: Generation, *, back: bool = False) -> None:
        """Begin to switch.

        Args:
            generation: Of any model that is at hand.
            back: Whether this undoes what came after it.

        Raises:
            DesktopSearchError: GENERATION_WITHOUT_MODEL.
        """
        filling: Filling | None = None
        if generation.fingerprint != self._library.generation.fingerprint:
            beside = self._library.beside(generation)
            filling = Filling(beside, self._settings, self._around.publish)
            filling.stand_still(held=self._held)
        self._end_filling()
        self._library.coming, self._back, self._filling = generation, back, filling
        self._layer = HashLayer.from_bytes(generation.hash_layer)
        self._after, self.encoded, self.refused = 0, 0, None

    def stand_still(self, *, held: bool) -> None:
        """Encode no further photos with another model, or go on with them."""
        self._held = held
        if self._filling is not None:
            self._filling.stand_still(held=held)

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from now on."""
        self._settings = settings
        if self._filling is not None:
            self._filling.use(settings)

    def waitables(self) -> Iterable[Pipe]:
        """Those of an encoder of another model."""
        return self._filling.waitables() if self._filling is not None else ()

    def due_at(self) -> float:
        """At once, as long as there is something to do."""
        if not self.busy:
            return float("inf")
        if self._filling is None:
            return 0.0
        if not self._filling.busy:
            return time.monotonic() + _NEXT_LOOK_S
        return self._filling.due_at()

    def turn(self) -> None:
        """Encode some more photos; switch when there are none left."""
        if self._filling is not None:
            self._fill(self._filling)
        else:
            self._encode_some()

    def close(self) -> None:
        """End the encoder of another model."""
        self._end_filling()

    def _fill(self, filling: Filling) -> None:
        target = self._library.coming
        assert target is not None
        try:
            filling.turn()
        except DesktopSearchError as error:
            self._refuse(error)
            return
        if filling.busy or not self._around.is_quiet():
            return
        self.encoded = filling.encoded
        if filling.loses_photos(self._library.generation.id):
            self._refuse(DesktopSearchError(ProblemCode.GENERATION_NOT_FILLED, id=target.id))
        else:
            self._switch(target)

    def _encode_some(self) -> None:
        target, layer = self._library.coming, self._layer
        if target is None or layer is None:
            return
        with self._library.database.read() as connection:
            missing, until = backlog.without_code(
                connection, target.id, self._after, _PHOTOS_A_TURN
            )
            photo_ids = [photo_id for photo_id, _ in missing]
            positions, vectors = caches.embeddings_of(connection, target.fingerprint, photo_ids)
            without = np.delete(np.array(photo_ids, dtype=np.int64), positions).tolist()
            lost = codes.read_some(connection, self._library.generation.id, without)
        if lost:
            # Photos that have been encoded before would vanish from what is searched.
            self._refuse(DesktopSearchError(ProblemCode.GENERATION_NOT_FILLED, id=target.id))
            return
        if len(positions):
            packed = layer.codes(vectors)
            found = np.array(photo_ids)[positions].tolist()
            with self._library.database.write() as connection:
                rows = [(each, code.tobytes()) for each, code in zip(found, packed, strict=True)]
                codes.write(connection, target.id, rows)
            self.encoded += len(found)
        if until > self._after:
            self._after = until
            return
        self._switch(target)

    def _switch(self, target: Generation) -> None:
        self._end_filling()
        self._library.coming = None
        self._library.switch_to(target, back=self._back)
        self._around.on_switched()

    def _refuse(self, error: DesktopSearchError) -> None:
        self._end_filling()
        self._library.coming = None
        self.refused = error
        self._around.on_refused(error)

    def _end_filling(self) -> None:
        filling, self._filling = self._filling, None
        if filling is not None:
            filling.close()
