"""Contents: found by digest, orphaned when they lie nowhere, forgotten after a while."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from desktopsearch.domain.library import NewPhoto, PhotoDate, PhotoFacts, PlacedFile, Totals
from desktopsearch.storage import problems
from desktopsearch.storage.cache_schema import embedding, proxy
from desktopsearch.storage.schema import (
    album,
    code,
    label,
    location,
    photo,
    problem,
    root,
)

FORGET_AFTER_S = 30 * 24 * 3600

_CHUNK = 5_000


def find(connection: Connection, digest: bytes) -> int | None:
    """The id of the photo with this content, if it is known."""
    return connection.scalar(select(photo.c.id).where(photo.c.digest == digest))


def digests_of(connection: Connection, photo_ids: Sequence[int]) -> dict[int, bytes]:
    """The content digests of photos; ids that are not there are left out."""
    rows = connection.execute(select(photo.c.id, photo.c.digest).where(photo.c.id.in_(photo_ids)))
    return {row.id: row.digest for row in rows}


def ids_of(connection: Connection, digests: Collection[bytes]) -> dict[bytes, int]:
    """The ids of photos by their contents; contents that are not known are left out."""
    found: dict[bytes, int] = {}
    wanted = list(digests)
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(
            select(photo.c.digest, photo.c.id).where(
                photo.c.digest.in_(wanted[start : start + _CHUNK])
            )
        )
        found |= {row.digest: row.id for row in rows}
    return found


def add(connection: Connection, new: NewPhoto) -> int:
    """Add a content; returns its id, also when it was added by someone else meanwhile."""
    known = find(connection, new.digest)
    if known is not None:
        return known
    added = connection.execute(
        insert(photo)
        .values(
            digest=new.digest,
            size=new.size_bytes,
            width=new.width_px,
            height=new.height_px,
            format=new.format,
            taken_at=new.taken_at,
            taken_offset_min=new.taken_offset_min,
            camera=new.camera,
            added_at=int(time.time()),
        )
        .returning(photo.c.id)
    )
    return int(added.scalar_one())


def unorphan(connection: Connection, photo_ids: Sequence[int]) -> None:
    """Note that photos lie somewhere again."""
    for start in range(0, len(photo_ids), _CHUNK):
        connection.execute(
            update(photo)
            .where(
                photo.c.id.in_(photo_ids[start : start + _CHUNK]), photo.c.orphaned_at.is_not(None)
            )
            .values(orphaned_at=None)
        )


def orphan_unplaced(connection: Connection, photo_ids: Sequence[int] | None = None) -> None:
    """Note since when photos lie nowhere: all of them, or those among ``photo_ids``."""
    unplaced = update(photo).where(
        photo.c.orphaned_at.is_(None), ~exists().where(location.c.photo_id == photo.c.id)
    )
    if photo_ids is not None:
        unplaced = unplaced.where(photo.c.id.in_(photo_ids))
    connection.execute(unplaced.values(orphaned_at=int(time.time())))


def forget_orphans(connection: Connection, now: float) -> int:
    """Delete photos that have lain nowhere for thirty days, with all that was derived.

    A photo with a label stays: only its owner can say that it is not wanted any more.
    """
    gone = (
        connection.execute(
            delete(photo)
            .where(
                photo.c.orphaned_at < int(now) - FORGET_AFTER_S,
                ~exists().where(label.c.photo_id == photo.c.id),
            )
            .returning(photo.c.digest)
        )
        .scalars()
        .all()
    )
    for start in range(0, len(gone), _CHUNK):
        part = gone[start : start + _CHUNK]
        connection.execute(delete(embedding).where(embedding.c.digest.in_(part)))
        connection.execute(delete(proxy).where(proxy.c.digest.in_(part)))
    return len(gone)


def places(connection: Connection, photo_ids: Sequence[int]) -> dict[int, list[PlacedFile]]:
    """Where photos lie, copies on reachable roots first, then by path."""
    found: dict[int, list[PlacedFile]] = defaultdict(list)
    for start in range(0, len(photo_ids), _CHUNK):
        rows = connection.execute(
            select(
                location.c.id,
                location.c.photo_id,
                root.c.path,
                location.c.directory,
                location.c.name,
                root.c.offline,
            )
            .join(root)
            .where(location.c.photo_id.in_(photo_ids[start : start + _CHUNK]))
            .order_by(root.c.offline, root.c.path, location.c.directory, location.c.name)
        )
        for row in rows:
            found[row.photo_id].append(
                PlacedFile(row.id, row.path, row.directory, row.name, offline=bool(row.offline))
            )
    return found


def date_of(connection: Connection, photo_id: int) -> PhotoDate | None:
    """When a photo was taken or its file last changed; None if it lies nowhere."""
    row = connection.execute(
        select(photo.c.taken_at, func.min(location.c.mtime_ns).label("changed_ns"))
        .join(location, location.c.photo_id == photo.c.id)
        .where(photo.c.id == photo_id)
        .group_by(photo.c.id)
    ).one_or_none()
    if row is None:
        return None
    if row.taken_at is not None:
        return PhotoDate(datetime.fromisoformat(row.taken_at), by_camera=True)
    # A file system may hold years that the calendar does not know.
    with contextlib.suppress(ValueError, OverflowError, OSError):
        changed = datetime.fromtimestamp(row.changed_ns / 1e9, UTC).astimezone()
        return PhotoDate(changed, by_camera=False)
    return None


def facts(connection: Connection, photo_id: int) -> PhotoFacts | None:
    """All that is known of a photo; None if it is not there."""
    row = connection.execute(select(photo).where(photo.c.id == photo_id)).one_or_none()
    if row is None:
        return None
    return PhotoFacts(
        digest=row.digest,
        size_bytes=row.size,
        width_px=row.width,
        height_px=row.height,
        format=row.format,
        taken_at=None if row.taken_at is None else datetime.fromisoformat(row.taken_at),
        taken_offset_min=row.taken_offset_min,
        camera=row.camera,
        paths=tuple(each.path for each in places(connection, [photo_id]).get(photo_id, [])),
        albums=tuple(
            connection.scalars(
                select(album.c.name)
                .join(label, label.c.album_id == album.c.id)
                .where(label.c.photo_id == photo_id, label.c.rejected == 0)
                .order_by(album.c.folded)
            )
        ),
    )


def lies_in(root_id: int, directory: bytes) -> ColumnElement[bool]:
    """Whether a location is in a folder of a root or deeper."""
    inside = location.c.root_id == root_id
    if directory:
        # "0" follows "/" in ASCII, so the range holds exactly what begins with "directory/".
        inside &= (location.c.directory == directory) | (
            (location.c.directory >= directory + b"/") & (location.c.directory < directory + b"0")
        )
    return inside


def below(connection: Connection, root_id: int, directory: bytes) -> list[int]:
    """The photos that lie in a folder of a root or deeper, ascending."""
    return list(
        connection.scalars(
            select(location.c.photo_id)
            .where(lies_in(root_id, directory), location.c.photo_id.is_not(None))
            .distinct()
            .order_by(location.c.photo_id)
        )
    )


def with_copies(connection: Connection) -> set[int]:
    """The photos that lie in more than one place."""
    return set(
        connection.scalars(
            select(location.c.photo_id)
            .where(location.c.photo_id.is_not(None))
            .group_by(location.c.photo_id)
            .having(func.count() > 1)
        )
    )


def totals(connection: Connection, generation_id: int) -> Totals:
    """Count what the library holds."""

    def count(*conditions: object, table: object) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]

    visible = photo.c.orphaned_at.is_(None)
    encoded = exists().where(code.c.photo_id == photo.c.id, code.c.generation_id == generation_id)
    return Totals(
        photos=count(visible, table=photo),
        locations=count(table=location),
        pending=count(location.c.state == "pending", table=location),
        unencoded=count(visible, ~encoded, table=photo),
        problems=count(~problems.is_ignored(), table=problem),
    )
