"""Which photos a filter lets through, as ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from desktopsearch.domain.filters import FORMATS
from desktopsearch.storage.schema import label, location, photo

_FIRST, _LAST = "", "a"
"""Below and above every time in ISO 8601."""


def taken_between(
    connection: Connection, first_day: date | None, last_day: date | None
) -> NDArray[np.int64]:
    """The photos (n,) of a span of days, both ends included; None for no end.

    A photo of which the camera has not told the time counts by when the oldest copy's file was
    last changed, on the clock of this machine.
    """
    first = _FIRST if first_day is None else f"{first_day}T00:00:00"
    last = _LAST if last_day is None else f"{last_day}T23:59:59.999999"
    told = connection.scalars(select(photo.c.id).where(photo.c.taken_at.between(first, last)))
    changed = func.min(location.c.mtime_ns)
    untold = (
        select(photo.c.id)
        .join(location, location.c.photo_id == photo.c.id)
        .where(photo.c.taken_at.is_(None))
        .group_by(photo.c.id)
    )
    if first_day is not None:
        untold = untold.having(changed >= _midnight_ns(first_day))
    if last_day is not None and last_day < date.max:
        untold = untold.having(changed < _midnight_ns(last_day + timedelta(days=1)))
    return _array([*told, *connection.scalars(untold)])


def of_formats(connection: Connection, names: Iterable[str]) -> NDArray[np.int64]:
    """The photos (n,) of some formats of ``FORMATS``."""
    decoders = [each for name in names for each in FORMATS[name]]
    return _array(connection.scalars(select(photo.c.id).where(photo.c.format.in_(decoders))))


def in_albums(connection: Connection, album_ids: Iterable[int]) -> NDArray[np.int64]:
    """The photos (n,) that are in one of some albums, or in several of them."""
    inside = label.c.album_id.in_(list(album_ids)) & (label.c.rejected == 0)
    return _array(connection.scalars(select(label.c.photo_id).where(inside).distinct()))


def formats(connection: Connection) -> list[str]:
    """The formats of ``FORMATS`` that photos of the library have, in their order there."""
    there = set(
        connection.scalars(select(photo.c.format).where(photo.c.orphaned_at.is_(None)).distinct())
    )
    return [name for name, decoders in FORMATS.items() if there & set(decoders)]


def _midnight_ns(day: date) -> int:
    # The clock of this machine, daylight saving and all.
    return int(datetime.combine(day, time()).astimezone().timestamp()) * 10**9


def _array(photo_ids: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(photo_ids, dtype=np.int64)
