"""Searches and listings that are narrowed, from the command line."""

from __future__ import annotations

import io
import os
from datetime import datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import picture, put_bytes


def taken(path: Path, seed: int, at: str, kind: str = "JPEG") -> Path:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    out = io.BytesIO()
    picture(seed).save(out, kind, exif=exif)
    return put_bytes(path, out.getvalue())


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desktopsearch, dict[str, Path]]:
    folder = tmp_path_factory.mktemp("filters")
    photos = folder / "photos"
    files = {
        "spring": taken(photos / "spring.jpg", 1, "2019:05:17 23:59:00"),
        "summer": taken(photos / "summer.webp", 2, "2019:08:01 00:00:00", "WEBP"),
        "later": taken(photos / "trips" / "later.jpg", 3, "2021:01:02 12:00:00"),
        "found": put_bytes(photos / "found.png", b""),
    }
    picture(4).save(files["found"])
    at = datetime(2020, 2, 3, 12).timestamp()  # noqa: DTZ001 - the machine's own clock is meant
    os.utime(files["found"], (at, at))
    command = Desktopsearch(folder / "library")
    assert command.json("index", photos)["indexed"] == 4
    return command, files


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"spring", "summer", "later", "found"}),
        (("--taken-after", "2019-08-01"), {"summer", "later", "found"}),
        (("--taken-before", "2019-05-17"), {"spring"}),
        (("--taken-after", "2020-01-01", "--taken-before", "2020-12-31"), {"found"}),
        (("--format", "jpeg"), {"spring", "later"}),
        (("--format", "webp", "--format", "png"), {"summer", "found"}),
        (("--format", "jpeg", "--taken-after", "2020-01-01"), {"later"}),
        (("--format", "gif"), set()),
    ],
)
def test_only_what_fits_is_found(
    album: tuple[Desktopsearch, dict[str, Path]], options: tuple[str, ...], expected: set[str]
) -> None:
    command, files = album
    found = command.found(files["spring"], *options)
    assert set(found) == {files[name] for name in expected}


def test_days_and_folders_narrow_together(album: tuple[Desktopsearch, dict[str, Path]]) -> None:
    command, files = album
    folder = files["later"].parent
    assert command.found(files["spring"], "--folder", folder, "--format", "jpeg") == [
        files["later"]
    ]
    assert command.found(files["spring"], "--folder", folder, "--taken-before", "2020-01-01") == []


@pytest.mark.parametrize("options", [("--taken-after", "yesterday"), ("--format", "psd")])
def test_what_is_no_day_or_no_format_is_wrong_usage(
    album: tuple[Desktopsearch, dict[str, Path]], options: tuple[str, str]
) -> None:
    command, files = album
    outcome = command.run("search", files["spring"], *options)
    assert outcome.status == 2
    assert options[0] in outcome.err


def test_near_copies_are_put_behind_the_nearest_of_them(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    first = put_bytes(photos / "first.png", b"")
    picture(1).save(first)
    again = taken(photos / "again.jpg", 1, "2019:05:17 23:59:00")
    other = taken(photos / "other.jpg", 2, "2019:05:17 23:59:00")
    command = Desktopsearch(tmp_path / "library")
    command.json("index", photos)
    flat = command.json("search", first)["hits"]
    assert len(flat) == 3
    assert all("near_copies" not in hit for hit in flat)
    hits = command.json("search", first, "--group-copies")["hits"]
    assert [hit["path"] for hit in hits] == [str(first), str(other)]
    assert [copy["path"] for copy in hits[0]["near_copies"]] == [str(again)]
    assert hits[1]["near_copies"] == []
    lines = command.run("search", first, "--group-copies").out.splitlines()
    assert [len(line) - len(line[5:].lstrip()) for line in lines] == [7, 9, 7]


def listed(command: Desktopsearch, *options: object) -> list[Path]:
    return [Path(each["path"]) for each in command.json("photos", *options)["photos"]]


def test_photos_are_listed_the_latest_first(album: tuple[Desktopsearch, dict[str, Path]]) -> None:
    command, files = album
    by_day = [files[name] for name in ("later", "found", "summer", "spring")]
    assert listed(command) == by_day
    assert listed(command, "--folder", files["later"].parent) == by_day[:1]
    assert listed(command, "--format", "jpeg", "--taken-before", "2020-12-31") == by_day[3:]
    answer = command.json("photos", "--limit", 2)
    assert answer["total"] == 4
    assert set(answer["photos"][0]) == {"photo_id", "path", "copies", "offline"}
    assert [Path(each["path"]) for each in answer["photos"]] == by_day[:2]
    told = command.run("photos", "--limit", 3)
    assert told.out.splitlines() == [str(path) for path in by_day[:3]]
    assert told.err == "These are the latest 3 of 4 photos.\n"


def test_photos_in_an_album_and_in_none_are_listed(
    album: tuple[Desktopsearch, dict[str, Path]],
) -> None:
    command, files = album
    command.json("albums", "create", "Kept")
    try:
        command.json("albums", "add", "Kept", files["spring"], files["found"])
        assert listed(command, "--album", "kept") == [files["found"], files["spring"]]
        assert listed(command, "--no-album") == [files["later"], files["summer"]]
        told = command.run("photos", "--no-album", "--format", "png")
        assert (told.out, told.err) == ("", "There are no such photos in the library.\n")
    finally:
        command.json("albums", "delete", "Kept")
