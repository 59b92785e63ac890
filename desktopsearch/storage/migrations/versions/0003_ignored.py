"""Files whose problem the user has put aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table; nothing was ignored before."""
    op.create_table(
        "ignored",
        sa.Column(
            "location_id",
            sa.Integer,
            sa.ForeignKey("location.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("mtime_ns", sa.Integer, nullable=False),
    )
