"""Labelled photos as people keep them: a folder for each class, or a ``labels.csv`` beside them.

Reads names and labels only; opens no photo.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.listing import folders_in, pictures_below

LABELS_FILE = "labels.csv"
_HEADER = ["file", "labels"]
_IMAGES_FOLDER = "images"


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A file and what it shows; it may show nothing that has a label."""

    path: Path
    labels: frozenset[str]


def read_labelled_photos(folder: Path) -> list[LabelledPhoto]:
    """Return the labelled photos of a folder, in the order of its labels.csv or of their paths.

    Raises:
        DesktopSearchError: EVALUATE_NO_LABELS, EVALUATE_LABELS_INVALID, FOLDER_NOT_FOUND,
            FOLDER_NOT_A_FOLDER, FOLDER_UNREADABLE.
    """
    classes = folders_in(folder)
    if (folder / LABELS_FILE).is_file():
        return _of_csv(folder)
    photos = [
        LabelledPhoto(path, frozenset([of_class.name]))
        for of_class in classes
        for path in pictures_below(of_class)
    ]
    if len({label for photo in photos for label in photo.labels}) < 2:
        raise DesktopSearchError(ProblemCode.EVALUATE_NO_LABELS, path=str(folder))
    return photos


def label_matrix(photos: Iterable[LabelledPhoto]) -> NDArray[np.bool_]:
    """Return which photo has which label: (N, labels)."""
    rows = [photo.labels for photo in photos]
    columns = {label: column for column, label in enumerate(sorted(frozenset().union(*rows)))}
    matrix = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    for row, labels in enumerate(rows):
        matrix[row, [columns[label] for label in labels]] = True
    return matrix


def _of_csv(folder: Path) -> list[LabelledPhoto]:
    table = folder / LABELS_FILE
    # A file may be named below the images folder beside the table without saying so.
    images = folder / _IMAGES_FOLDER
    try:
        text = table.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise DesktopSearchError(
            ProblemCode.FOLDER_UNREADABLE, path=str(table), reason=str(error.strerror)
        ) from error
    photos = []
    rows = csv.reader(text.splitlines(), strict=True)
    try:
        for row in rows:
            if row == _HEADER and rows.line_num == 1:
                continue
            if len(row) != len(_HEADER) or not row[0]:
                raise _invalid(table, rows.line_num)
            path = folder / row[0]
            if not path.exists() and (images / row[0]).exists():
                path = images / row[0]
            photos.append(LabelledPhoto(path, frozenset(row[1].split())))
    except csv.Error as error:
        raise _invalid(table, rows.line_num) from error
    return photos


def _invalid(table: Path, line: int) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.EVALUATE_LABELS_INVALID, line=line, path=str(table))
