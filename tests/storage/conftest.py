from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.storage.database import Database


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


@pytest.fixture
def database(paths: LibraryPaths) -> Iterator[Database]:
    with Database.open_writer(paths) as database:
        yield database
