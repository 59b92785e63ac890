"""Hash layers with codes of their own; exactly one is active."""

from __future__ import annotations

import time

from sqlalchemy import Connection, Row, insert, select, update

from desktopsearch.domain.library import Generation
from desktopsearch.storage.schema import generation


def active(connection: Connection) -> Generation | None:
    """The generation that searches use, None in a library that was never opened for writing."""
    row = connection.execute(select(generation).where(generation.c.active == 1)).one_or_none()
    return _generation(row) if row is not None else None


def find(
    connection: Connection, *, model: str, fingerprint: str, hash_layer: bytes
) -> Generation | None:
    """The newest generation that was made with just this, active or not."""
    row = connection.execute(
        select(generation)
        .where(
            generation.c.model == model,
            generation.c.fingerprint == fingerprint,
            generation.c.hash_layer == hash_layer,
        )
        .order_by(generation.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _generation(row) if row is not None else None


def add(
    connection: Connection, *, name: str, model: str, fingerprint: str, bits: int, hash_layer: bytes
) -> Generation:
    """Add a generation that is not active."""
    row = connection.execute(
        insert(generation)
        .values(
            name=name,
            model=model,
            fingerprint=fingerprint,
            bits=bits,
            hash_layer=hash_layer,
            created_at=int(time.time()),
            active=0,
        )
        .returning(generation)
    ).one()
    return _generation(row)


def activate(connection: Connection, generation_id: int) -> None:
    """Make a generation the one that searches use."""
    connection.execute(update(generation).values(active=0).where(generation.c.active == 1))
    connection.execute(update(generation).values(active=1).where(generation.c.id == generation_id))


def _generation(row: Row[tuple[object, ...]]) -> Generation:
    return Generation(row.id, row.name, row.model, row.fingerprint, row.bits, row.hash_layer)
