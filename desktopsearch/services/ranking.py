"""From a query's outputs to hits: the nearest codes, where those photos lie, what is still there.

Belongs to the thread of the library. Must never touch a user's file: whether files are there is
asked of a child by whoever calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import pack
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import PlacedFile, shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query, SearchHit
from desktopsearch.services.library import Library
from desktopsearch.storage import photos, roots


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo near the query, with all its places; some may be gone by now."""

    photo_id: int
    distance: int
    places: tuple[PlacedFile, ...]


def photos_in_folder(library: Library, folder: bytes) -> NDArray[np.int64]:
    """The ids of the photos that lie in a folder or deeper.

    Raises:
        DesktopSearchError: FOLDER_UNKNOWN when no folder of the library has to do with it.
    """
    with library.database.read() as connection:
        parts = roots.parts_below(connection, folder)
        inside = {
            photo_id
            for root, directory in parts
            for photo_id in photos.below(connection, root.id, directory)
        }
    if not parts:
        raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(folder))
    return np.fromiter(inside, dtype=np.int64)


def nearest(
    library: Library,
    query: Query,
    logits: NDArray[np.float32],
    among: NDArray[np.int64] | None,
    reach: int,
) -> list[Candidate]:
    """The ``reach`` nearest photos, in their order.

    Args:
        library: Whose codes are compared.
        query: For its largest distance, and for which copy comes first.
        logits: The query's real-valued outputs (bits,) float32.
        among: Ids of the only photos to consider; None for all.
        reach: Most candidates.
    """
    ranking = library.snapshot.index.search(
        pack(logits), logits, limit=reach, max_distance=query.max_distance, among=among
    )
    photo_ids = ranking.photo_ids.tolist()
    with library.database.read() as connection:
        places = photos.places(connection, photo_ids)
    return [
        Candidate(photo_id, distance, _wanted_first(query.folder, places.get(photo_id, [])))
        for photo_id, distance in zip(photo_ids, ranking.distances.tolist(), strict=True)
    ]


def hits_among(candidates: Sequence[Candidate], present: Sequence[bool]) -> list[SearchHit]:
    """The candidates that are still there, or whose folder is offline.

    Args:
        candidates: In their order.
        present: Whether each place of each candidate is there, one after the other.
    """
    is_present = iter(present)
    hits = []
    for candidate in candidates:
        there = [place for place in candidate.places if next(is_present) or place.offline]
        if there:
            copies = tuple(copy.path for copy in there[1:])
            hits.append(
                SearchHit(
                    candidate.photo_id, candidate.distance, there[0].path, copies, there[0].offline
                )
            )
    return hits


def _wanted_first(folder: bytes | None, places: list[PlacedFile]) -> tuple[PlacedFile, ...]:
    if folder is None:
        return tuple(places)
    return tuple(sorted(places, key=lambda place: not roots.covers(folder, place.path)))
