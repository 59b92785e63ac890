"""Hash layers with codes of their own; exactly one is active, and which ones were is remembered."""

from __future__ import annotations

import time

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from desktopsearch.domain.library import Generation
from desktopsearch.storage.schema import activation, fitting, generation, teaching


def active(connection: Connection) -> Generation | None:
    """The generation that searches use, None in a library that was never opened for writing."""
    row = connection.execute(select(generation).where(generation.c.active == 1)).one_or_none()
    return _generation(row) if row is not None else None


def every(connection: Connection) -> list[Generation]:
    """All of them, the oldest first."""
    rows = connection.execute(select(generation).order_by(generation.c.id))
    return [_generation(row) for row in rows]


def get(connection: Connection, generation_id: int) -> Generation | None:
    """The generation of this id, if there is one."""
    row = connection.execute(
        select(generation).where(generation.c.id == generation_id)
    ).one_or_none()
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


def untaught(connection: Connection, taught: Generation) -> Generation | None:
    """The newest generation of the model on whose embeddings another was taught, if it was.

    It is the model's own, or was fitted to the library. None for a generation that was not taught,
    and for one whose network was taught too: that has embeddings of its own.
    """
    reports = select(teaching.c.generation_id)
    row = connection.execute(
        select(generation)
        .where(
            generation.c.model == taught.model,
            generation.c.fingerprint == taught.fingerprint,
            generation.c.id.not_in(reports),
            select(teaching.c.generation_id).where(teaching.c.generation_id == taught.id).exists(),
        )
        .order_by(generation.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _generation(row) if row is not None else None


def last_of_model(connection: Connection, model: str, fingerprint: str) -> Generation | None:
    """The generation of a model that was active last, of those that no album taught."""
    row = connection.execute(
        select(generation)
        .join(activation, activation.c.generation_id == generation.c.id)
        .where(
            generation.c.model == model,
            generation.c.fingerprint == fingerprint,
            generation.c.id.not_in(select(teaching.c.generation_id)),
        )
        .order_by(activation.c.id.desc())
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
    _switch(connection, generation_id)
    connection.execute(insert(activation).values(generation_id=generation_id, at=int(time.time())))


def before_active(connection: Connection) -> Generation | None:
    """The generation that searches used before the active one, if it is still there."""
    row = connection.execute(
        select(generation)
        .join(activation, activation.c.generation_id == generation.c.id)
        .where(generation.c.active == 0)
        .order_by(activation.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _generation(row) if row is not None else None


def go_back(connection: Connection, generation_id: int) -> None:
    """Make a generation that was active before the one that searches use, as if it had stayed."""
    _switch(connection, generation_id)
    last = select(func.max(activation.c.id)).where(activation.c.generation_id == generation_id)
    connection.execute(delete(activation).where(activation.c.id > last.scalar_subquery()))


def remove(connection: Connection, generation_id: int) -> None:
    """Forget a generation with its codes and its report."""
    connection.execute(delete(generation).where(generation.c.id == generation_id))


def keep_report(connection: Connection, generation_id: int, report: str) -> None:
    """Remember what a taught generation was made of and what it proved, as JSON."""
    connection.execute(insert(teaching).values(generation_id=generation_id, report=report))


def reports(connection: Connection) -> dict[int, str]:
    """The reports of all taught generations, by id."""
    return {row.generation_id: row.report for row in connection.execute(select(teaching))}


def keep_fitting(connection: Connection, generation_id: int, photos: int) -> None:
    """Remember that a layer was fitted to a library of so many photos, without any label.

    Of no photos, as long as it is not in use: what died before that is told by it.
    """
    connection.execute(delete(fitting).where(fitting.c.generation_id == generation_id))
    connection.execute(insert(fitting).values(generation_id=generation_id, photos=photos))


def fittings(connection: Connection) -> dict[int, int]:
    """Photos that the library held when a layer was fitted to it, by the generation's id."""
    return {row.generation_id: row.photos for row in connection.execute(select(fitting))}


def forget_fitted(connection: Connection) -> None:
    """Forget all layers that were fitted; where one is in use, the model's own takes its place."""
    fitted, now = fittings(connection), active(connection)
    if now is not None and now.id in fitted:
        [*_, own] = [
            each
            for each in every(connection)
            if each.fingerprint == now.fingerprint
            and each.id not in fitted.keys() | reports(connection).keys()
        ]
        activate(connection, own.id)
    for generation_id in fitted:
        remove(connection, generation_id)


def _switch(connection: Connection, generation_id: int) -> None:
    connection.execute(update(generation).values(active=0).where(generation.c.active == 1))
    connection.execute(update(generation).values(active=1).where(generation.c.id == generation_id))


def _generation(row: Row[tuple[object, ...]]) -> Generation:
    return Generation(
        row.id, row.name, row.model, row.fingerprint, row.bits, row.hash_layer, row.created_at
    )
