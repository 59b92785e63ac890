"""Albums, how many photos they hold, and what is said of which photo. Reads only.

Whatever changes them goes through the journal, but for what edited files inherit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    case,
    column,
    func,
    select,
)

from desktopsearch.domain.albums import Album, LabelCount, folded
from desktopsearch.storage.schema import album, label, photo


def every(connection: Connection) -> list[Album]:
    """All albums, in the order of their names."""
    rows = connection.execute(_with_counts().order_by(album.c.folded))
    return [_album(row) for row in rows]


def find(connection: Connection, name: str) -> Album | None:
    """The album of this name, whatever its case."""
    row = connection.execute(_with_counts().where(album.c.folded == folded(name))).one_or_none()
    return _album(row) if row is not None else None


def read(connection: Connection, album_id: int) -> Album | None:
    """The album with this id."""
    row = connection.execute(_with_counts().where(album.c.id == album_id)).one_or_none()
    return _album(row) if row is not None else None


def photo_ids(connection: Connection, album_id: int, *, rejected: bool = False) -> list[int]:
    """The photos that are in an album, or that are not in it, ascending."""
    return list(
        connection.scalars(
            select(label.c.photo_id)
            .where(label.c.album_id == album_id, label.c.rejected == int(rejected))
            .order_by(label.c.photo_id)
        )
    )


def memberships(connection: Connection) -> NDArray[np.int64]:
    """The photos (n,) that are in albums, each as often as it is in one."""
    # The raw cursor: there may be a hundred thousand.
    rows = connection.connection.cursor().execute("SELECT photo_id FROM label WHERE rejected = 0")
    return np.fromiter((photo_id for (photo_id,) in rows), dtype=np.int64)


def albums_of(connection: Connection, photo_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The albums that photos are in, in the order of their names; those in none are left out."""
    wanted = func.json_each(json.dumps(list(photo_ids))).table_valued(column("value", Integer))
    rows = connection.execute(
        select(label.c.photo_id, label.c.album_id)
        .join(album, album.c.id == label.c.album_id)
        .where(label.c.photo_id.in_(select(wanted.c.value)), label.c.rejected == 0)
        .order_by(album.c.folded)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[row.photo_id] = (*found.get(row.photo_id, ()), row.album_id)
    return found


def label_counts(connection: Connection, photo_ids: Sequence[int]) -> list[LabelCount]:
    """What is said of photos, album by album; albums of which nothing is said are left out."""
    wanted = func.json_each(json.dumps(list(photo_ids))).table_valued(column("value", Integer))
    rows = connection.execute(
        select(
            label.c.album_id,
            _count(label.c.rejected == 0).label("inside"),
            _count(label.c.rejected == 1).label("rejected"),
        )
        .where(label.c.photo_id.in_(select(wanted.c.value)))
        .group_by(label.c.album_id)
    )
    return [LabelCount(row.album_id, row.inside, row.rejected) for row in rows]


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of one photo and one album."""

    album_id: int
    photo_id: int
    digest: bytes
    """Of the photo's content."""
    rejected: bool


def labels(connection: Connection) -> list[Label]:
    """All that is said of photos, by album, then by photo."""
    rows = connection.execute(
        select(label.c.album_id, label.c.photo_id, photo.c.digest, label.c.rejected)
        .join(photo, photo.c.id == label.c.photo_id)
        .order_by(label.c.album_id, label.c.photo_id)
    )
    return [Label(row.album_id, row.photo_id, row.digest, bool(row.rejected)) for row in rows]


def _with_counts() -> Select[tuple[object, ...]]:
    inside = label.c.rejected == 0
    return (
        select(
            album,
            _count(inside).label("photos"),
            _count(inside & photo.c.orphaned_at.is_(None)).label("present"),
            _count(label.c.rejected == 1).label("rejections"),
        )
        .outerjoin(label, label.c.album_id == album.c.id)
        .outerjoin(photo, photo.c.id == label.c.photo_id)
        .group_by(album.c.id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _album(row: Row[tuple[object, ...]]) -> Album:
    return Album(row.id, row.name, row.colour, row.photos, row.present, row.rejections)
