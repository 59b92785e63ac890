"""Runs the migrations on the connection that ``storage.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from desktopsearch.storage.schema import library

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=library,
    render_as_batch=True,
)
context.run_migrations()
