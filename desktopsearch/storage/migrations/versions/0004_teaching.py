"""What taught generations were made of, and which generations were active when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables; the active generation is the first activation that is known."""
    op.create_table(
        "teaching",
        sa.Column(
            "generation_id",
            sa.Integer,
            sa.ForeignKey("generation.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_table(
        "activation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "generation_id",
            sa.Integer,
            sa.ForeignKey("generation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO activation (generation_id, at)"
        " SELECT id, created_at FROM generation WHERE active = 1"
    )
