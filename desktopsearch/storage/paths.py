"""From paths to the photos that lie there, as the library knows it; opens no file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select

from desktopsearch.domain.library import Root
from desktopsearch.storage import roots
from desktopsearch.storage.schema import location

_CHUNK = 5_000


def photos_at(connection: Connection, paths: Iterable[bytes]) -> dict[bytes, int]:
    """The ids of the photos at absolute paths; where none is known, the path is left out."""
    known = roots.every(connection)
    wanted: dict[tuple[int, bytes], dict[bytes, bytes]] = defaultdict(dict)
    for path in paths:
        root = next((each for each in known if roots.covers(each.path, path)), None)
        if root is not None:
            directory, name = _parts(root, path)
            wanted[root.id, directory][name] = path
    found: dict[bytes, int] = {}
    for (root_id, directory), names in wanted.items():
        for row in _in_directory(connection, root_id, directory, list(names)):
            found[names[row[0]]] = row[1]
    return found


def _parts(root: Root, path: bytes) -> tuple[bytes, bytes]:
    directory, _, name = roots.relative(root.path, path).rpartition(b"/")
    return directory, name


def _in_directory(
    connection: Connection, root_id: int, directory: bytes, names: list[bytes]
) -> Iterable[tuple[bytes, int]]:
    for start in range(0, len(names), _CHUNK):
        rows = connection.execute(
            select(location.c.name, location.c.photo_id).where(
                location.c.root_id == root_id,
                location.c.directory == directory,
                location.c.name.in_(names[start : start + _CHUNK]),
                location.c.photo_id.is_not(None),
            )
        )
        yield from ((row.name, row.photo_id) for row in rows)
