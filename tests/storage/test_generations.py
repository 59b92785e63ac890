"""Generations: one is active, what was active before is known, and undoing goes back to it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from desktopsearch.domain.library import Generation
from desktopsearch.storage import codes, generations, photos
from desktopsearch.storage.database import Database
from tests.storage.fill import new_photo


def _added(connection: Connection, name: str) -> Generation:
    return generations.add(
        connection, name=name, model="m", fingerprint="f", bits=16, hash_layer=name.encode()
    )


def _active(connection: Connection) -> str:
    found = generations.active(connection)
    assert found is not None
    return found.name


def test_undoing_goes_back_one_activation_at_a_time(database: Database) -> None:
    with database.write() as connection:
        made = [_added(connection, name) for name in "abc"]
        for each in made:
            generations.activate(connection, each.id)
        assert _active(connection) == "c"
        for expected in "ba":
            before = generations.before_active(connection)
            assert before is not None
            assert before.name == expected
            generations.go_back(connection, before.id)
            assert _active(connection) == expected
        assert generations.before_active(connection) is None


def test_what_was_undone_is_not_what_was_before(database: Database) -> None:
    with database.write() as connection:
        a, b, c = (_added(connection, name) for name in "abc")
        for each in (a, b):
            generations.activate(connection, each.id)
        generations.go_back(connection, a.id)
        generations.activate(connection, c.id)
        before = generations.before_active(connection)
        assert before is not None
        assert before.name == "a"


def test_a_generation_that_was_removed_is_passed_over(database: Database) -> None:
    with database.write() as connection:
        a, b, c = (_added(connection, name) for name in "abc")
        for each in (a, b, c):
            generations.activate(connection, each.id)
        photo_id = photos.add(connection, new_photo(1))
        codes.write(connection, b.id, [(photo_id, b"ab")])
        generations.keep_report(connection, b.id, "{}")
        generations.remove(connection, b.id)
        assert generations.get(connection, b.id) is None
        assert generations.reports(connection) == {}
        assert codes.read_one(connection, b.id, photo_id) is None
        before = generations.before_active(connection)
        assert before is not None
        assert before.name == "a"


@pytest.mark.parametrize("report", ["{}", '{"gain": 0.1}'])
def test_a_report_stays_with_its_generation(database: Database, report: str) -> None:
    with database.write() as connection:
        taught, other = _added(connection, "taught"), _added(connection, "other")
        generations.keep_report(connection, taught.id, report)
        assert generations.reports(connection) == {taught.id: report}
        assert [each.id for each in generations.every(connection)] == [taught.id, other.id]
