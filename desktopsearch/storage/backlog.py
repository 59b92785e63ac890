"""Photos that lie somewhere and lack what is derived of them, looked for some way at a time.

A look takes (after, limit): it returns at most ``limit`` photos with an id above ``after`` as
(photo id, content digest), ascending, and the last id that was looked at, which is ``after`` itself
if there are no photos above.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, exists, func, select

from desktopsearch.domain.library import Generation
from desktopsearch.storage.cache_schema import embedding, proxy, space
from desktopsearch.storage.schema import code, photo

# So many ids are looked at in some ten milliseconds, however few photos are found among them.
_IDS_AT_ONCE = 10_000

Look = tuple[list[tuple[int, bytes]], int]


def without_code(connection: Connection, generation_id: int, after: int, limit: int) -> Look:
    """Look for photos that have no code of a generation."""
    coded = exists().where(code.c.photo_id == photo.c.id, code.c.generation_id == generation_id)
    return _look(connection, ~coded, after, limit)


def without_embedding(connection: Connection, fingerprint: str, after: int, limit: int) -> Look:
    """Look for photos that have no embedding of the network with this fingerprint."""
    space_id = select(space.c.id).where(space.c.fingerprint == fingerprint).scalar_subquery()
    stored = exists().where(embedding.c.space_id == space_id, embedding.c.digest == photo.c.digest)
    return _look(connection, ~stored, after, limit)


def is_filled(connection: Connection, generation_id: int) -> bool:
    """Whether all photos that lie somewhere have a code of a generation."""
    coded = exists().where(code.c.photo_id == photo.c.id, code.c.generation_id == generation_id)
    lacking = select(photo.c.id).where(photo.c.orphaned_at.is_(None), ~coded).limit(1)
    return connection.scalar(lacking) is None


def cannot_be_encoded(connection: Connection, known_id: int, generation_id: int) -> bool:
    """Whether a photo has a code of one generation, none of another, and no proxy to make it of."""

    def coded(wanted: int) -> ColumnElement[bool]:
        return exists().where(code.c.photo_id == photo.c.id, code.c.generation_id == wanted)

    stored = exists().where(proxy.c.digest == photo.c.digest)
    lost = (
        select(photo.c.id)
        .where(photo.c.orphaned_at.is_(None), coded(known_id), ~coded(generation_id), ~stored)
        .limit(1)
    )
    return connection.scalar(lost) is not None


def embeddings_are_missing(connection: Connection, generation: Generation) -> bool:
    """Whether embeddings must be made again, as after their cache was thrown away.

    Each code was made from an embedding, so only their numbers are compared.
    """
    space_id = select(space.c.id).where(space.c.fingerprint == generation.fingerprint)
    stored = (
        select(func.count())
        .select_from(embedding)
        .where(embedding.c.space_id == space_id.scalar_subquery())
    )
    coded = select(func.count()).select_from(code).where(code.c.generation_id == generation.id)
    return bool(connection.scalar(select(stored.scalar_subquery() < coded.scalar_subquery())))


def _look(connection: Connection, condition: ColumnElement[bool], after: int, limit: int) -> Look:
    last = connection.scalar(select(func.max(photo.c.id))) or 0
    until = max(after, min(after + _IDS_AT_ONCE, last))
    rows = connection.execute(
        select(photo.c.id, photo.c.digest)
        .where(photo.c.id > after, photo.c.id <= until, photo.c.orphaned_at.is_(None), condition)
        .order_by(photo.c.id)
        .limit(limit)
    )
    found = [(row.id, row.digest) for row in rows]
    return found, found[-1][0] if len(found) == limit else until
