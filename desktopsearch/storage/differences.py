"""Pairs of contents that were told apart as no duplicates, and their part of the journal's acts.

By content, not by photo: what was said holds wherever the files lie, also when the library forgets
them and finds them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, text, tuple_
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desktopsearch.domain.differences import Pair
from desktopsearch.storage import photos
from desktopsearch.storage.schema import difference, difference_change, photo


def every(connection: Connection) -> list[Pair]:
    """The pairs of which the library knows both photos."""
    one, other = photo.alias(), photo.alias()
    rows = connection.execute(
        select(one.c.id, other.c.id)
        .select_from(difference)
        .join(one, one.c.digest == difference.c.one)
        .join(other, other.c.digest == difference.c.other)
    )
    return [(row[0], row[1]) for row in rows]


def note(connection: Connection, act_id: int, pairs: Sequence[Pair], *, different: bool) -> None:
    """Note, in an act of the journal, that photos are different, or that this is not said any more.

    Pairs of which the same is said already, or that the library has forgotten, are left out.
    """
    wanted = _contents(connection, pairs)
    known = {(row.one, row.other) for row in connection.execute(select(difference)) if wanted}
    changed = sorted(wanted - known if different else wanted & known)
    if changed:
        connection.execute(
            insert(difference_change),
            [
                {"act_id": act_id, "one": one, "other": other, "different": int(different)}
                for one, other in changed
            ],
        )


def apply(connection: Connection, act_id: int, side: Literal["before", "after"]) -> None:
    """Make differences what they are on one side of an act."""
    changes = select(difference_change.c.one, difference_change.c.other).where(
        difference_change.c.act_id == act_id
    )
    there = difference_change.c.different == int(side == "after")
    connection.execute(
        delete(difference).where(
            tuple_(difference.c.one, difference.c.other).in_(changes.where(~there))
        )
    )
    connection.execute(
        sqlite_insert(difference)
        .from_select(["one", "other"], changes.where(there))
        .on_conflict_do_nothing()
    )


def inherit(connection: Connection, photo_id: int, heir_id: int) -> None:
    """Say of an edited photo, too, what was said of the content that it had before."""
    digests = photos.digests_of(connection, [photo_id, heir_id])
    if len(digests) < 2:
        return
    values = {"old": digests[photo_id], "heir": digests[heir_id]}
    for table, more in (("difference", ""), ("difference_change", ", act_id, different")):
        connection.execute(
            text(
                f"INSERT OR IGNORE INTO {table} (one, other{more})"  # noqa: S608 - our own words
                f" SELECT min(:heir, rest), max(:heir, rest){more}"
                " FROM (SELECT *, CASE WHEN one = :old THEN other ELSE one END AS rest"
                f" FROM {table} WHERE one = :old OR other = :old) WHERE rest != :heir"
            ),
            values,
        )


def _contents(connection: Connection, pairs: Sequence[Pair]) -> set[tuple[bytes, bytes]]:
    digests = photos.digests_of(connection, list({each for pair in pairs for each in pair}))
    found = [
        sorted((digests[one], digests[other]))
        for one, other in pairs
        if one != other and one in digests and other in digests
    ]
    return {(one, other) for one, other in found}
