"""Embeddings that are lost with their cache come back from proxies, and the codes stay."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.services import folders, upkeep
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.session import WritingSession

PHOTOS = 40


def opened(paths: LibraryPaths) -> WritingSession:
    return WritingSession.open(paths, default_settings(), lambda _event: None)


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    """A library of pictures, no two alike."""
    folder = tmp_path / "photos"
    folder.mkdir()
    generator = np.random.default_rng(7)
    for number in range(PHOTOS):
        coarse = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((320, 240)).save(folder / f"{number:03d}.jpg")
    paths = LibraryPaths(tmp_path / "library")
    with opened(paths) as session:
        folders.add(session.library, [folder])
        session.bring_up_to_date()
        album = Labelling(session.library, lambda _event: None).create("Ants")
        photo_ids = session.library.snapshot.index.photo_ids[:5].tolist()
        Labelling(session.library, lambda _event: None).add(album.id, photo_ids)
    return paths


@pytest.mark.parametrize("lost", [("embeddings.db",), ("embeddings.db", "proxies.db")])
def test_lost_embeddings_come_back(paths: LibraryPaths, lost: tuple[str, ...]) -> None:
    codes, vectors = rows(paths.library, "code"), rows(paths.embeddings, "embedding")
    assert (len(codes), len(vectors)) == (PHOTOS, PHOTOS)
    for name in lost:
        (paths.folder / name).unlink()
    with opened(paths) as session:
        session.bring_up_to_date()
        assert session.ingest.encoding.encoded == PHOTOS
        assert [each.name for each in upkeep.examine(session.library) if not each.ok] == []
        assert len(session.library.snapshot.index) == PHOTOS
        assert session.suggest(1, 3).left == PHOTOS - 5
        # There is nothing left to do.
        session.bring_up_to_date()
        assert session.ingest.encoding.encoded == PHOTOS
    assert rows(paths.library, "code") == codes
    assert len(rows(paths.embeddings, "embedding")) == PHOTOS


def test_a_cancelled_run_leaves_the_rest_to_the_next(paths: LibraryPaths) -> None:
    paths.embeddings.unlink()
    with opened(paths) as session:
        session.ingest.start()
        session.loop.run(until=lambda: session.ingest.encoding.encoded > 0)
        session.ingest.cancel()
        session.loop.run(until=lambda: not session.ingest.running)
        session.bring_up_to_date()
        assert session.ingest.encoding.encoded == PHOTOS
