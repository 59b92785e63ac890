"""What a teaching is made of, put together from the library, and kept until it is over.

The job lies in a folder of its own in the data folder with all that the trainer is to see, so that
a teaching that was interrupted goes on with just the photos and labels that it began with.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.teaching import DEFAULT_BITS, Choice, Reason
from desktopsearch.hashing.model import load_model, write_whole
from desktopsearch.hashing.teaching.messages import Teach
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_material import Material, TaughtAlbum
from desktopsearch.storage import caches
from desktopsearch.storage.failures import unwritable

AUTO = "auto"
_JOB_FILE = "job"
_PHOTOS_A_TURN = 1_000


class Wish(msgspec.Struct, frozen=True):
    """What a person asks for."""

    objective: str = AUTO
    bits: int = DEFAULT_BITS
    activate: bool = True
    """Whether a layer that is proven to be better is used at once."""


class Job(msgspec.Struct, frozen=True):
    """A teaching that is to be done."""

    id: str
    """By which its outcome is known again."""
    wish: Wish
    fingerprint: str
    """Of the model in use, which is what the stored embeddings belong to."""
    objective: str
    reason: Reason
    albums: list[TaughtAlbum]
    said: list[tuple[int, int, bool]]
    """All labels as they were, as (album id, photo id, rejected)."""
    labelled: int
    unlabelled: int
    rejected: int


class KeptJob(msgspec.Struct, frozen=True):
    """A job with what the trainer is to see of it."""

    job: Job
    teach: Teach


def folder_of(paths: LibraryPaths) -> Path:
    """Where a job and the trainer's checkpoints lie."""
    return paths.folder / "teaching"


def interrupted(library: Library) -> KeptJob | None:
    """The job that was begun and is not over; None also if it cannot be gone on with."""
    try:
        content = (folder_of(library.database.paths) / _JOB_FILE).read_bytes()
        kept = msgspec.msgpack.decode(content, type=KeptJob)
    except (OSError, msgspec.DecodeError):
        return None
    return kept if kept.job.fingerprint == library.generation.fingerprint else None


def discard(paths: LibraryPaths) -> None:
    """Forget a job with all that the trainer kept of it."""
    shutil.rmtree(folder_of(paths), ignore_errors=True)


class Gathering:
    """A new job while its embeddings are read, a thousand a turn."""

    def __init__(
        self, library: Library, wish: Wish, found: Material, epochs: int | None = None
    ) -> None:
        """Prepare.

        Args:
            library: Which is taught.
            wish: What is asked for.
            found: What there is to learn from.
            epochs: Of each training; by default as many as the objective wants.

        Raises:
            DesktopSearchError: As ``load_model`` does.
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
        self._old_layer = load_model(library.model_folder).layer
        self._read = 0
        self._rows: list[NDArray[np.int64]] = []
        self._vectors: list[NDArray[np.float16]] = []

    def turn(self) -> KeptJob | None:
        """Read on; returns the job once it is whole, and has been written down.

        Raises:
            DesktopSearchError: LIBRARY_UNWRITABLE or LIBRARY_DISK_FULL.
        """
        photo_ids = self._found.photo_ids
        some = photo_ids[self._read : self._read + _PHOTOS_A_TURN]
        if some:
            fingerprint = self._library.snapshot.generation.fingerprint
            with self._library.database.read() as connection:
                positions, vectors = caches.embeddings_of(connection, fingerprint, some)
            if len(positions):
                self._rows.append(positions + self._read)
                self._vectors.append(vectors)
            self._read += len(some)
            return None
        kept = KeptJob(self.job, self._teach())
        paths = self._library.database.paths
        discard(paths)
        try:
            folder_of(paths).mkdir(parents=True)
            write_whole(folder_of(paths) / _JOB_FILE, msgspec.msgpack.encode(kept))
        except OSError as error:
            raise unwritable(paths, error) from error
        return kept

    def _teach(self) -> Teach:
        found, dimensions = self._found, self._old_layer.dimensions
        rows = np.concatenate([np.empty(0, dtype=np.int64), *self._rows])
        vectors = np.concatenate([np.empty((0, dimensions), dtype="<f2"), *self._vectors])
        rejections = found.rejections[rows]
        return Teach(
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
        )
