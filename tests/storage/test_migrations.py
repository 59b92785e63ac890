"""Every schema that was ever released comes to the one of this version, with its contents."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.albums import Act, ActKind, Album
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import (
    albums,
    differences,
    generations,
    journal,
    locations,
    migrate,
    photos,
    problems,
    roots,
    saved_searches,
)
from desktopsearch.storage.database import Database
from desktopsearch.storage.schema import APPLICATION_ID, HEAD_REVISION, library

FIXTURES = Path(__file__).parents[1] / "fixtures" / "schema"
RELEASED = sorted(FIXTURES.glob("*.sql"))
OPAQUE_TABLES = {"alembic_version", "sqlite_sequence"}


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def put_back(fixture: Path, paths: LibraryPaths) -> None:
    paths.folder.mkdir()
    with contextlib.closing(sqlite3.connect(paths.library)) as connection:
        connection.executescript(fixture.read_text(encoding="utf-8"))


def shape_of(file: Path) -> dict[str, str]:
    """The statements that made the tables and indexes of a database, by name."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows if name not in OPAQUE_TABLES}


def test_the_last_migration_is_the_head_of_the_schema() -> None:
    assert scripts().get_heads() == [HEAD_REVISION]


def test_revisions_sort_in_their_order() -> None:
    # A library is taken for newer by comparing revisions as texts.
    in_order = [script.revision for script in scripts().walk_revisions()][::-1]
    assert in_order == sorted(in_order)
    assert {len(revision) for revision in in_order} == {4}


def test_there_is_a_fixture_for_each_revision() -> None:
    assert {path.stem for path in RELEASED} == {
        each.revision for each in scripts().walk_revisions()
    }


def test_the_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            each
            for each in compare_metadata(context, library)
            # Alembic sees the attached caches as strangers.
            if getattr(each[1], "schema", None) is None
        ]
    assert differences == []


