"""What would be learnt from the albums as they are, before anything is taught."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktopsearch.domain.teaching import Choice, choose_objective
from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES
from desktopsearch.hashing.training.inner_split import (
    FEWEST_CLASSES,
    FEWEST_GROUPS_OF_CLASS,
    FEWEST_PHOTOS,
)
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_job import TaughtAlbum
from desktopsearch.storage import albums


@dataclass(frozen=True, slots=True)
class Prospect:
    """What there is to learn from."""

    albums: list[TaughtAlbum]
    """Those with photos, in the order of their names."""
    labelled: int
    """Photos that are in an album and have a code."""
    unlabelled: int
    choice: Choice
    """Of the method, if it is left to the application."""

    albums_needed: int = FEWEST_CLASSES
    photos_needed: int = FEWEST_GROUPS_OF_CLASS
    """In each of these albums, near-copies counted once."""
    all_needed: int = FEWEST_PHOTOS
    """Photos in all, for methods without labels."""
    proof_needs: int = FEWEST_QUERIES
    """Labelled photos without which nothing is proven."""

    @property
    def large_albums(self) -> int:
        """Albums with enough photos; near-copies are not known yet and count in full."""
        return sum(album.photos >= self.photos_needed for album in self.albums)

    def suffices(self, *, labels: bool) -> bool:
        """Whether a method that learns from labels, or one that does not, can begin."""
        if labels:
            return self.large_albums >= self.albums_needed
        return self.labelled + self.unlabelled >= self.all_needed


def prospect(library: Library) -> Prospect:
    """Look at the albums.

    Args:
        library: With labels, or without.
    """
    photo_ids = np.sort(library.snapshot.index.photo_ids)
    with library.database.read() as connection:
        every = albums.every(connection)
        inside = [each for each in albums.labels(connection) if not each.rejected]
    there = np.isin([each.photo_id for each in inside], photo_ids).tolist()
    said = [each for each, known in zip(inside, there, strict=True) if known]
    rows = {photo_id: row for row, photo_id in enumerate(sorted({each.photo_id for each in said}))}
    columns = {album.id: column for column, album in enumerate(every)}
    labels = np.zeros((len(rows), len(every)), dtype=np.bool_)
    for each in said:
        labels[rows[each.photo_id], columns[each.album_id]] = True
    counts = labels.sum(axis=0).tolist()
    return Prospect(
        albums=[
            TaughtAlbum(album.id, album.name, count)
            for album, count in zip(every, counts, strict=True)
            if count
        ],
        labelled=len(rows),
        unlabelled=len(photo_ids) - len(rows),
        choice=choose_objective(labels[:, labels.any(axis=0)], len(photo_ids)),
    )
