"""Transactions, readers, locks, codes and caches on real files."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.storage import backlog, caches, codes, generations, photos, roots
from desktopsearch.storage.database import Database
from tests.storage.fill import digest_of, new_photo


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def fail_halfway() -> None:
        with database.write() as connection:
            roots.add(connection, b"/kept nowhere")
            caches.write_proxy(connection, digest_of(1), b"jpeg")
            raise RuntimeError("as asked")

    with pytest.raises(RuntimeError):
        fail_halfway()
    with database.read() as connection:
        assert roots.every(connection) == []
        assert not caches.has_proxy(connection, digest_of(1))


def test_a_reader_sees_what_is_committed_and_changes_nothing(
    database: Database, paths: LibraryPaths
) -> None:
    with Database.open_reader(paths) as reader:
        with database.write() as connection:
            roots.add(connection, b"/photos")
            with reader.read() as reading:
                assert roots.every(reading) == []
        with reader.read() as reading:
            assert len(roots.every(reading)) == 1
            with database.write() as connection:
                roots.add(connection, b"/more")
            assert len(roots.every(reading)) == 1, "one consistent view"
        with pytest.raises(DesktopSearchError) as raised, reader.write() as connection:
            roots.add(connection, b"/no")
        assert raised.value.code is ProblemCode.LIBRARY_UNWRITABLE


def test_there_is_one_writer(database: Database, paths: LibraryPaths) -> None:
    with pytest.raises(DesktopSearchError) as raised:
        Database.open_writer(paths)
    assert raised.value.code is ProblemCode.LIBRARY_BUSY
    database.close()
    Database.open_writer(paths).close()


def test_a_failed_opening_frees_the_lock(paths: LibraryPaths) -> None:
    paths.folder.mkdir()
    paths.library.write_bytes(b"garbage" * 1000)
    for _ in range(2):
        with pytest.raises(DesktopSearchError) as raised:
            Database.open_writer(paths)
        assert raised.value.code is ProblemCode.LIBRARY_CORRUPT
    paths.library.unlink()
    Database.open_writer(paths).close()


@pytest.mark.parametrize("name", ["with blank", "ünï 🎉", "100% #1?mode=ro&x"])
def test_a_data_folder_of_any_name(tmp_path: Path, name: str) -> None:
    paths = LibraryPaths(tmp_path / name)
    Database.open_writer(paths).close()
    Database.open_reader(paths).close()
    assert paths.library.exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_connection_sets_what_it_must(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        for schema in ("main", "embeddings", "proxies"):
            assert connection.execute(text(f"PRAGMA {schema}.journal_mode")).scalar() == "wal"


def test_an_old_cache_is_thrown_away(database: Database, paths: LibraryPaths) -> None:
    with database.write() as connection:
        caches.write_proxy(connection, digest_of(1), b"jpeg")
    database.close()
    with contextlib.closing(sqlite3.connect(paths.proxies)) as old, old:
        old.execute("PRAGMA user_version = 0")
    with Database.open_writer(paths) as again, again.read() as reading:
        assert not caches.has_proxy(reading, digest_of(1))


def test_a_log_without_its_database_does_no_harm(database: Database, paths: LibraryPaths) -> None:
    with database.write() as connection:
        caches.write_proxy(connection, digest_of(1), b"jpeg")
    log = paths.proxies.with_name("proxies.db-wal")
    kept = log.with_name("kept")
    shutil.copy(log, kept)
    database.close()
    paths.proxies.unlink()
    kept.rename(log)
    with Database.open_writer(paths) as again, again.read() as reading:
        assert not caches.has_proxy(reading, digest_of(1))


def test_codes_come_back_as_they_were(database: Database) -> None:
    width = 4
    with database.write() as connection:
        first = _generation(connection, 8 * width)
        other = _generation(connection, 8)
        ids = [photos.add(connection, new_photo(number)) for number in range(5)]
        rows = [bytes([number, 0, 255, 10]) for number in range(5)]
        codes.write(connection, first, list(zip(ids, rows, strict=True))[1:])
        codes.write(connection, other, [(ids[0], b"x")])
        lacking = [(ids[0], digest_of(0))]
        assert backlog.without_code(connection, first, 0, 10) == (lacking, ids[-1])
        assert backlog.without_code(connection, first, ids[-1], 10) == ([], ids[-1])
        assert backlog.without_code(connection, other, ids[2], 1) == (
            [(ids[3], digest_of(3))],
            ids[3],
        )
        assert codes.read_some(connection, first, ids[:2]) == {ids[1]: rows[1]}
        codes.write(connection, first, [(ids[4], b"\0\0\0\0")])
        photo_ids, packed = codes.read_all(connection, first, 8 * width)
        assert photo_ids.tolist() == ids[1:]
        assert packed.dtype == np.uint8
        assert [row.tobytes() for row in packed] == [*rows[1:4], b"\0\0\0\0"]
        assert codes.read_one(connection, first, ids[0]) is None
        assert codes.count_misfits(connection) == 0
        codes.write(connection, first, [(ids[1], b"short")])
        assert codes.count_misfits(connection) == 1
        codes.delete_all(connection, first)
        assert codes.read_all(connection, first, 8 * width)[1].shape == (0, width)
        assert codes.read_one(connection, other, ids[0]) == b"x"


def test_a_look_for_what_is_missing_is_short_however_little_is(database: Database) -> None:
    with database.write() as connection:
        generation = _generation(connection, 8)
        first = photos.add(connection, new_photo(0))
        codes.write(connection, generation, [(first, b"x")])
        last = photos.add(connection, new_photo(1))
        connection.execute(text(f"UPDATE photo SET id = 25000 WHERE id = {last}"))
        looks: list[backlog.Look] = []
        after = 0
        while not looks or looks[-1][1] > after:
            after = looks[-1][1] if looks else 0
            looks.append(backlog.without_code(connection, generation, after, 100))
    lacking = (25_000, digest_of(1))
    assert looks == [([], 10_000), ([], 20_000), ([lacking], 25_000), ([], 25_000)]


def test_embeddings_that_are_missing_are_found_by_their_number_and_then_one_by_one(
    database: Database,
) -> None:
    vector = np.zeros(4, np.float16)
    with database.write() as connection:
        generation = generations.get(connection, _generation(connection, 8))
        assert generation is not None
        space = generation.fingerprint
        ids = [photos.add(connection, new_photo(number)) for number in range(3)]
        assert not backlog.embeddings_are_missing(connection, generation)
        codes.write(connection, generation.id, [(each, b"x") for each in ids[:2]])
        assert backlog.embeddings_are_missing(connection, generation)
        caches.write_embeddings(connection, "another", {digest_of(n): vector for n in range(3)})
        assert backlog.embeddings_are_missing(connection, generation)
        caches.write_embeddings(connection, space, {digest_of(0): vector})
        assert backlog.embeddings_are_missing(connection, generation)
        lacking = [(ids[1], digest_of(1)), (ids[2], digest_of(2))]
        assert backlog.without_embedding(connection, space, 0, 10) == (lacking, ids[2])
        assert backlog.without_embedding(connection, space, 0, 1) == (lacking[:1], ids[1])
        caches.write_embeddings(connection, space, {digest_of(1): vector})
        assert not backlog.embeddings_are_missing(connection, generation)


def test_only_one_generation_is_active(database: Database) -> None:
    with database.write() as connection:
        assert generations.active(connection) is None
        _generation(connection, 16)
        second = _generation(connection, 24)
        active = generations.active(connection)
        assert active is not None
        assert (active.id, active.bits) == (second, 24)


def test_embeddings_belong_to_their_network(database: Database) -> None:
    vectors = {digest_of(each): np.full(4, each, dtype=np.float16) for each in range(3)}
    with database.write() as connection:
        caches.write_embeddings(connection, "one", vectors)
        caches.write_embeddings(connection, "two", {digest_of(0): np.ones(4, dtype=np.float16)})
        caches.write_embeddings(connection, "two", {})
        found = caches.read_embeddings(connection, "one", [digest_of(0), digest_of(2)])
        assert {key: value.tolist() for key, value in found.items()} == {
            digest_of(0): [0.0] * 4,
            digest_of(2): [2.0] * 4,
        }
        assert len(caches.read_embeddings(connection, "two", list(vectors))) == 1
        assert caches.read_embeddings(connection, "three", list(vectors)) == {}
        caches.delete_embeddings(connection)
        assert caches.read_embeddings(connection, "one", list(vectors)) == {}


def _generation(connection: Connection, bits: int) -> int:
    made = generations.add(
        connection, name="n", model="m", fingerprint="f", bits=bits, hash_layer=b""
    )
    generations.activate(connection, made.id)
    return made.id
