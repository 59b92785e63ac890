"""Models that came of deep teachings: each is one generation's own, and goes with it.

The trainer writes such a model into a folder that no list shows; it gets its name just before its
generation is added. Whatever a crash leaves of one goes with the job that it belongs to.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.model import load_model
from desktopsearch.services.library import Library
from desktopsearch.storage import generations

_PREFIX = "taught-"


def name_for(job: str) -> str:
    """What the model of a teaching's job is called."""
    return _PREFIX + job[:12]


def is_name(name: str) -> bool:
    """Whether such models alone are called so."""
    return name.startswith(_PREFIX)


def being_made(paths: LibraryPaths, name: str) -> Path:
    """The folder of a model that is not there yet, or no more."""
    return paths.models / f".{name}"


def all_in_place(paths: LibraryPaths) -> list[Path]:
    """The folders of all that are there, whether a generation knows them or not."""
    return sorted(paths.models.glob(f"{_PREFIX}*"))


def all_being_made(paths: LibraryPaths) -> list[Path]:
    """The folders of all that are not there yet, or no more."""
    return sorted(paths.models.glob(f".{_PREFIX}*"))


def put_in_place(library: Library, name: str) -> None:
    """Give a model that has been made its name.

    Raises:
        OSError: It cannot be done.
    """
    paths = library.database.paths
    # A run that died just behind this has left one that no generation knows.
    forget_unused(library, name, being_made_too=False)
    being_made(paths, name).rename(paths.models / name)


def forget_unused(library: Library, name: str, *, being_made_too: bool = True) -> None:
    """Remove the model of a job or of a generation, unless there is a generation of it.

    Args:
        library: Open for writing.
        name: Of the model.
        being_made_too: Whether what the trainer has written of it goes as well.
    """
    paths = library.database.paths
    with library.database.read() as connection:
        used = any(each.model == name for each in generations.every(connection))
    if not used:
        shutil.rmtree(paths.models / name, ignore_errors=True)
    if being_made_too:
        shutil.rmtree(being_made(paths, name), ignore_errors=True)


def hide(paths: LibraryPaths, name: str) -> None:
    """Take a model out of all lists, before its generation is deleted."""
    folder, hidden = paths.models / name, being_made(paths, name)
    if folder.is_dir():
        shutil.rmtree(hidden, ignore_errors=True)
        folder.rename(hidden)


def refuse_if_taught(library: Library) -> None:
    """Let nobody teach on a network that has learnt from albums: it knows what a proof would ask.

    Raises:
        DesktopSearchError: TEACHING_ON_TAUGHT; as ``load_model``.
    """
    origin = taught_from(library)
    if origin:
        raise DesktopSearchError(ProblemCode.TEACHING_ON_TAUGHT, model=origin)


def taught_from(library: Library) -> str:
    """The model that the one in use was taught from by albums; empty if it was not.

    Raises:
        DesktopSearchError: As ``load_model``.
    """
    return load_model(library.model_folder).manifest.taught_from
