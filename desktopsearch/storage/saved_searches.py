"""Searches that were saved under a name, and their part of the journal's acts."""

from __future__ import annotations

from typing import Literal

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from desktopsearch.domain.albums import folded
from desktopsearch.domain.kept_queries import SavedQuery, SavedSearch, of_json, to_json
from desktopsearch.storage.schema import saved_search, search_change


def every(connection: Connection) -> list[SavedSearch]:
    """All of them, in the order of their names."""
    rows = connection.execute(select(saved_search).order_by(saved_search.c.folded))
    return [_search(row) for row in rows]


def find(connection: Connection, name: str) -> SavedSearch | None:
    """The search of this name, whatever its case."""
    wanted = select(saved_search).where(saved_search.c.folded == folded(name))
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _search(row)


def read(connection: Connection, search_id: int) -> SavedSearch | None:
    """The search with this id."""
    wanted = select(saved_search).where(saved_search.c.id == search_id)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _search(row)


def count_unreadable(connection: Connection) -> int:
    """How many cannot be understood."""
    unreadable = 0
    for content in connection.scalars(select(saved_search.c.content)):
        try:
            of_json(content)
        except msgspec.DecodeError:
            unreadable += 1
    return unreadable


def note_new(connection: Connection, act_id: int, name: str, query: SavedQuery) -> None:
    """Make a search, as an act of the journal that is being noted; its name must be free."""
    content = to_json(query)
    search_id: int = connection.execute(
        insert(saved_search)
        .values(name=name, folded=folded(name), content=content)
        .returning(saved_search.c.id)
    ).scalar_one()
    _note(connection, act_id, search_id, after_name=name, after_content=content)


def note_change(
    connection: Connection, act_id: int, old: SavedSearch, name: str, query: SavedQuery
) -> None:
    """Note that a search gets another name or is made of something else, if it does."""
    if (name, query) != (old.name, old.query):
        _note(
            connection,
            act_id,
            old.id,
            before_name=old.name,
            before_content=to_json(old.query),
            after_name=name,
            after_content=to_json(query),
        )


def note_deletion(connection: Connection, act_id: int, old: SavedSearch) -> None:
    """Note that a search is deleted."""
    _note(connection, act_id, old.id, before_name=old.name, before_content=to_json(old.query))


def apply(connection: Connection, act_id: int, side: Literal["before", "after"]) -> None:
    """Make searches what they are on one side of an act."""
    name, content = search_change.c[f"{side}_name"], search_change.c[f"{side}_content"]
    changes = select(search_change.c.search_id, name, content)
    for row in connection.execute(changes.where(search_change.c.act_id == act_id)).all():
        _put(connection, *row)


def _put(connection: Connection, search_id: int, name: str | None, content: str) -> None:
    if name is None:
        connection.execute(delete(saved_search).where(saved_search.c.id == search_id))
        return
    values = {"name": name, "folded": folded(name), "content": content}
    connection.execute(
        sqlite_insert(saved_search)
        .values(id=search_id, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _note(connection: Connection, act_id: int, search_id: int, **sides: str) -> None:
    connection.execute(insert(search_change).values(act_id=act_id, search_id=search_id, **sides))


def _search(row: Row[tuple[object, ...]]) -> SavedSearch:
    return SavedSearch(row.id, row.name, of_json(row.content))
