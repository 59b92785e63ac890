"""Albums, labels, the journal of what was done to them, and what edited files inherit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables; a library of the first schema has no albums."""
    op.create_table(
        "album",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("colour", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "label",
        sa.Column(
            "album_id", sa.Integer, sa.ForeignKey("album.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("photo_id", sa.Integer, sa.ForeignKey("photo.id"), primary_key=True),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.CheckConstraint("rejected IN (0, 1)", name="rejected"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_label_photo", "label", ["photo_id"])
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("album", sa.Text, nullable=False),
        sa.Column("labels", sa.Integer, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("undone", sa.Integer, nullable=False),
        sa.CheckConstraint("undone IN (0, 1)", name="undone"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "album_change",
        sa.Column(
            "act_id", sa.Integer, sa.ForeignKey("act.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("album_id", sa.Integer, primary_key=True),
        sa.Column("before_name", sa.Text),
        sa.Column("before_colour", sa.Text),
        sa.Column("after_name", sa.Text),
        sa.Column("after_colour", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "label_change",
        sa.Column(
            "act_id", sa.Integer, sa.ForeignKey("act.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("album_id", sa.Integer, primary_key=True),
        sa.Column(
            "photo_id", sa.Integer, sa.ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("before_rejected", sa.Integer),
        sa.Column("before_at", sa.Integer),
        sa.Column("after_rejected", sa.Integer),
        sa.Column("after_at", sa.Integer),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_label_change_photo", "label_change", ["photo_id"])
    op.create_table(
        "inheritance",
        sa.Column(
            "location_id",
            sa.Integer,
            sa.ForeignKey("location.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "photo_id", sa.Integer, sa.ForeignKey("photo.id", ondelete="CASCADE"), nullable=False
        ),
    )
    op.create_index("ix_inheritance_photo", "inheritance", ["photo_id"])
