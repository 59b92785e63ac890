"""Which photos a model is made from: all below some folders, but for those that are held out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.labelled_photos import LabelledPhoto, read_labelled_photos
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


def training_photos(
    folders: Iterable[Path], held_out: Sequence[str], at_most: int
) -> list[LabelledPhoto]:
    """Return the pictures below the folders, sorted within each, none of them twice.

    Labels are those of class folders or of a labels.csv, behind the name of the folder that holds
    them, since equal words of two collections need not mean the same. There may be none.

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
    kept: dict[Path, LabelledPhoto] = {}
    for folder in map(Path.resolve, folders):
        of_folder = []
        for path in pictures_below(folder):
            place = path.as_posix() + "/"
            matching = {line for line in wanted if line in place}
            unused -= matching
            if not matching:
                of_folder.append(path)
        labels = _labels_in(folder)
        for path in _thinned(of_folder, at_most):
            kept.setdefault(path, LabelledPhoto(path, labels.get(path, frozenset())))
    if unused:
        raise DesktopSearchError(ProblemCode.HOLDOUT_NOT_FOUND, name=min(unused).strip("/"))
    return list(kept.values())


def _labels_in(folder: Path) -> dict[Path, frozenset[str]]:
    try:
        photos = read_labelled_photos(folder)
    except DesktopSearchError as error:
        if error.code is not ProblemCode.EVALUATE_NO_LABELS:
            raise
        return {}
    return {
        photo.path: frozenset(f"{folder.name}/{label}" for label in photo.labels)
        for photo in photos
    }


def _thinned(paths: list[Path], at_most: int) -> list[Path]:
    if len(paths) <= at_most:
        return paths
    return [paths[position * len(paths) // at_most] for position in range(at_most)]
