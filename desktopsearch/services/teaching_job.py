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
from desktopsearch.domain.teaching import DEFAULT_BITS, Choice, Depth, Reason
from desktopsearch.hashing.model import load_model, write_whole
from desktopsearch.hashing.teaching.messages import Below, Teach
from desktopsearch.hashing.teaching.proxy_file import ProxyFile
from desktopsearch.services import taught_models
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_material import Material, TaughtAlbum
from desktopsearch.storage import caches, photos
from desktopsearch.storage.failures import unwritable

AUTO = "auto"
_JOB_FILE, _PROXIES_FILE = "job", "proxies"
_PHOTOS_A_TURN = 1_000
_PROXIES_A_TURN = 50


class Wish(msgspec.Struct, frozen=True):
    """What a person asks for."""

    objective: str = AUTO
    bits: int = DEFAULT_BITS
    activate: bool = True
    """Whether a layer that is proven to be better is used at once."""
    depth: Depth = Depth.HEAD


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
    kept = _read(library.database.paths)
    if kept is None or kept.job.fingerprint != library.generation.fingerprint:
        return None
    below = kept.teach.below
    if below is not None:
        lengths = np.frombuffer(below.lengths, "<i8")
        if not ProxyFile(Path(below.proxies), lengths).is_whole:
            return None
    return kept


def discard(library: Library) -> None:
    """Forget a job with all that the trainer kept of it."""
    paths = library.database.paths
    kept = _read(paths)
    if kept is not None and kept.teach.below is not None:
        taught_models.forget_unused(library, kept.teach.below.name)
    shutil.rmtree(folder_of(paths), ignore_errors=True)


def discard_if_in_use(library: Library) -> None:
    """Forget a job whose model is in use already, as after a crash just behind the switch."""
    kept = _read(library.database.paths)
    below = kept.teach.below if kept is not None else None
    if below is not None and below.name == library.generation.model:
        discard(library)


def _read(paths: LibraryPaths) -> KeptJob | None:
    try:
        content = (folder_of(paths) / _JOB_FILE).read_bytes()
        return msgspec.msgpack.decode(content, type=KeptJob)
    except (OSError, msgspec.DecodeError):
        return None


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
            kept = KeptJob(self.job, self._teach())
            write_whole(folder_of(paths) / _JOB_FILE, msgspec.msgpack.encode(kept))
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
        with self._proxies_file.open("ab") as file:
            file.write(b"".join(found))
        self._lengths += [len(each) for each in found]
        self._copied += len(rows)
        return True

    @property
    def _proxies_file(self) -> Path:
        return folder_of(self._library.database.paths) / _PROXIES_FILE

    def _all_rows(self) -> NDArray[np.int64]:
        return np.concatenate([np.empty(0, dtype=np.int64), *self._rows])

    def _teach(self) -> Teach:
        found, dimensions = self._found, self._old_layer.dimensions
        rows, below = self._all_rows(), None
        vectors = np.concatenate([np.empty((0, dimensions), dtype="<f2"), *self._vectors])
        if self.job.wish.depth is Depth.DEEP:
            lengths = np.array(self._lengths, dtype="<i8")
            # A photo whose proxy was lost is of no use here.
            rows, vectors = rows[lengths > 0], vectors[lengths > 0]
            below = self._below(lengths[lengths > 0])
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
            below=below,
        )

    def _below(self, lengths: NDArray[np.int64]) -> Below:
        name = taught_models.name_for(self.job.id)
        return Below(
            model=str(self._library.model_folder),
            fingerprint=self.job.fingerprint,
            proxies=str(self._proxies_file),
            lengths=lengths.tobytes(),
            taught=str(taught_models.being_made(self._library.database.paths, name)),
            name=name,
        )
