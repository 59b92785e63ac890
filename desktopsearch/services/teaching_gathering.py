"""Puts a teaching together from the library, some photos a turn, and has it kept."""

from __future__ import annotations

import uuid

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.teaching import Choice, Depth, Reason
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.messages import Below, Teach
from desktopsearch.services import taught_models
from desktopsearch.services.generations import untaught
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_job import (
    AUTO,
    Job,
    KeptJob,
    Wish,
    discard,
    folder_of,
    keep,
    proxies_file,
)
from desktopsearch.services.teaching_material import Material
from desktopsearch.storage import caches, photos
from desktopsearch.storage.failures import unwritable

_PHOTOS_A_TURN = 1_000
_PROXIES_A_TURN = 50


class Gathering:
    """A new job while what it needs is read: embeddings, and proxies if it is a deep one."""

    def __init__(
        self, library: Library, wish: Wish, found: Material, epochs: int | None = None
    ) -> None:
        """Prepare.

        Args:
            library: Which is taught.
            wish: What is asked for.
            found: What there is to learn from.
            epochs: Of each training; by default as many as the objective wants.
        """
        asked = Choice(wish.objective, Reason.ASKED_FOR)
        choice = found.choice if wish.objective == AUTO else asked
        self.job = Job(
            id=uuid.uuid4().hex,
            wish=wish,
            fingerprint=library.generation.fingerprint,
            objective=choice.objective,
            reason=choice.reason,
            albums=found.albums,
            said=found.said,
            labelled=found.labelled,
            unlabelled=found.unlabelled,
            rejected=found.rejected,
        )
        self._library = library
        self._found = found
        self._epochs = epochs
        # Not the active layer: one that was taught has seen labels that are held out now.
        old = untaught(library) or library.generation
        self._old_layer = HashLayer.from_bytes(old.hash_layer)
        self._read = self._copied = 0
        self._rows: list[NDArray[np.int64]] = []
        self._vectors: list[NDArray[np.float16]] = []
        self._lengths: list[int] = []

    def turn(self) -> KeptJob | None:
        """Read on; returns the job once it is whole, and has been written down.

        Raises:
            DesktopSearchError: LIBRARY_UNWRITABLE or LIBRARY_DISK_FULL.
        """
        photo_ids = self._found.photo_ids
        some = photo_ids[self._read : self._read + _PHOTOS_A_TURN]
        if some:
            with self._library.database.read() as connection:
                positions, vectors = caches.embeddings_of(connection, self.job.fingerprint, some)
            if len(positions):
                self._rows.append(positions + self._read)
                self._vectors.append(vectors)
            self._read += len(some)
            return None
        paths = self._library.database.paths
        try:
            if self._copied == 0:
                discard(self._library)
                folder_of(paths).mkdir(parents=True)
            if self.job.wish.depth is Depth.DEEP and self._copy_some():
                return None
            kept = self._whole()
            keep(paths, kept)
        except OSError as error:
            raise unwritable(paths, error) from error
        return kept

    def _copy_some(self) -> bool:
        """Copy some more proxies into the job's folder; return whether there were any left."""
        rows = self._all_rows()[self._copied : self._copied + _PROXIES_A_TURN]
        if not len(rows):
            return False
        photo_ids = [self._found.photo_ids[row] for row in rows.tolist()]
        with self._library.database.read() as connection:
            digests = photos.digests_of(connection, photo_ids)
            proxies = caches.read_proxies(connection, list(digests.values()))
        found = [proxies.get(digests.get(each, b""), b"") for each in photo_ids]
        with proxies_file(self._library.database.paths).open("ab") as file:
            file.write(b"".join(found))
        self._lengths += [len(each) for each in found]
        self._copied += len(rows)
        return True

    def _all_rows(self) -> NDArray[np.int64]:
        return np.concatenate([np.empty(0, dtype=np.int64), *self._rows])

    def _whole(self) -> KeptJob:
        found, dimensions = self._found, self._old_layer.dimensions
        rows, below = self._all_rows(), None
        vectors = np.concatenate([np.empty((0, dimensions), dtype="<f2"), *self._vectors])
        if self.job.wish.depth is Depth.DEEP:
            lengths = np.array(self._lengths, dtype="<i8")
            # A photo whose proxy was lost is of no use here.
            rows, vectors = rows[lengths > 0], vectors[lengths > 0]
            below = self._below(lengths[lengths > 0])
        rejections = found.rejections[rows]
        teach = Teach(
            embeddings=vectors.astype("<f2").tobytes(),
            dimensions=dimensions,
            labels=found.labels[rows].tobytes(),
            albums=found.labels.shape[1],
            old_layer=self._old_layer.to_bytes(),
            objective=self.job.objective,
            bits=self.job.wish.bits,
            seed=0,
            checkpoints=str(folder_of(self._library.database.paths)),
            epochs=self._epochs,
            rejections=rejections.tobytes() if rejections.any() else b"",
            below=below,
        )
        photo_ids = [found.photo_ids[row] for row in rows.tolist()]
        return KeptJob(msgspec.structs.replace(self.job, photo_ids=photo_ids), teach)

    def _below(self, lengths: NDArray[np.int64]) -> Below:
        paths, name = self._library.database.paths, taught_models.name_for(self.job.id)
        return Below(
            model=str(self._library.model_folder),
            fingerprint=self.job.fingerprint,
            proxies=str(proxies_file(paths)),
            lengths=lengths.tobytes(),
            taught=str(taught_models.being_made(paths, name)),
            name=name,
        )
