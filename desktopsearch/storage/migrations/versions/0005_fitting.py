"""How many photos a hash layer was fitted to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table; no layer was fitted to a library before."""
    op.create_table(
        "fitting",
        sa.Column(
            "generation_id",
            sa.Integer,
            sa.ForeignKey("generation.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("photos", sa.Integer, nullable=False),
    )
