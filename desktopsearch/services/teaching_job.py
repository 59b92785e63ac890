"""What a teaching is made of, put together from the library, and kept until it is over.

The job lies in a folder of its own in the data folder with all that the trainer is to see, so that
a teaching that was interrupted goes on with just the photos and labels that it began with.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.teaching import DEFAULT_BITS, Choice, Reason, choose_objective
from desktopsearch.hashing.model import load_model, write_whole
from desktopsearch.hashing.teaching.messages import Teach
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, caches

AUTO = "auto"
MOST_UNLABELLED = 5_000
"""Photos without a label that are used at most, so that teaching takes minutes, not hours. Whether
more of them would teach more has not been measured."""
_JOB_FILE = "job"


class Wish(msgspec.Struct, frozen=True):
    """What a person asks for."""

    objective: str = AUTO
    bits: int = DEFAULT_BITS
    activate: bool = True
    """Whether a layer that is proven to be better is used at once."""
    epochs: int | None = None
    """Of each training; by default as many as the objective wants."""


class TaughtAlbum(msgspec.Struct, frozen=True):
    """An album as it was when it was taught from."""

    id: int
    name: str
    photos: int
    """That were learnt from."""


class Job(msgspec.Struct, frozen=True):
    """A teaching that is to be done."""

    wish: Wish
    generation_id: int
    """Which was active when it began."""
    objective: str
    reason: Reason
    albums: list[TaughtAlbum]
    said: list[tuple[int, int, bool]]
    """All labels as they were, as (album id, photo id, rejected)."""
    labelled: int
    unlabelled: int
    teach: Teach


def folder_of(paths: LibraryPaths) -> Path:
    """Where a job and the trainer's checkpoints lie."""
    return paths.folder / "teaching"


def prepare(library: Library, wish: Wish) -> Job:
    """Return the job that was interrupted, if it is still what is wanted, or a new one.

    Args:
        library: With labels, or without.
        wish: What is asked for.

    Raises:
        DesktopSearchError: As ``load_model`` does.
    """
    with library.database.read() as connection:
        said = [(each.album_id, each.photo_id, each.rejected) for each in albums.labels(connection)]
    kept = interrupted(library)
    if kept is not None and kept.wish == wish and kept.said == said:
        return kept
    job = _new_job(library, wish, said)
    folder = folder_of(library.database.paths)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_whole(folder / _JOB_FILE, msgspec.msgpack.encode(job))
    return job


def interrupted(library: Library) -> Job | None:
    """The job that was begun and is not over; None also if it cannot be gone on with."""
    try:
        content = (folder_of(library.database.paths) / _JOB_FILE).read_bytes()
        job = msgspec.msgpack.decode(content, type=Job)
    except (OSError, msgspec.DecodeError):
        return None
    return job if job.generation_id == library.snapshot.generation.id else None


def discard(paths: LibraryPaths) -> None:
    """Forget a job with all that the trainer kept of it."""
    shutil.rmtree(folder_of(paths), ignore_errors=True)


def _new_job(library: Library, wish: Wish, said: list[tuple[int, int, bool]]) -> Job:
    generation = library.snapshot.generation
    with library.database.read() as connection:
        every = albums.every(connection)
        inside = [(album_id, photo_id) for album_id, photo_id, rejected in said if not rejected]
        wanted = sorted({photo_id for _, photo_id in inside})
        positions, vectors = caches.embeddings_of(connection, generation.fingerprint, wanted)
        others = _others(library, set(wanted))
        places, more = caches.embeddings_of(connection, generation.fingerprint, others)
    known = [wanted[position] for position in positions.tolist()]
    row_of = {photo_id: row for row, photo_id in enumerate(known)}
    columns = {album.id: column for column, album in enumerate(every)}
    labels = np.zeros((len(known) + len(places), len(every)), dtype=np.bool_)
    for album_id, photo_id in inside:
        if photo_id in row_of:
            labels[row_of[photo_id], columns[album_id]] = True
    used: NDArray[np.bool_] = np.asarray(labels.any(axis=0))
    labels = np.ascontiguousarray(labels[:, used])
    embeddings = _joined(vectors, more, library.snapshot.layer.dimensions)
    choice = (
        choose_objective(labels[: len(known)], len(library.snapshot.index))
        if wish.objective == AUTO
        else Choice(wish.objective, Reason.ASKED_FOR)
    )
    taught = [album for album, there in zip(every, used.tolist(), strict=True) if there]
    counts = labels.sum(axis=0).tolist()
    return Job(
        wish=wish,
        generation_id=generation.id,
        objective=choice.objective,
        reason=choice.reason,
        albums=[
            TaughtAlbum(album.id, album.name, count)
            for album, count in zip(taught, counts, strict=True)
        ],
        said=said,
        labelled=len(known),
        unlabelled=len(places),
        teach=Teach(
            embeddings=embeddings.tobytes(),
            dimensions=embeddings.shape[1],
            labels=labels.tobytes(),
            albums=labels.shape[1],
            # Not the active layer: one that was taught has seen labels that are held out now.
            old_layer=load_model(library.model_folder).layer.to_bytes(),
            objective=choice.objective,
            bits=wish.bits,
            seed=0,
            checkpoints=str(folder_of(library.database.paths)),
            epochs=wish.epochs,
        ),
    )


def _others(library: Library, labelled: set[int]) -> list[int]:
    """Photos that lie somewhere and carry no label, at random if there are too many."""
    photo_ids = np.sort(library.snapshot.index.photo_ids)
    free = photo_ids[~np.isin(photo_ids, list(labelled))]
    if len(free) > MOST_UNLABELLED:
        free = np.sort(np.random.default_rng(0).choice(free, MOST_UNLABELLED, replace=False))
    return [int(each) for each in free]


def _joined(
    first: NDArray[np.float16], second: NDArray[np.float16], dimensions: int
) -> NDArray[np.float16]:
    parts = [each for each in (first, second) if len(each)]
    if not parts:
        return np.empty((0, dimensions), dtype="<f2")
    return np.ascontiguousarray(np.concatenate(parts).astype("<f2"))
