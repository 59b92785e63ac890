"""Gives every photo a code of the active generation: from its embedding, else from its proxy.

The backlog is a query on the library, never a list of its own, so that a crash loses nothing.
Embeddings that were lost with their cache are made again when all photos have a code.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection as Pipe

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.library import Library
from desktopsearch.storage import backlog, caches, codes, photos, problems

# How long a batch that is not full waits for more photos to be read.
_FILL_S = 0.25
# One under way and one that waits, so that the encoder is never idle while results are stored.
_MOST_BATCHES = 2
# Photos whose embedding is there already need no encoder; this many get their code in one turn.
_FROM_EMBEDDINGS = 1_000


class Encoding:
    """A part of the loop: keeps the encoder lane supplied and stores what comes back."""

    def __init__(self, library: Library, lane: EncoderLane, settings: Settings) -> None:
        self.encoded = 0
        self.failed = 0
        self.paused = False
        self._library = library
        self._lane = lane
        self._batch = settings.encoder_batch
        self._reach = self._batch
        self._after = 0
        self._exhausted = True
        self._restored: int | None = None
        self._batches = 0
        self._under_way: set[int] = set()
        self._not_before = 0.0
        self._suspects: deque[tuple[int, bytes]] = deque()

    @property
    def busy(self) -> bool:
        """Whether photos are being encoded or wait to be."""
        return self._wanting or bool(self._under_way)

    def wake(self, photo_id: int = 1) -> None:
        """Look for photos without a code again, from this id on."""
        self._exhausted = False
        self._after = min(self._after, photo_id - 1)

    def restore(self) -> None:
        """Make the embeddings again that are missing although their photos may have a code.

        Photos without a proxy are passed over, so they are to be read before.
        """
        self._restored = 0

    def cancel(self) -> None:
        """Start no further batch; the one under way is still taken in."""
        self._exhausted = True
        self._restored = None
        self._suspects.clear()

    def waitables(self) -> Iterable[Pipe]:
        """None of its own: the lane has the pipe."""
        return ()

    def due_at(self) -> float:
        """When a batch that is not full goes off."""
        can_send = self._wanting and not self.paused and self._batches < _MOST_BATCHES
        return self._not_before if can_send else float("inf")

    def turn(self) -> None:
        """Send batches until the lane has one under way and one that waits."""
        full = self._batches >= _MOST_BATCHES
        if self.paused or full or time.monotonic() < self._not_before:
            return
        if self._suspects:
            self._send([self._suspects.popleft()])
        elif not self._exhausted:
            self._advance()
        elif self._restored is not None:
            self._restore_some(self._restored)

    def close(self) -> None:
        """Nothing of its own to end."""

    @property
    def _wanting(self) -> bool:
        return bool(self._suspects) or not self._exhausted or self._restored is not None

    def _advance(self) -> None:
        generation = self._library.generation
        with self._library.database.read() as connection:
            found, until = backlog.without_code(connection, generation.id, self._after, self._reach)
            missing = [each for each in found if each[0] not in self._under_way]
            vectors = caches.read_embeddings(
                connection, generation.fingerprint, [digest for _, digest in missing]
            )
        self._reach = _FROM_EMBEDDINGS if vectors else self._batch
        if vectors:
            self._store(
                {each: (digest, vectors[digest]) for each, digest in missing if digest in vectors}
            )
            return
        batch = missing[: self._batch]
        if batch:
            self._send(batch)
        self._exhausted = until == self._after
        self._after = batch[-1][0] if len(batch) < len(missing) else until
        if self._exhausted or (found and len(batch) < self._batch):
            self._not_before = time.monotonic() + _FILL_S

    def _restore_some(self, after: int) -> None:
        fingerprint = self._library.generation.fingerprint
        with self._library.database.read() as connection:
            found, until = backlog.without_embedding(connection, fingerprint, after, self._batch)
        batch = [each for each in found if each[0] not in self._under_way]
        if batch:
            self._send(batch)
        self._restored = until if until > after else None

    def _send(self, wanted: list[tuple[int, bytes]]) -> None:
        with self._library.database.read() as connection:
            proxies = caches.read_proxies(connection, [digest for _, digest in wanted])
        # A photo without a proxy is read again by itself and comes back with a call of ``wake``.
        batch = [(photo_id, digest) for photo_id, digest in wanted if digest in proxies]
        if not batch:
            return
        sent = {photo_id for photo_id, _ in batch}
        self._under_way |= sent
        self._batches += 1

        def answer(result: NDArray[np.float16] | DesktopSearchError) -> None:
            self._under_way -= sent
            self._batches -= 1
            if isinstance(result, DesktopSearchError):
                self._give_up(batch, result)
            else:
                self._store(
                    {
                        photo_id: (digest, vector)
                        for (photo_id, digest), vector in zip(batch, result, strict=True)
                    }
                )

        self._lane.encode([proxies[digest] for _, digest in batch], answer, query=False)

    def _store(self, vectors: Mapping[int, tuple[bytes, NDArray[np.float16]]]) -> None:
        snapshot = self._library.snapshot
        generation = snapshot.generation
        photo_ids = np.fromiter(vectors, dtype=np.int64)
        packed = snapshot.layer.codes(np.stack([vector for _, vector in vectors.values()]))
        rows = [(int(each), code.tobytes()) for each, code in zip(photo_ids, packed, strict=True)]
        with self._library.database.write() as connection:
            caches.write_embeddings(connection, generation.fingerprint, dict(vectors.values()))
            known = codes.read_some(connection, generation.id, photo_ids.tolist())
            new = np.array([known.get(photo_id) != bits for photo_id, bits in rows])
            codes.write(connection, generation.id, [rows[each] for each in np.flatnonzero(new)])
            problems.clear_encoded(connection, photo_ids.tolist())
        # To replace a code moves all others, so those of restored embeddings stay where they are.
        if new.any():
            snapshot.index.add(photo_ids[new], packed[new])
        self.encoded += len(photo_ids)

    def _give_up(self, batch: list[tuple[int, bytes]], error: DesktopSearchError) -> None:
        """Try a failing batch one photo at a time, and put aside the one that fails alone."""
        if len(batch) > 1:
            self._suspects.extend(batch)
            return
        photo_id, _ = batch[0]
        self.failed += 1
        with self._library.database.write() as connection:
            for file in photos.places(connection, [photo_id])[photo_id]:
                problems.record(
                    connection, file.id, ProblemCode.FILE_NOT_ENCODED, {"reason": str(error)}
                )
