"""Contents that were told apart as no duplicates, with their side of the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables; nothing was told apart before."""
    op.create_table(
        "difference",
        sa.Column("one", sa.LargeBinary, primary_key=True),
        sa.Column("other", sa.LargeBinary, primary_key=True),
        sa.CheckConstraint("one < other", name="order"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "difference_change",
        sa.Column(
            "act_id", sa.Integer, sa.ForeignKey("act.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("one", sa.LargeBinary, primary_key=True),
        sa.Column("other", sa.LargeBinary, primary_key=True),
        sa.Column("different", sa.Integer, nullable=False),
        sa.CheckConstraint("different IN (0, 1)", name="different"),
        sqlite_with_rowid=False,
    )
