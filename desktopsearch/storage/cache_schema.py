"""The tables of a library's two caches, as SQLAlchemy Core.

They carry a version number and are thrown away when it differs.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

CACHE_VERSION = 1

embeddings = MetaData(schema="embeddings")

space = Table(
    "space",
    embeddings,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
)

embedding = Table(
    "embedding",
    embeddings,
    Column("space_id", Integer, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# For which hash layers (BLAKE2b-256 of their bytes) a fit to so many photos was declined.
declined_fit = Table(
    "declined_fit",
    embeddings,
    Column("space_id", Integer, primary_key=True),
    Column("layer", LargeBinary, primary_key=True),
    Column("photos", Integer, nullable=False),
    sqlite_with_rowid=False,
)

proxies = MetaData(schema="proxies")

proxy = Table(
    "proxy",
    proxies,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("jpeg", LargeBinary, nullable=False),
)
