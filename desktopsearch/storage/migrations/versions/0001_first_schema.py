"""The first schema: roots, photos, locations, problems, generations and codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first schema."""
    op.create_table(
        "root",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("path", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("device", sa.Integer),
        sa.Column("offline", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("scanned_at", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_table("exclusion", sa.Column("pattern", sa.Text, primary_key=True))
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Text),
        sa.Column("taken_offset_min", sa.Integer),
        sa.Column("camera", sa.Text),
        sa.Column("added_at", sa.Integer, nullable=False),
        sa.Column("orphaned_at", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_photo_orphaned",
        "photo",
        ["orphaned_at"],
        sqlite_where=sa.text("orphaned_at IS NOT NULL"),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "root_id", sa.Integer, sa.ForeignKey("root.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("directory", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("mtime_ns", sa.Integer, nullable=False),
        sa.Column("inode", sa.Integer, nullable=False),
        sa.Column("photo_id", sa.Integer, sa.ForeignKey("photo.id")),
        sa.Column("state", sa.Text, nullable=False),
        sa.UniqueConstraint("root_id", "directory", "name"),
        sa.CheckConstraint("state IN ('pending', 'settled', 'failed')", name="state"),
        sa.CheckConstraint("state != 'settled' OR photo_id IS NOT NULL", name="settled"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_location_photo", "location", ["photo_id"])
    op.create_index("ix_location_same_file", "location", ["size", "mtime_ns"])
    op.create_index(
        "ix_location_pending", "location", ["id"], sqlite_where=sa.text("state = 'pending'")
    )
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "root_id", sa.Integer, sa.ForeignKey("root.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column(
            "location_id", sa.Integer, sa.ForeignKey("location.id", ondelete="CASCADE"), unique=True
        ),
        sa.Column("directory", sa.LargeBinary),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("application", sa.Text, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.CheckConstraint("(location_id IS NULL) != (directory IS NULL)", name="subject"),
    )
    op.create_index("ix_problem_root", "problem", ["root_id"])
    op.create_table(
        "generation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("bits", sa.Integer, nullable=False),
        sa.Column("hash_layer", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("active", sa.Integer, nullable=False),
        sa.CheckConstraint("active IN (0, 1)", name="active"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_generation_active",
        "generation",
        ["active"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
    )
    op.create_table(
        "code",
        sa.Column(
            "generation_id",
            sa.Integer,
            sa.ForeignKey("generation.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "photo_id", sa.Integer, sa.ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("bits", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
