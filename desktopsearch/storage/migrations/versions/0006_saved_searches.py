"""Searches that were saved under a name, with their side of the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables; nothing was saved before."""
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("content", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_change",
        sa.Column(
            "act_id", sa.Integer, sa.ForeignKey("act.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("search_id", sa.Integer, primary_key=True),
        sa.Column("before_name", sa.Text),
        sa.Column("before_content", sa.Text),
        sa.Column("after_name", sa.Text),
        sa.Column("after_content", sa.Text),
        sqlite_with_rowid=False,
    )
