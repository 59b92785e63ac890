"""The journal of acts on albums, saved searches and differences: diffs, to be undone and redone.

An act is noted first and then applied from what was noted, so that doing and redoing are one. Acts
that were undone lie ahead of those that stand, until a new act takes their place.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    column,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desktopsearch.domain.albums import Act, ActKind, Album, History, folded
from desktopsearch.storage import differences, saved_searches
from desktopsearch.storage.schema import (
    act,
    album,
    album_change,
    difference_change,
    label,
    label_change,
    photo,
    search_change,
)

MOST_ACTS: Final = 1_000
MOST_LABELS: Final = 1_000_000
"""How many changes of labels are kept, but for those of the last act."""

_Side = Literal["before", "after"]


class NewAct:
    """An act while it is noted; nothing has changed until ``finish``, but for new albums."""

    def __init__(self, connection: Connection, kind: ActKind, album_name: str = "") -> None:
        """Begin an act.

        Args:
            connection: Inside a write transaction, the same until ``finish``.
            kind: What is done.
            album_name: Of the one album or saved search that it is about.
        """
        self._connection = connection
        self._at = int(time.time())
        values = {"kind": kind.value, "album": album_name, "labels": 0, "at": self._at}
        self._id: int = connection.execute(
            insert(act).values(**values, undone=0).returning(act.c.id)
        ).scalar_one()

    @property
    def id(self) -> int:
        """Of the act, for what notes its changes elsewhere."""
        return self._id

    def create(self, name: str, colour: str) -> int:
        """Make an album and return its id; no other may have its name."""
        album_id: int = self._connection.execute(
            insert(album)
            .values(name=name, folded=folded(name), colour=colour)
            .returning(album.c.id)
        ).scalar_one()
        self._note_album(album_id, after_name=name, after_colour=colour)
        return album_id

    def change(self, old: Album, *, name: str, colour: str) -> None:
        """Give an album a name and a colour; the same as before are no change."""
        if (name, colour) != (old.name, old.colour):
            self._note_album(
                old.id,
                before_name=old.name,
                before_colour=old.colour,
                after_name=name,
                after_colour=colour,
            )

    def delete(self, old: Album) -> None:
        """Delete an album with all that is said of photos and it."""
        self._note_album(old.id, before_name=old.name, before_colour=old.colour)
        self._note_labels(
            select(
                literal(self._id),
                label.c.album_id,
                label.c.photo_id,
                label.c.rejected,
                label.c.at,
                null(),
                null(),
            ).where(label.c.album_id == old.id)
        )

    def label(self, album_id: int, photo_ids: Sequence[int], *, rejected: bool | None) -> None:
        """Say of photos that they are in an album or not, or say nothing of them any more.

        Args:
            album_id: The album, at most once in an act with the same photo.
            photo_ids: Those of whom the same is said already, or that the library has forgotten,
                are left out.
            rejected: None to say nothing.
        """
        wanted = func.json_each(json.dumps(list(dict.fromkeys(photo_ids)))).table_valued(
            column("value", Integer)
        )
        self._note_labels(
            select(
                literal(self._id),
                literal(album_id),
                photo.c.id,
                label.c.rejected,
                label.c.at,
                literal(None if rejected is None else int(rejected), Integer),
                literal(None if rejected is None else self._at, Integer),
            )
            .select_from(wanted)
            .join(photo, photo.c.id == wanted.c.value)
            .outerjoin(label, (label.c.photo_id == photo.c.id) & (label.c.album_id == album_id))
            .where(label.c.rejected.is_distinct_from(None if rejected is None else int(rejected)))
        )

    def finish(self) -> Act | None:
        """Carry out what was noted; None, and nothing is changed, if that is nothing."""
        count = select(func.count()).select_from(label_change)
        labels = self._connection.scalar(count.where(label_change.c.act_id == self._id)) or 0
        tables = album_change, search_change, difference_change
        others = (select(each.c.act_id).where(each.c.act_id == self._id) for each in tables)
        if not labels and self._connection.scalar(union_all(*others).limit(1)) is None:
            self._connection.execute(delete(act).where(act.c.id == self._id))
            return None
        self._connection.execute(update(act).where(act.c.id == self._id).values(labels=labels))
        self._connection.execute(delete(act).where(act.c.undone == 1))
        _apply(self._connection, self._id, "after")
        _drop_oldest(self._connection)
        return _act(self._connection.execute(select(act).where(act.c.id == self._id)).one())

    def _note_album(self, album_id: int, **sides: str) -> None:
        self._connection.execute(
            insert(album_change).values(act_id=self._id, album_id=album_id, **sides)
        )

    def _note_labels(self, rows: Select[tuple[object, ...]]) -> None:
        self._connection.execute(
            insert(label_change).from_select([each.name for each in label_change.c], rows)
        )


def undo(connection: Connection) -> Act | None:
    """Undo the last act that stands; None if none does."""
    return _turn(connection, history(connection).undo, "before", undone=1)


def redo(connection: Connection) -> Act | None:
    """Redo the act that was undone last; None if none was."""
    return _turn(connection, history(connection).redo, "after", undone=0)


def history(connection: Connection) -> History:
    """What would be undone and redone next."""
    last = select(act).where(act.c.undone == 0).order_by(act.c.id.desc()).limit(1)
    next_ = select(act).where(act.c.undone == 1).order_by(act.c.id).limit(1)
    standing, undone = (connection.execute(each).one_or_none() for each in (last, next_))
    return History(
        _act(standing) if standing is not None else None,
        _act(undone) if undone is not None else None,
    )


def _turn(connection: Connection, which: Act | None, side: _Side, *, undone: int) -> Act | None:
    if which is not None:
        _apply(connection, which.id, side)
        connection.execute(update(act).where(act.c.id == which.id).values(undone=undone))
    return which


def _apply(connection: Connection, act_id: int, side: _Side) -> None:
    """Make everything what it is on one side of an act."""
    rejected, at = label_change.c[f"{side}_rejected"], label_change.c[f"{side}_at"]
    of_act = label_change.c.act_id == act_id
    gone = select(label_change.c.album_id, label_change.c.photo_id).where(
        of_act, rejected.is_(None)
    )
    connection.execute(delete(label).where(tuple_(label.c.album_id, label.c.photo_id).in_(gone)))
    name, colour = album_change.c[f"{side}_name"], album_change.c[f"{side}_colour"]
    albums = select(album_change.c.album_id, name, colour).where(album_change.c.act_id == act_id)
    for row in connection.execute(albums).all():
        _put_album(connection, *row)
    saved_searches.apply(connection, act_id, side)
    differences.apply(connection, act_id, side)
    there = sqlite_insert(label).from_select(
        ["album_id", "photo_id", "rejected", "at"],
        select(label_change.c.album_id, label_change.c.photo_id, rejected, at).where(
            of_act, rejected.is_not(None)
        ),
    )
    connection.execute(
        there.on_conflict_do_update(
            index_elements=["album_id", "photo_id"],
            set_={"rejected": there.excluded.rejected, "at": there.excluded.at},
        )
    )


def _put_album(connection: Connection, album_id: int, name: str | None, colour: str) -> None:
    if name is None:
        connection.execute(delete(album).where(album.c.id == album_id))
        return
    values = {"name": name, "folded": folded(name), "colour": colour}
    connection.execute(
        sqlite_insert(album)
        .values(id=album_id, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _drop_oldest(connection: Connection) -> None:
    newest_first = act.c.id.desc()
    ranked = select(
        act.c.id,
        func.row_number().over(order_by=newest_first).label("place"),
        func.sum(act.c.labels).over(order_by=newest_first).label("labels"),
    ).subquery()
    too_old = select(ranked.c.id).where(
        or_(ranked.c.place > MOST_ACTS, (ranked.c.labels > MOST_LABELS) & (ranked.c.place > 1))
    )
    connection.execute(delete(act).where(act.c.id.in_(too_old)))


def _act(row: Row[tuple[object, ...]]) -> Act:
    return Act(row.id, ActKind(row.kind), row.album, row.labels, row.at)
