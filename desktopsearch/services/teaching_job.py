"""What a teaching is made of, kept until it is over.

The job lies in a folder of its own in the data folder with all that the trainer is to see, so that
a teaching that was interrupted goes on with just the photos and labels that it began with.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.teaching import DEFAULT_BITS, Depth, Reason
from desktopsearch.hashing.model import write_whole
from desktopsearch.hashing.teaching.messages import Teach
from desktopsearch.hashing.teaching.proxy_file import ProxyFile
from desktopsearch.services import taught_models
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_material import TaughtAlbum
from desktopsearch.storage import generations

AUTO = "auto"
_JOB_FILE, _PROXIES_FILE = "job", "proxies"


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
    photo_ids: list[int] = []
    """Of what the trainer sees, a row each."""


class KeptJob(msgspec.Struct, frozen=True):
    """A job with what the trainer is to see of it."""

    job: Job
    teach: Teach


def folder_of(paths: LibraryPaths) -> Path:
    """Where a job and the trainer's checkpoints lie."""
    return paths.folder / "teaching"


def proxies_file(paths: LibraryPaths) -> Path:
    """Where the proxies of a deep teaching's photos lie."""
    return folder_of(paths) / _PROXIES_FILE


def keep(paths: LibraryPaths, kept: KeptJob) -> None:
    """Write a job down, whole.

    Raises:
        OSError: It cannot be written.
    """
    write_whole(folder_of(paths) / _JOB_FILE, msgspec.msgpack.encode(kept))


def interrupted(library: Library) -> KeptJob | None:
    """The job that was begun and is not over; None also if it cannot be gone on with."""
    kept = _read(library.database.paths)
    if kept is None or kept.job.fingerprint != library.generation.fingerprint:
        return None
    # The data folder may have been moved since.
    teach = _placed(kept.teach, library)
    below = teach.below
    if below is not None:
        lengths = np.frombuffer(below.lengths, "<i8")
        if not ProxyFile(Path(below.proxies), lengths).is_whole:
            return None
    return KeptJob(kept.job, teach)


def discard(library: Library) -> None:
    """Forget a job with all that the trainer kept of it."""
    paths = library.database.paths
    kept = _read(paths)
    if kept is not None and kept.teach.below is not None:
        taught_models.forget_unused(library, kept.teach.below.name)
    for folder in (folder_of(paths), *taught_models.all_being_made(paths)):
        shutil.rmtree(folder, ignore_errors=True)


def discard_if_in_use(library: Library) -> None:
    """Forget a job whose model is in use already, as after a crash just behind the switch."""
    kept = _read(library.database.paths)
    below = kept.teach.below if kept is not None else None
    if below is not None and below.name == library.generation.model:
        discard(library)


def _placed(teach: Teach, library: Library) -> Teach:
    """Return what the trainer is to see, with all folders and files where they lie now.

    What it is compared with is what searches would use now without albums.
    """
    with library.database.read() as connection:
        old = generations.untaught(connection, library.generation) or library.generation
    paths, below = library.database.paths, teach.below
    if below is not None:
        below = msgspec.structs.replace(
            below,
            model=str(library.model_folder),
            proxies=str(proxies_file(paths)),
            taught=str(taught_models.being_made(paths, below.name)),
        )
    return msgspec.structs.replace(
        teach, old_layer=old.hash_layer, checkpoints=str(folder_of(paths)), below=below
    )


def _read(paths: LibraryPaths) -> KeptJob | None:
    try:
        content = (folder_of(paths) / _JOB_FILE).read_bytes()
        return msgspec.msgpack.decode(content, type=KeptJob)
    except (OSError, msgspec.DecodeError):
        return None
