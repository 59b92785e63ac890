"""Opening a session: what it reads, and what it leaves behind when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.services.library import Library
from desktopsearch.services.session import ReadingSession, WritingSession
from tests.services.made_up_library import embeddings_of_kinds, make_library


def test_no_code_is_read_before_it_is_needed(tmp_path: Path) -> None:
    paths = LibraryPaths(tmp_path)
    make_library(paths, embeddings_of_kinds(10, 2, 1.0))
    with Library.open_writer(paths) as library, library.database.write() as connection:
        connection.execute(text("DROP TABLE code"))
    for session in (ReadingSession, WritingSession):
        session.open(paths, Settings(decoder_processes=1), print).close()


def test_a_session_that_cannot_be_made_closes_its_library(tmp_path: Path) -> None:
    paths = LibraryPaths(tmp_path)
    wrong = Settings(decoder_processes="two")  # type: ignore[arg-type]
    with pytest.raises(TypeError) as kept:
        WritingSession.open(paths, wrong, print)
    with Library.open_writer(paths) as library:
        assert library.totals().photos == 0
    assert kept.tb is not None
