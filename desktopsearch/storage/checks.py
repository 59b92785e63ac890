"""Questions that only a check-up asks."""

from __future__ import annotations

from sqlalchemy import Connection, exists, func, or_, select, text

from desktopsearch.storage.schema import location, photo


def damage(connection: Connection, schema: str) -> str:
    """What SQLite's own check says about one of the files; empty if nothing is wrong."""
    lines = connection.execute(text(f"PRAGMA {schema}.integrity_check(10)")).scalars().all()
    return "" if lines == ["ok"] else "; ".join(lines)


def broken_references(connection: Connection) -> str:
    """Rows that refer to something that is not there; empty if there are none."""
    rows = connection.execute(text("PRAGMA main.foreign_key_check")).all()
    return f"{len(rows)} rows refer to nothing" if rows else ""


def count_unnoted_orphans(connection: Connection) -> int:
    """How many photos lie nowhere without that being noted, or the other way round."""
    placed = exists().where(location.c.photo_id == photo.c.id)
    return (
        connection.scalar(
            select(func.count())
            .select_from(photo)
            .where(
                or_(
                    photo.c.orphaned_at.is_(None) & ~placed,
                    photo.c.orphaned_at.is_not(None) & placed,
                )
            )
        )
        or 0
    )
