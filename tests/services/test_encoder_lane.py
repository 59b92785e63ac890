"""The lane with a real encoder child whose model does not stay what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.model import bundled_model_folder, load_model, save_model
from desktopsearch.services import folders
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from tests.journeys.photographs import put, put_many

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")


def _put_model(folder: Path, input_px: int) -> None:
    bundled = load_model(bundled_model_folder())
    manifest = msgspec.structs.replace(bundled.manifest, name=folder.name, input_px=input_px)
    save_model(folder, manifest, bundled.embedding, bundled.layer)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[WritingSession]:
    """A library of five photos, open, that uses a model of its own."""
    paths = LibraryPaths(tmp_path / "library")
    Library.open_writer(paths).close()
    _put_model(paths.models / "mine", 64)
    with Library.open_for_model(paths, paths.models / "mine") as library:
        library.activate()
    put_many(tmp_path / "photos", range(5))
    with WritingSession.open(paths, SETTINGS, lambda _: None) as session:
        folders.add(session.library, [tmp_path / "photos"])
        session.bring_up_to_date()
        yield session


def _stored(session: WritingSession) -> tuple[int, int]:
    with session.library.database.read() as connection:
        embeddings = connection.execute(text("SELECT count(*) FROM embeddings.embedding"))
        codes = connection.execute(text("SELECT count(*) FROM code"))
        return embeddings.scalar_one(), codes.scalar_one()


def test_a_model_that_is_replaced_while_it_is_used_encodes_nothing(
    session: WritingSession, tmp_path: Path
) -> None:
    assert _stored(session) == (5, 5)
    _put_model(tmp_path / "library" / "models" / "mine", 96)
    put(tmp_path / "photos" / "new.jpg", 99)
    session.use(replace(SETTINGS, encoder_threads=1))  # the encoder starts anew
    with pytest.raises(DesktopSearchError) as caught:
        session.bring_up_to_date()
    assert caught.value.code is ProblemCode.MODEL_REPLACED
    assert caught.value.parameters == {"model": "mine"}
    assert _stored(session) == (5, 5)
    session.close()
    with WritingSession.open(session.library.database.paths, SETTINGS, lambda _: None) as again:
        again.bring_up_to_date()
        assert len(again.library.snapshot.index) == 6
