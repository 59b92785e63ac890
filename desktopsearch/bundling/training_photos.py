"""Which photos a model is made from: all below some folders, but for those that are held out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.listing import pictures_below


def read_holdout(path: Path) -> list[str]:
    """Return the lines of a holdout file, without empty ones and those that start with ``#``.

    Raises:
        DesktopSearchError: HOLDOUT_UNREADABLE.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DesktopSearchError(ProblemCode.HOLDOUT_UNREADABLE, reason=str(error)) from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def training_photos(folders: Iterable[Path], held_out: Sequence[str], at_most: int) -> list[Path]:
    """Return the pictures below the folders, sorted within each, none of them twice.

    Args:
        folders: Searched with all that lies below them.
        held_out: Folders or files by the last parts of their paths, with ``/`` between them, such
            as ``caltech101/ant``; what lies there or below is left out.
        at_most: Photos of one folder; of more, evenly spaced ones are taken, so that no single
            collection decides what is usual.

    Raises:
        DesktopSearchError: FOLDER_NOT_FOUND, FOLDER_NOT_A_FOLDER, FOLDER_UNREADABLE,
            HOLDOUT_NOT_FOUND for a line that leaves nothing out: a slip there would train on
            photos that are meant for judging.
    """
    wanted = [f"/{line.strip('/')}/" for line in held_out]
    unused = set(wanted)
    kept: dict[Path, None] = {}
    for folder in folders:
        of_folder = []
        for path in pictures_below(folder.resolve()):
            place = path.as_posix() + "/"
            matching = {line for line in wanted if line in place}
            unused -= matching
            if not matching:
                of_folder.append(path)
        kept |= dict.fromkeys(_thinned(of_folder, at_most))
    if unused:
        raise DesktopSearchError(ProblemCode.HOLDOUT_NOT_FOUND, name=min(unused).strip("/"))
    return list(kept)


def _thinned(paths: list[Path], at_most: int) -> list[Path]:
    if len(paths) <= at_most:
        return paths
    return [paths[position * len(paths) // at_most] for position in range(at_most)]
