"""Alembic's environment for library.db; run by ``storage.migrate`` only."""
