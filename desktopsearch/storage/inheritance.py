"""What becomes of labels when a file is edited: the new content inherits those of the old one.

Only where the old content lies nowhere any more, which is certain when everything that was found
has been read: while files swap their names, a photo lies nowhere for a moment. Until then the old
photo of a location is remembered, so that a crash forgets nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, literal, select
from sqlalchemy.dialects.sqlite import insert

from desktopsearch.storage import differences
from desktopsearch.storage.schema import inheritance, label, label_change, location


def remember(connection: Connection, location_id: int, photo_id: int) -> None:
    """Remember what lay at a location; an older memory stays."""
    connection.execute(
        insert(inheritance)
        .values(location_id=location_id, photo_id=photo_id)
        .on_conflict_do_nothing()
    )


def forget(connection: Connection, location_id: int) -> None:
    """What lies at a location now is no edit of what lay there."""
    connection.execute(delete(inheritance).where(inheritance.c.location_id == location_id))


def pass_on(connection: Connection) -> int:
    """Hand labels on to edited contents, when all files have been read.

    What is remembered of locations that could not be read stays. Where the heir has a label of its
    own in an album, that one counts. The journal follows, so that undoing finds the label where it
    is now.

    Returns:
        Number of labels that were handed on.
    """
    anywhere = location.alias()
    rows = connection.execute(
        select(
            inheritance.c.location_id,
            inheritance.c.photo_id,
            location.c.photo_id.label("heir_id"),
            exists().where(anywhere.c.photo_id == inheritance.c.photo_id).label("still_lies"),
        )
        .join(location, location.c.id == inheritance.c.location_id)
        .where(location.c.photo_id.is_not(None), location.c.state == "settled")
        .order_by(inheritance.c.location_id)
    ).all()
    handed_on = 0
    for row in rows:
        if not row.still_lies:
            handed_on += _copy(connection, row.photo_id, row.heir_id)
            differences.inherit(connection, row.photo_id, row.heir_id)
        forget(connection, row.location_id)
    for photo_id in {row.photo_id for row in rows if not row.still_lies}:
        for table in (label, label_change):
            connection.execute(delete(table).where(table.c.photo_id == photo_id))
    return handed_on


def _copy(connection: Connection, photo_id: int, heir_id: int) -> int:
    copied = 0
    for table in (label_change, label):
        names = [each.name for each in table.c]
        columns = [literal(heir_id) if name == "photo_id" else table.c[name] for name in names]
        inherited = insert(table).from_select(
            names, select(*columns).where(table.c.photo_id == photo_id)
        )
        copied = connection.execute(inherited.on_conflict_do_nothing()).rowcount
    return copied
