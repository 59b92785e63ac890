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


def add_active(
    connection: Connection, *, name: str, model: str, fingerprint: str, bits: int, hash_layer: bytes
) -> Generation:
    """Add a generation and make it the active one."""
    connection.execute(update(generation).values(active=0))
    row = connection.execute(
        insert(generation)
        .values(
            name=name,
            model=model,
            fingerprint=fingerprint,
            bits=bits,
            hash_layer=hash_layer,
            created_at=int(time.time()),
            active=1,
        )
        .returning(generation)
    ).one()
    return _generation(row)


def _generation(row: Row[tuple[object, ...]]) -> Generation:
    return Generation(row.id, row.name, row.model, row.fingerprint, row.bits, row.hash_layer)
