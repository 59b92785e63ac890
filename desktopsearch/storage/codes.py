"""Binary codes as blobs, keyed by generation and photo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert

from desktopsearch.storage.schema import code


def read_all(
    connection: Connection, generation_id: int, bits: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Read the codes of all photos that lie somewhere, by ascending photo id.

    Returns:
        Photo ids (N,) int64 and packed codes (N, bits / 8) uint8.
    """
    # The raw cursor: a million codes in a third of a second instead of several.
    rows = connection.connection.cursor().execute(
        "SELECT code.photo_id, code.bits FROM code JOIN photo ON photo.id = code.photo_id"
        " WHERE code.generation_id = ? AND photo.orphaned_at IS NULL ORDER BY code.photo_id",
        (generation_id,),
    )
    return _table(rows, bits)


def read_after(
    connection: Connection, generation_id: int, bits: int, after: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Read the codes of at most ``limit`` photos with an id above ``after``, as ``read_all`` does.

    Photos that lie nowhere are among them.
    """
    rows = connection.connection.cursor().execute(
        "SELECT photo_id, bits FROM code WHERE generation_id = ? AND photo_id > ?"
        " ORDER BY photo_id LIMIT ?",
        (generation_id, after, limit),
    )
    return _table(rows, bits)


def count(connection: Connection, generation_id: int) -> int:
    """How many photos have a code of a generation, whether they lie anywhere now or not."""
    query = select(func.count()).where(code.c.generation_id == generation_id)
    return connection.execute(query).scalar_one()


def read_one(connection: Connection, generation_id: int, photo_id: int) -> bytes | None:
    """The packed code of one photo."""
    return connection.scalar(
        select(code.c.bits).where(
            code.c.generation_id == generation_id, code.c.photo_id == photo_id
        )
    )


def read_some(
    connection: Connection, generation_id: int, photo_ids: Sequence[int]
) -> dict[int, bytes]:
    """The packed codes of those among ``photo_ids``, at most some thousands, that have one."""
    rows = connection.execute(
        select(code.c.photo_id, code.c.bits).where(
            code.c.generation_id == generation_id, code.c.photo_id.in_(photo_ids)
        )
    )
    return {row.photo_id: row.bits for row in rows}


def write(connection: Connection, generation_id: int, codes: Sequence[tuple[int, bytes]]) -> None:
    """Store codes as (photo id, packed code), replacing those that are there."""
    if codes:
        statement = insert(code)
        connection.execute(
            statement.on_conflict_do_update(set_={"bits": statement.excluded.bits}),
            [
                {"generation_id": generation_id, "photo_id": photo_id, "bits": bits}
                for photo_id, bits in codes
            ],
        )


def delete_all(connection: Connection, generation_id: int) -> None:
    """Drop the codes of a generation, to be made again."""
    connection.execute(delete(code).where(code.c.generation_id == generation_id))


def count_misfits(connection: Connection) -> int:
    """How many codes have another length than their generation says."""
    return int(
        connection.execute(
            text(
                "SELECT count(*) FROM code JOIN generation ON generation.id = code.generation_id"
                " WHERE length(code.bits) * 8 != generation.bits"
            )
        ).scalar_one()
    )


def _table(
    rows: Iterable[tuple[int, bytes]], bits: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    width = bits // 8
    table = np.fromiter(rows, dtype=[("id", np.int64), ("code", f"V{width}")])
    codes = np.ascontiguousarray(table["code"]).view(np.uint8).reshape(len(table), width)
    return np.ascontiguousarray(table["id"]), codes
