"""When many photos were taken, a part of the library at a time. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, func, or_, select

from desktopsearch.domain.library import Root
from desktopsearch.storage import photos
from desktopsearch.storage.schema import location, photo


def latest_id(connection: Connection) -> int:
    """The largest id of a photo; 0 where there is none."""
    return connection.scalar(select(func.max(photo.c.id))) or 0


def dated(
    connection: Connection,
    among: range | NDArray[np.int64],
    folders: Sequence[Sequence[tuple[Root, bytes]]] = (),
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those of some photos that lie somewhere, and when they were taken.

    By the camera's clock; where the camera has not told, by when the oldest copy's file was last
    changed, on the clock of this machine.

    Args:
        connection: To the library.
        among: Ids (n,), ascending; some thousands, since they are read at once.
        folders: Each, in its parts as ``roots.parts_below`` has them, holds a copy of the photo.

    Returns:
        The ids (m,), ascending, and the moments (m,) in microseconds, the least of all for a file
        of a year that the calendar does not know.
    """
    changed = func.strftime(
        "%Y-%m-%dT%H:%M:%S", func.min(location.c.mtime_ns) // 10**9, "unixepoch", "localtime"
    )
    is_among = (
        photo.c.id.between(among.start, among.stop - 1)
        if isinstance(among, range)
        else photo.c.id.in_(among.tolist())
    )
    inside = [
        func.max(or_(*(photos.lies_in(root.id, directory) for root, directory in parts)))
        for parts in folders
    ]
    rows = connection.execute(
        select(photo.c.id, func.coalesce(photo.c.taken_at, changed))
        .join(location, location.c.photo_id == photo.c.id)
        .where(is_among)
        .group_by(photo.c.id)
        .having(and_(True, *inside))
        .order_by(photo.c.id)
    ).all()
    moments = np.array([moment for _id, moment in rows], dtype="datetime64[us]")
    return np.array([photo_id for photo_id, _moment in rows], dtype=np.int64), moments.view(
        np.int64
    )
