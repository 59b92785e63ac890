"""Applies filters: which photos of the library a search may find."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, filters, photos, roots


def photos_within(library: Library, wanted: Filter) -> NDArray[np.int64] | None:
    """The photos (n,) that pass a filter; None where it lets all of them through.

    Raises:
        DesktopSearchError: FOLDER_UNKNOWN when no folder of the library has to do with the
            filter's.
    """
    passed = []
    # Those in memory, since to read all ids takes a second. Photos without a code are found by
    # nothing but a listing, which sees to this itself. Outside of the transaction, since it may
    # need one.
    searched = library.snapshot.index.photo_ids if wanted.without_album else None
    with library.database.read() as connection:
        if wanted.folder is not None:
            passed.append(_in_folder(connection, wanted.folder))
        if wanted.first_day is not None or wanted.last_day is not None:
            passed.append(filters.taken_between(connection, wanted.first_day, wanted.last_day))
        if wanted.formats:
            passed.append(filters.of_formats(connection, wanted.formats))
        if wanted.album_ids:
            passed.append(filters.in_albums(connection, wanted.album_ids))
        if searched is not None:
            passed.append(searched[~np.isin(searched, albums.memberships(connection))])
    if not passed:
        return None
    among = passed[0]
    for others in passed[1:]:
        among = np.intersect1d(among, others)
    return among


def formats_of(library: Library) -> list[str]:
    """The formats of which the library has photos, the commonest of all libraries first."""
    with library.database.read() as connection:
        return filters.formats(connection)


def _in_folder(connection: Connection, folder: bytes) -> NDArray[np.int64]:
    parts = roots.parts_below(connection, folder)
    if not parts:
        raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(folder))
    inside = {
        photo_id
        for root, directory in parts
        for photo_id in photos.below(connection, root.id, directory)
    }
    return np.fromiter(inside, dtype=np.int64)