def test_the_migrated_schema_is_made_by_the_same_statements(
    database: Database, paths: LibraryPaths, tmp_path: Path
) -> None:
    """Alembic compares neither checks nor the conditions of indexes; SQLite's own words do."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    library.create_all(engine)
    engine.dispose()
    database.close()
    assert _sorted_words(shape_of(paths.library)) == _sorted_words(shape_of(tmp_path / "made.db"))


def _sorted_words(shape: dict[str, str]) -> dict[str, list[str]]:
    return {name: sorted(sql.replace(",", " ").split()) for name, sql in shape.items()}


def test_a_new_library_knows_itself(database: Database) -> None:
    with database.read() as connection:
        assert migrate.revision_of(connection, database.paths) == HEAD_REVISION
        assert connection.execute(text("PRAGMA application_id")).scalar() == APPLICATION_ID


@pytest.mark.parametrize("fixture", RELEASED, ids=lambda path: path.stem)
def test_a_released_library_is_brought_to_the_head(fixture: Path, paths: LibraryPaths) -> None:
    put_back(fixture, paths)
    with Database.open_writer(paths) as database, database.write() as connection:
        assert migrate.revision_of(connection, database.paths) == HEAD_REVISION
        [away, here] = roots.every(connection)
        assert (away.path, away.offline) == (b"/mnt/away", True)
        assert (here.path, here.offline, here.scanned_at) == (b"/photos", False, 1_700_000_000)
        assert roots.exclusions(connection) == [".*", "drafts"]
        generation = generations.active(connection)
        assert generation is not None
        assert (generation.id, generation.bits) == (2, 16)
        # What was active before activations were remembered is the first of them.
        generations.activate(connection, 1)
        before = generations.before_active(connection)
        assert before is not None
        assert before.id == 2
        generations.go_back(connection, 2)
        totals = photos.totals(connection, generation.id)
        assert (totals.photos, totals.locations, totals.unencoded) == (2, 4, 0)
        assert totals.pending == 1
        assert {each.path for each in photos.places(connection, [1])[1]} == {
            b"/photos/2024/a\xff.jpg",
            b"/mnt/away/copy.jpg",
        }
        [problem] = problems.every(connection)
        assert (problem.path, problem.code) == (b"/photos/bad.jpg", ProblemCode.FILE_EMPTY)
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    kept = list(paths.folder.glob("library-before-*.db"))
    assert len(kept) == (0 if fixture.stem == HEAD_REVISION else 1)


@pytest.mark.parametrize(
    "fixture", [each for each in RELEASED if each.stem >= "0002"], ids=lambda path: path.stem
)
def test_albums_of_a_released_library(fixture: Path, paths: LibraryPaths) -> None:
    put_back(fixture, paths)
    with Database.open_writer(paths) as database, database.write() as connection:
        assert albums.every(connection) == [
            Album(3, "Grüße 🎉", "#1565c0", photos=1, present=0, rejected=0),
            Album(1, "Holiday", "#c62828", photos=1, present=1, rejected=1),
        ]
        assert albums.find(connection, "GRÜSSE 🎉") == albums.read(connection, 3)
        assert journal.undo(connection) == Act(2, ActKind.ADD, "Holiday", 1, 1_700_000_010)
        assert albums.photo_ids(connection, 1) == []
        journal.redo(connection)
        assert journal.redo(connection) == Act(3, ActKind.ADD, "Grüße 🎉", 1, 1_700_000_013)
        assert albums.photo_ids(connection, 3) == [2, 5]


@pytest.mark.parametrize(
    "fixture", [each for each in RELEASED if each.stem >= "0006"], ids=lambda path: path.stem
)
def test_saved_searches_of_a_released_library(fixture: Path, paths: LibraryPaths) -> None:
    put_back(fixture, paths)
    with Database.open_writer(paths) as database, database.write() as connection:
        [search] = saved_searches.every(connection)
        assert (search.id, search.name, search.query.how.max_distance) == (2, "Boats ⛵", 40)
        assert search.query.pictures is not None
        assert search.query.pictures.path == b"/photos/2024/a\xff.jpg"
        assert photos.find(connection, search.query.pictures.digest or b"") == 1
        # The act before those on albums.
        assert journal.undo(connection) is not None
        assert journal.undo(connection) is not None
        undone = journal.undo(connection)
        assert undone == Act(0, ActKind.SAVE_SEARCH, "Boats ⛵", 0, 1_700_000_008)
        assert saved_searches.every(connection) == []


@pytest.mark.parametrize(
    "fixture", [each for each in RELEASED if each.stem >= "0007"], ids=lambda path: path.stem
)
def test_differences_of_a_released_library(fixture: Path, paths: LibraryPaths) -> None:
    put_back(fixture, paths)
    with Database.open_writer(paths) as database, database.write() as connection:
        assert differences.every(connection) == [(1, 2)]
        undone = [journal.undo(connection) for _act in range(4)]
        assert undone[-1] == Act(-1, ActKind.DIFFERENT, "", 0, 1_700_000_007)
        assert differences.every(connection) == []
        assert journal.redo(connection) == undone[-1]
        assert differences.every(connection) == [(1, 2)]


def test_an_older_library_is_kept_before_it_is_changed(paths: LibraryPaths) -> None:
    put_back(RELEASED[0], paths)
    with pytest.raises(DesktopSearchError) as raised:
        Database.open_reader(paths)
    assert raised.value.code is ProblemCode.LIBRARY_OUTDATED
    Database.open_writer(paths).close()
    [copy] = paths.folder.glob("library-before-*.db")
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM photo").fetchone() == (3,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_failed_migration_changes_nothing(
    paths: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "APPLICATION_ID", "not a number (")
    with pytest.raises(Exception, match="syntax error"):
        Database.open_writer(paths)
    monkeypatch.undo()
    assert shape_of(paths.library) == {}
    with Database.open_writer(paths) as database, database.read() as connection:
        assert locations.count_pending(connection) == 0


def test_a_database_of_another_program_is_refused_untouched(paths: LibraryPaths) -> None:
    paths.folder.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(paths.library)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(DesktopSearchError) as refusal:
        Database.open_writer(paths)
    assert refusal.value.code is ProblemCode.LIBRARY_FOREIGN
    with contextlib.closing(sqlite3.connect(paths.library)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
