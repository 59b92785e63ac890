"""The tables of ``library.db``, as SQLAlchemy Core: ground state and codes.

They are changed by migrations only.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

APPLICATION_ID = 0x44534C42  # "DSLB", so that `file` and we can tell a library from any database
HEAD_REVISION = "0007"

library = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

root = Table(
    "root",
    library,
    Column("id", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("device", Integer),
    Column("offline", Integer, nullable=False, server_default=text("0")),
    Column("scanned_at", Integer),
    sqlite_autoincrement=True,
)

exclusion = Table("exclusion", library, Column("pattern", Text, primary_key=True))

photo = Table(
    "photo",
    library,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("format", Text, nullable=False),
    Column("taken_at", Text),
    Column("taken_offset_min", Integer),
    Column("camera", Text),
    Column("added_at", Integer, nullable=False),
    Column("orphaned_at", Integer),
    Index("ix_photo_orphaned", "orphaned_at", sqlite_where=text("orphaned_at IS NOT NULL")),
    sqlite_autoincrement=True,
)

location = Table(
    "location",
    library,
    Column("id", Integer, primary_key=True),
    Column("root_id", Integer, ForeignKey("root.id", ondelete="CASCADE"), nullable=False),
    Column("directory", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("photo_id", Integer, ForeignKey("photo.id")),
    Column("state", Text, nullable=False),
    UniqueConstraint("root_id", "directory", "name"),
    CheckConstraint("state IN ('pending', 'settled', 'failed')", name="state"),
    CheckConstraint("state != 'settled' OR photo_id IS NOT NULL", name="settled"),
    Index("ix_location_photo", "photo_id"),
    Index("ix_location_same_file", "size", "mtime_ns"),
    Index("ix_location_pending", "id", sqlite_where=text("state = 'pending'")),
    sqlite_autoincrement=True,
)

problem = Table(
    "problem",
    library,
    Column("id", Integer, primary_key=True),
    Column("root_id", Integer, ForeignKey("root.id", ondelete="CASCADE"), nullable=False),
    Column("location_id", Integer, ForeignKey("location.id", ondelete="CASCADE"), unique=True),
    Column("directory", LargeBinary),
    Column("code", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("application", Text, nullable=False),
    Column("at", Integer, nullable=False),
    CheckConstraint("(location_id IS NULL) != (directory IS NULL)", name="subject"),
    Index("ix_problem_root", "root_id"),
)

# The file as it was when its problem was put aside; when it changes, the row says nothing more.
ignored = Table(
    "ignored",
    library,
    Column("location_id", Integer, ForeignKey("location.id", ondelete="CASCADE"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
)

generation = Table(
    "generation",
    library,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("bits", Integer, nullable=False),
    Column("hash_layer", LargeBinary, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("active", Integer, nullable=False),
    CheckConstraint("active IN (0, 1)", name="active"),
    Index("uq_generation_active", "active", unique=True, sqlite_where=text("active = 1")),
    sqlite_autoincrement=True,
)

code = Table(
    "code",
    library,
    Column(
        "generation_id", Integer, ForeignKey("generation.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("photo_id", Integer, ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True),
    Column("bits", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Of generations that were taught from albums: of what, and what they proved, as JSON.
teaching = Table(
    "teaching",
    library,
    Column(
        "generation_id", Integer, ForeignKey("generation.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("report", Text, nullable=False),
)

# Of generations whose layer was fitted to photos of the library without any label.
fitting = Table(
    "fitting",
    library,
    Column(
        "generation_id", Integer, ForeignKey("generation.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("photos", Integer, nullable=False),
)

# The last row is of the active generation; to undo is to go back to the row before.
activation = Table(
    "activation",
    library,
    Column("id", Integer, primary_key=True),
    Column(
        "generation_id", Integer, ForeignKey("generation.id", ondelete="CASCADE"), nullable=False
    ),
    Column("at", Integer, nullable=False),
    sqlite_autoincrement=True,
)

album = Table(
    "album",
    library,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("colour", Text, nullable=False),
    sqlite_autoincrement=True,
)

# No photo that has a label can be deleted.
label = Table(
    "label",
    library,
    Column("album_id", Integer, ForeignKey("album.id", ondelete="CASCADE"), primary_key=True),
    Column("photo_id", Integer, ForeignKey("photo.id"), primary_key=True),
    Column("rejected", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    CheckConstraint("rejected IN (0, 1)", name="rejected"),
    Index("ix_label_photo", "photo_id"),
    sqlite_with_rowid=False,
)

act = Table(
    "act",
    library,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("album", Text, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("undone", Integer, nullable=False),
    CheckConstraint("undone IN (0, 1)", name="undone"),
    sqlite_autoincrement=True,
)

# An album that was not there before has no name before, one that was deleted none after.
album_change = Table(
    "album_change",
    library,
    Column("act_id", Integer, ForeignKey("act.id", ondelete="CASCADE"), primary_key=True),
    Column("album_id", Integer, primary_key=True),
    Column("before_name", Text),
    Column("before_colour", Text),
    Column("after_name", Text),
    Column("after_colour", Text),
    sqlite_with_rowid=False,
)

label_change = Table(
    "label_change",
    library,
    Column("act_id", Integer, ForeignKey("act.id", ondelete="CASCADE"), primary_key=True),
    Column("album_id", Integer, primary_key=True),
    Column("photo_id", Integer, ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True),
    Column("before_rejected", Integer),
    Column("before_at", Integer),
    Column("after_rejected", Integer),
    Column("after_at", Integer),
    Index("ix_label_change_photo", "photo_id"),
    sqlite_with_rowid=False,
)

# What it is made of, as ``domain.kept_queries`` writes it.
saved_search = Table(
    "saved_search",
    library,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("content", Text, nullable=False),
    sqlite_autoincrement=True,
)

# As with albums, there is no name on the side on which there is no search.
search_change = Table(
    "search_change",
    library,
    Column("act_id", Integer, ForeignKey("act.id", ondelete="CASCADE"), primary_key=True),
    Column("search_id", Integer, primary_key=True),
    Column("before_name", Text),
    Column("before_content", Text),
    Column("after_name", Text),
    Column("after_content", Text),
    sqlite_with_rowid=False,
)

# Contents that are no duplicates of each other, the smaller digest first.
difference = Table(
    "difference",
    library,
    Column("one", LargeBinary, primary_key=True),
    Column("other", LargeBinary, primary_key=True),
    CheckConstraint("one < other", name="order"),
    sqlite_with_rowid=False,
)

# Whether an act said that they are different, or took that back.
difference_change = Table(
    "difference_change",
    library,
    Column("act_id", Integer, ForeignKey("act.id", ondelete="CASCADE"), primary_key=True),
    Column("one", LargeBinary, primary_key=True),
    Column("other", LargeBinary, primary_key=True),
    Column("different", Integer, nullable=False),
    CheckConstraint("different IN (0, 1)", name="different"),
    sqlite_with_rowid=False,
)

# Which photo lay at a location before its file was edited, until its labels have been passed on.
inheritance = Table(
    "inheritance",
    library,
    Column("location_id", Integer, ForeignKey("location.id", ondelete="CASCADE"), primary_key=True),
    Column("photo_id", Integer, ForeignKey("photo.id", ondelete="CASCADE"), nullable=False),
    Index("ix_inheritance_photo", "photo_id"),
)
