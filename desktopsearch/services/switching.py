"""Gives every photo a code of another generation, from its embedding, then searches with that.

The old generation answers until the switch, which is one transaction and one assignment. A crash
at any point leaves the old one active; codes that were made stay and are found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

import numpy as np

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.services.library import Library
from desktopsearch.storage import backlog, caches, codes

_PHOTOS_A_TURN = 1_000


class Switching:
    """A part of the loop; one switch at a time, the latest wins."""

    def __init__(
        self,
        library: Library,
        on_switched: Callable[[], None],
        on_refused: Callable[[DesktopSearchError], None],
    ) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            on_switched: Called on the loop's thread after each switch; photos without an embedding
                have no code of the new generation yet.
            on_refused: Called with GENERATION_NOT_FILLED instead if embeddings were lost.
        """
        self._library = library
        self._on_switched = on_switched
        self._on_refused = on_refused
        self._layer: HashLayer | None = None
        self._back = False
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
            generation: With codes for the model of the library.
            back: Whether this undoes what came after it.

        Raises:
            DesktopSearchError: GENERATION_OF_OTHER_MODEL.
        """
        if generation.fingerprint != self._library.generation.fingerprint:
            raise DesktopSearchError(
                ProblemCode.GENERATION_OF_OTHER_MODEL, id=generation.id, model=generation.model
            )
        self._library.coming, self._back = generation, back
        self._layer = HashLayer.from_bytes(generation.hash_layer)
        self._after, self.encoded, self.refused = 0, 0, None

    def waitables(self) -> Iterable[Pipe]:
        """None of its own."""
        return ()

    def due_at(self) -> float:
        """At once, as long as there is something to do."""
        return 0.0 if self.busy else float("inf")

    def turn(self) -> None:
        """Encode some more photos; switch when there are none left."""
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
            self._library.coming = None
            self.refused = DesktopSearchError(ProblemCode.GENERATION_NOT_FILLED, id=target.id)
            self._on_refused(self.refused)
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
        self._library.coming = None
        self._library.switch_to(target, back=self._back)
        self._on_switched()

    def close(self) -> None:
        """Nothing of its own to end."""
