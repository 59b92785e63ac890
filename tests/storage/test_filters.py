"""Days and formats of photos, told by the camera or by the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import Connection, insert

from desktopsearch.domain.filters import FORMATS
from desktopsearch.imaging.formats import OPENED_FORMATS
from desktopsearch.storage import filters, locations, photos, reconciling
from desktopsearch.storage.database import Database
from desktopsearch.storage.schema import album, label
from tests.storage.fill import add_root, new_photo, stamp

DAY = date(2024, 5, 1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection


def taken(connection: Connection, number: int, at: str | None, kind: str = "JPEG") -> int:
    return photos.add(connection, replace(new_photo(number), taken_at=at, format=kind))


def lie(connection: Connection, photo_id: int, *changed: datetime) -> None:
    """Let copies of a photo lie somewhere, their files last changed at these moments."""
    root = add_root(connection, f"/photos/{photo_id}")
    stamps = [
        stamp(f"{number}.jpg", photo_id)._replace(mtime_ns=int(at.timestamp() * 1e9))
        for number, at in enumerate(changed)
    ]
    reconciling.reconcile_directory(connection, root.id, b"", stamps)
    for file in locations.next_pending(connection, [], 100):
        locations.settle(connection, file.id, photo_id, 1, stamps[0].mtime_ns)


def between(connection: Connection, first: date | None, last: date | None) -> set[int]:
    return set(filters.taken_between(connection, first, last).tolist())


def test_both_days_of_a_span_belong_to_it(connection: Connection) -> None:
    before, first, last, after = (
        taken(connection, number, at)
        for number, at in enumerate(
            [
                "2024-04-30T23:59:59",
                "2024-05-01T00:00:00",
                "2024-05-02T23:59:59.5",
                "2024-05-03T00:00:00",
            ]
        )
    )
    assert between(connection, DAY, date(2024, 5, 2)) == {first, last}
    assert between(connection, DAY, None) == {first, last, after}
    assert between(connection, None, DAY) == {before, first}
    assert between(connection, date(2024, 5, 9), DAY) == set()


def test_without_a_camera_the_oldest_copy_tells_the_day(connection: Connection) -> None:
    untold = taken(connection, 1, None)
    midnight = datetime(2024, 5, 1)  # noqa: DTZ001 - the machine's own clock is meant
    lie(connection, untold, midnight)
    told = taken(connection, 2, "1999-01-01T10:00:00")
    lie(connection, told, midnight)
    nowhere = taken(connection, 3, None)
    assert between(connection, DAY, DAY) == {untold}
    assert between(connection, date(2024, 5, 2), None) == set()
    assert between(connection, None, date(2024, 4, 30)) == {told}
    assert between(connection, None, date.max) == {untold, told}
    assert nowhere not in between(connection, None, None)


def test_formats_go_by_the_names_that_people_know(connection: Connection) -> None:
    kinds = ["JPEG", "MPO", "PNG", "RAW"]
    jpeg, multi, png, raw = (
        taken(connection, number, None, kind) for number, kind in enumerate(kinds)
    )
    assert set(filters.of_formats(connection, ["jpeg"]).tolist()) == {jpeg, multi}
    assert set(filters.of_formats(connection, ["png", "raw"]).tolist()) == {png, raw}
    assert filters.of_formats(connection, ["gif"]).size == 0
    assert filters.formats(connection) == ["jpeg", "png", "raw"]


def test_a_photo_may_be_in_several_albums(connection: Connection) -> None:
    first, second, both, rejected = (taken(connection, each, None) for each in range(4))
    for album_id, name in ((1, "Ants"), (2, "Bees")):
        values = {"id": album_id, "name": name, "folded": name.lower(), "colour": "#c62828"}
        connection.execute(insert(album).values(**values))
    said = [(1, first, 0), (2, second, 0), (1, both, 0), (2, both, 0), (1, rejected, 1)]
    for album_id, photo_id, no in said:
        values = {"album_id": album_id, "photo_id": photo_id, "rejected": no, "at": 0}
        connection.execute(insert(label).values(**values))
    assert filters.in_albums(connection, [1]).tolist() == [first, both]
    assert sorted(filters.in_albums(connection, [1, 2]).tolist()) == [first, second, both]
    assert filters.in_albums(connection, [3]).size == 0


def test_every_format_that_is_read_has_a_name() -> None:
    named = {decoder for decoders in FORMATS.values() for decoder in decoders}
    assert set(OPENED_FORMATS) | {"RAW"} <= named
