"""Derived, and free to be missing: proxies and embeddings by content digest, and declined fits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from desktopsearch.storage.cache_schema import declined_fit, embedding, proxy, space
from desktopsearch.storage.schema import code, location, photo, root


def write_proxy(connection: Connection, digest: bytes, jpeg: bytes) -> None:
    """Store the proxy of a content."""
    statement = insert(proxy).values(digest=digest, jpeg=jpeg)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["digest"], set_={"jpeg": statement.excluded.jpeg}
        )
    )


def has_proxy(connection: Connection, digest: bytes) -> bool:
    """Whether a proxy of this content is stored."""
    return bool(connection.scalar(select(exists().where(proxy.c.digest == digest))))


def read_proxies(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """The stored proxies among ``digests``, as JPEG bytes."""
    rows = connection.execute(
        select(proxy.c.digest, proxy.c.jpeg).where(proxy.c.digest.in_(digests))
    )
    return {row.digest: row.jpeg for row in rows}


def digests_with_proxy(connection: Connection) -> list[bytes]:
    """The contents of all photos that lie somewhere and have a proxy, by ascending photo id."""
    return list(
        connection.scalars(
            select(photo.c.digest)
            .join(proxy, proxy.c.digest == photo.c.digest)
            .where(photo.c.orphaned_at.is_(None))
            .order_by(photo.c.id)
        )
    )


def proxies_are_missing(connection: Connection, generation_id: int) -> bool:
    """Whether proxies must be made again, as after the cache was deleted or power was lost.

    Looks for photos that cannot be encoded, and else compares numbers only.
    """
    coded = exists().where(code.c.photo_id == photo.c.id, code.c.generation_id == generation_id)
    stored = exists().where(proxy.c.digest == photo.c.digest)
    stuck = select(photo.c.id).where(photo.c.orphaned_at.is_(None), ~coded, ~stored).limit(1)
    if connection.scalar(stuck) is not None:
        return True
    proxies = connection.scalar(select(func.count()).select_from(proxy)) or 0
    return proxies < (connection.scalar(select(func.count()).select_from(photo)) or 0)


def delete_replaceable_proxies(connection: Connection) -> None:
    """Drop the proxies of all photos whose file can be reached, to be made again."""
    reachable = (
        select(photo.c.digest)
        .join(location, location.c.photo_id == photo.c.id)
        .join(root)
        .where(root.c.offline == 0)
    )
    connection.execute(delete(proxy).where(proxy.c.digest.in_(reachable)))


def write_embeddings(
    connection: Connection, fingerprint: str, vectors: Mapping[bytes, NDArray[np.float16]]
) -> None:
    """Store embeddings, (D,) float16 each, of the network with this fingerprint."""
    if not vectors:
        return
    space_id = _space(connection, fingerprint)
    statement = insert(embedding)
    connection.execute(
        statement.on_conflict_do_update(set_={"vector": statement.excluded.vector}),
        [
            {"space_id": space_id, "digest": digest, "vector": vector.astype("<f2").tobytes()}
            for digest, vector in vectors.items()
        ],
    )


def read_embeddings(
    connection: Connection, fingerprint: str, digests: Sequence[bytes]
) -> dict[bytes, NDArray[np.float16]]:
    """The stored embeddings among ``digests``, (D,) float16 each."""
    rows = connection.execute(
        select(embedding.c.digest, embedding.c.vector)
        .join(space, space.c.id == embedding.c.space_id)
        .where(space.c.fingerprint == fingerprint, embedding.c.digest.in_(digests))
    )
    return {row.digest: np.frombuffer(row.vector, dtype="<f2") for row in rows}


def embeddings_of(
    connection: Connection, fingerprint: str, photo_ids: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """Read the embeddings of photos, a thousand in some milliseconds.

    Returns:
        Positions in ``photo_ids`` (n,) of those whose embedding is stored, and these (n, D).
    """
    # Joined in just this order: left alone, SQLite walks through all embeddings instead.
    rows = connection.exec_driver_sql(
        "SELECT wanted.key, embedding.vector FROM json_each(?) AS wanted"
        " CROSS JOIN photo ON photo.id = wanted.value"
        " CROSS JOIN embeddings.embedding ON embedding.digest = photo.digest"
        " AND embedding.space_id = (SELECT id FROM embeddings.space WHERE fingerprint = ?)",
        (json.dumps(list(photo_ids)), fingerprint),
    ).all()
    vectors = np.frombuffer(b"".join([vector for _, vector in rows]), dtype="<f2")
    positions = np.array([position for position, _ in rows], dtype=np.int64)
    return positions, vectors.reshape(len(rows), -1 if rows else 0)


def with_embedding(connection: Connection, fingerprint: str, photo_ids: Sequence[int]) -> list[int]:
    """Those among ``photo_ids`` whose embedding is stored, in their order."""
    rows = connection.exec_driver_sql(
        "SELECT wanted.value FROM json_each(?) AS wanted"
        " CROSS JOIN photo ON photo.id = wanted.value"
        " CROSS JOIN embeddings.embedding ON embedding.digest = photo.digest"
        " AND embedding.space_id = (SELECT id FROM embeddings.space WHERE fingerprint = ?)"
        " ORDER BY wanted.key",
        (json.dumps(list(photo_ids)), fingerprint),
    )
    return [photo_id for (photo_id,) in rows]


def keep_declined_fit(
    connection: Connection, fingerprint: str, hash_layer: bytes, photos: int
) -> None:
    """Remember that a fit to so many photos kept fewer neighbours than a layer does."""
    values = {"space_id": _space(connection, fingerprint), "layer": _digest(hash_layer)}
    statement = insert(declined_fit).values(**values, photos=photos)
    connection.execute(statement.on_conflict_do_update(set_={"photos": statement.excluded.photos}))


def declined_fit_of(connection: Connection, fingerprint: str, hash_layer: bytes) -> int:
    """Photos that the library held when a fit was declined for this layer last, 0 if none was."""
    photos = connection.scalar(
        select(declined_fit.c.photos)
        .join(space, space.c.id == declined_fit.c.space_id)
        .where(space.c.fingerprint == fingerprint, declined_fit.c.layer == _digest(hash_layer))
    )
    return photos or 0


def delete_embeddings(connection: Connection) -> None:
    """Drop all embeddings, to be made again from proxies, and what was found out with them."""
    connection.execute(delete(embedding))
    connection.execute(delete(declined_fit))


def forget_embeddings(connection: Connection, fingerprint: str) -> None:
    """Drop the embeddings of the network with this fingerprint."""
    space_id = select(space.c.id).where(space.c.fingerprint == fingerprint).scalar_subquery()
    connection.execute(delete(embedding).where(embedding.c.space_id == space_id))
    connection.execute(delete(declined_fit).where(declined_fit.c.space_id == space_id))
    connection.execute(delete(space).where(space.c.fingerprint == fingerprint))


def _digest(hash_layer: bytes) -> bytes:
    return hashlib.blake2b(hash_layer, digest_size=32).digest()


def _space(connection: Connection, fingerprint: str) -> int:
    connection.execute(insert(space).values(fingerprint=fingerprint).on_conflict_do_nothing())
    return int(
        connection.execute(
            select(space.c.id).where(space.c.fingerprint == fingerprint)
        ).scalar_one()
    )
