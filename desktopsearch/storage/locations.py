"""Where copies lie: hands out what to read, and keeps what came of it.

A location is pending until its bytes have been read, then settled on a photo, or failed with a
problem. Must never open a user's file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, exists, func, literal, or_, select, update

from desktopsearch.domain.library import PlacedFile
from desktopsearch.storage import inheritance, photos
from desktopsearch.storage.cache_schema import proxy
from desktopsearch.storage.schema import location, photo, problem, root

PENDING, SETTLED, FAILED = "pending", "settled", "failed"


def places_after(
    connection: Connection, location_id: int, limit: int
) -> list[tuple[int, bytes, bytes]]:
    """The locations that follow this id, as (id, directory below the root, name)."""
    rows = connection.execute(
        select(location.c.id, location.c.directory, location.c.name)
        .where(location.c.id > location_id)
        .order_by(location.c.id)
        .limit(limit)
    )
    return [(row.id, row.directory, row.name) for row in rows]


def next_pending(
    connection: Connection, under_way: Collection[int], limit: int
) -> list[PlacedFile]:
    """Files to read, of roots that can be reached, leaving out those under way."""
    rows = connection.execute(
        select(location.c.id, root.c.path, location.c.directory, location.c.name)
        .join(root)
        .where(
            location.c.state == PENDING,
            root.c.offline == 0,
            location.c.id.not_in(under_way),
        )
        .order_by(location.c.id)
        .limit(limit)
    )
    return [PlacedFile(row.id, row.path, row.directory, row.name) for row in rows]


def count_pending(connection: Connection) -> int:
    """How many files of reachable roots wait to be read."""
    return (
        connection.scalar(
            select(func.count())
            .select_from(location.join(root))
            .where(location.c.state == PENDING, root.c.offline == 0)
        )
        or 0
    )


def settle(
    connection: Connection, location_id: int, photo_id: int, size: int, mtime_ns: int
) -> bool:
    """Bind a location to the content that was read there.

    Content that lay nowhere is taken for an edit of what lay here before, and inherits from it.

    Returns:
        False when the location has been deleted in the meantime.
    """
    row = connection.execute(
        select(location.c.photo_id).where(location.c.id == location_id)
    ).one_or_none()
    if row is None:
        return False
    if row.photo_id != photo_id:
        if connection.scalar(select(exists().where(location.c.photo_id == photo_id))):
            inheritance.forget(connection, location_id)
        elif row.photo_id is not None:
            inheritance.remember(connection, location_id, row.photo_id)
    connection.execute(
        update(location)
        .where(location.c.id == location_id)
        .values(photo_id=photo_id, state=SETTLED, size=size, mtime_ns=mtime_ns)
    )
    connection.execute(delete(problem).where(problem.c.location_id == location_id))
    photos.unorphan(connection, [photo_id])
    if row.photo_id is not None and row.photo_id != photo_id:
        photos.orphan_unplaced(connection, [row.photo_id])
    return True


def photo_at(connection: Connection, location_id: int) -> tuple[int, bytes] | None:
    """The photo (id, content digest) that a location is or was settled on."""
    row = connection.execute(
        select(photo.c.id, photo.c.digest)
        .join(location, location.c.photo_id == photo.c.id)
        .where(location.c.id == location_id)
    ).one_or_none()
    return (row.id, row.digest) if row is not None else None


def fail(connection: Connection, location_id: int, *, keep_photo: bool) -> bool:
    """Mark a location as failed; its old photo stays only if the file itself may be unharmed.

    Returns:
        False when the location has been deleted in the meantime.
    """
    row = connection.execute(
        select(location.c.photo_id).where(location.c.id == location_id)
    ).one_or_none()
    if row is None:
        return False
    values = {"state": FAILED} if keep_photo else {"state": FAILED, "photo_id": None}
    connection.execute(update(location).where(location.c.id == location_id).values(values))
    if row.photo_id is not None and not keep_photo:
        inheritance.remember(connection, location_id, row.photo_id)
        photos.orphan_unplaced(connection, [row.photo_id])
    return True


def retry_failed(
    connection: Connection, application: str, transient: Collection[str], *, everything: bool
) -> int:
    """Make failed locations pending again where another try may go better.

    Args:
        connection: Inside a write transaction.
        application: This version; problems met by another version are tried again.
        transient: Names of problem codes that are tried again at every run.
        everything: Try again whatever has failed, since the user asks for it.
    """
    again = select(problem.c.location_id).where(
        problem.c.location_id.is_not(None),
        or_(
            literal(everything),
            problem.c.application != application,
            problem.c.code.in_(transient),
        ),
    )
    return connection.execute(
        update(location)
        .where(location.c.state == FAILED, location.c.id.in_(again))
        .values(state=PENDING)
    ).rowcount


def read_again(connection: Connection, location_ids: Sequence[int]) -> None:
    """Make failed locations pending again."""
    connection.execute(
        update(location)
        .where(location.c.state == FAILED, location.c.id.in_(location_ids))
        .values(state=PENDING)
    )


def reread_without_proxy(connection: Connection) -> int:
    """Make one location pending for each photo whose proxy is missing from the cache."""
    missing = (
        select(func.min(location.c.id))
        .select_from(location.join(root).join(photo, photo.c.id == location.c.photo_id))
        .where(
            location.c.state == SETTLED,
            root.c.offline == 0,
            ~exists().where(proxy.c.digest == photo.c.digest),
        )
        .group_by(location.c.photo_id)
    )
    return connection.execute(
        update(location).where(location.c.id.in_(missing)).values(state=PENDING)
    ).rowcount
