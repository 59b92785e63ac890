"""Albums written down and read again: nothing is lost, and what is no list is refused."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.album_lists import (
    ListedAlbum,
    ListedPhoto,
    as_csv,
    as_json,
    read_csv,
    read_json,
)

NAMES = ["a;b", "\\", "end\\", "\\;", "\\\\;;\\", "AC\\DC", 'quo"ted, too', "🎉 חופשה", "été", "1"]
PATHS = [
    b"/p/plain.jpg",
    b'/p/comma, "quote".jpg',
    b"/p/two\nlines\r.jpg",
    b"/p/latin \xe9\xff.jpg",
]


def random_albums(seed: int) -> list[ListedAlbum]:
    rng = random.Random(seed)
    photos = [
        ListedPhoto(bytes([number]) * 32, os.fsdecode(path).encode("utf-8", "surrogateescape"))
        for number, path in enumerate(PATHS)
    ]
    albums = []
    for name in rng.sample(NAMES, 6):
        inside = rng.sample(photos, rng.randrange(1, 4))
        rejected = [photo for photo in photos if photo not in inside]
        albums.append(ListedAlbum(name, "#c62828", inside, rejected))
    return albums


@pytest.mark.parametrize("seed", range(20))
def test_lists_come_back_as_they_went(tmp_path: Path, seed: int) -> None:
    albums = random_albums(seed)
    file = tmp_path / "albums.json"
    file.write_text(as_json(albums), encoding="utf-8")
    assert read_json(file) == albums
    file = tmp_path / "albums.csv"
    file.write_bytes(as_csv(albums).encode("utf-8", "surrogateescape"))
    assert {
        (album.name, photo.path, rejected)
        for album in read_csv(file)
        for rejected, photos in ((False, album.photos), (True, album.rejected))
        for photo in photos
    } == {
        (album.name, photo.path, rejected)
        for album in albums
        for rejected, photos in ((False, album.photos), (True, album.rejected))
        for photo in photos
    }


def test_a_csv_as_a_person_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "albums.csv"
    file.write_bytes(
        b"\xef\xbb\xbffile,albums\r\n"
        b"holiday/1.jpg, Holiday ; AC\\DC;;\r\n"
        b"/elsewhere/2.jpg,HOLIDAY\r\n"
        b"\r\n"
        b"3.jpg,\r\n"
    )
    here = os.fsencode(tmp_path)
    assert read_csv(file) == [
        ListedAlbum(
            "Holiday",
            photos=[
                ListedPhoto(path=here + b"/holiday/1.jpg"),
                ListedPhoto(path=b"/elsewhere/2.jpg"),
            ],
        ),
        ListedAlbum("AC\\DC", photos=[ListedPhoto(path=here + b"/holiday/1.jpg")]),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "first line"),
        ("a.jpg,Holiday\n", "first line"),
        ("file;albums\n", "first line"),
        ("file,labels\n", "first line"),
        ("file,albums\na.jpg\n", "line 2 has not 2 fields"),
        ("file,albums,rejected\na.jpg,Holiday\n", "line 2 has not 3 fields"),
        ("file,albums\n,Holiday\n", "line 2 has not 2 fields"),
        ('file,albums\n"a.jpg,Holiday\n', "line 2"),
        ('file,albums\n"a"b.jpg,Holiday\n', "line 2"),
        ("file,albums\na\0b.jpg,Holiday\n", "no path can be"),
    ],
)
def test_what_is_no_csv_of_albums(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "albums.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DesktopSearchError, match=reason) as raised:
        read_csv(file)
    assert raised.value.code is ProblemCode.ALBUMS_INVALID


VALID = json.loads(as_json(random_albums(1)))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps({**VALID, "version": 2}),
        json.dumps({**VALID, "format": "recipes"}),
        json.dumps({**VALID, "albums": [{"name": 1, "colour": "#c62828"}]}),
        json.dumps({**VALID, "albums": [{"name": "a", "colour": "red"}]}),
        json.dumps(
            {
                **VALID,
                "albums": [{"name": "a", "colour": "#c62828", "photos": [{"digest": "00"}]}],
            }
        ),
        *(
            as_json([ListedAlbum("a", "#c62828", [ListedPhoto(bytes(32), b"/a.jpg")])]).replace(
                "/a.jpg", path
            )
            for path in ("/a\\u0000.jpg", "/a\\ud800.jpg")
        ),
    ],
)
def test_what_is_no_json_of_albums(tmp_path: Path, document: str) -> None:
    file = tmp_path / "albums.json"
    file.write_text(document, encoding="utf-8")
    with pytest.raises(DesktopSearchError) as raised:
        read_json(file)
    assert raised.value.code is ProblemCode.ALBUMS_INVALID


def test_names_in_a_list_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "albums.csv"
    file.write_text("file,albums\na.jpg," + "x" * 300, encoding="utf-8")
    with pytest.raises(DesktopSearchError) as raised:
        read_csv(file)
    assert raised.value.code is ProblemCode.ALBUM_NAME_TOO_LONG


def test_a_list_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DesktopSearchError) as raised:
        read_csv(tmp_path / "missing.csv")
    assert raised.value.code is ProblemCode.ALBUMS_UNREADABLE
