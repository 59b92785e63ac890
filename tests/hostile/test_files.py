"""Files that are not what they seem: each is one line under Problems, or nothing at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest

from tests.imaging.pictures import png_chunk
from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import content, put, put_bytes
from tests.journeys.privileges import heeding_rights


def bomb() -> bytes:
    """A PNG of 40,000 x 40,000 pixels in a few kilobytes."""
    header = (40_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    packed = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )


def test_bad_files_cost_one_line_each(command: Desktopsearch, photos: Path) -> None:
    good = [put(photos / f"{seed}.jpg", seed) for seed in range(4)]
    whole = content(5)
    bad = {
        "truncated.jpg": (whole[: len(whole) // 2], "FILE_DAMAGED"),
        "header only.jpg": (whole[:20], "FILE_DAMAGED"),
        "truncated.png": (content(5, "PNG")[:-2000], "FILE_DAMAGED"),
        "empty.jpg": (b"", "FILE_EMPTY"),
        "text.jpg": (b"a shopping list\n" * 50, "FILE_NOT_AN_IMAGE"),
        "zeros.png": (bytes(5000), "FILE_NOT_AN_IMAGE"),
        "noise.webp": (os.urandom(5000), "FILE_NOT_AN_IMAGE"),
        "bomb.png": (bomb(), "FILE_TOO_MANY_PIXELS"),
        "script.jpg": (b"%!PS-Adobe-3.0\nshowpage\n", "FILE_NOT_AN_IMAGE"),
    }
    for name, (data, _) in bad.items():
        put_bytes(photos / name, data)
    good.append(put_bytes(photos / "jpeg named.png", content(6)))
    good.append(put_bytes(photos / "png named.jpg", content(7, "PNG")))
    run = command.json("index", photos)
    assert (run["photos"], run["indexed"], run["failed"]) == (len(good), len(good), len(bad))
    assert command.problems() == {photos / name: code for name, (_, code) in bad.items()}
    for problem in command.json("problems")["problems"]:
        assert problem["sentence"].endswith("."), problem
        assert "{" not in problem["sentence"], problem
    assert set(command.found(good[0], "-k", 100)) == set(good)

    again = command.json("index")
    assert (again["indexed"], again["failed"]) == (0, 0), "what cannot be read is not tried again"

    put_bytes(photos / "truncated.jpg", whole)
    (photos / "text.jpg").unlink()
    run = command.json("index")
    assert (run["photos"], run["indexed"], run["failed"]) == (len(good) + 1, 1, 0)
    left = bad.keys() - {"truncated.jpg", "text.jpg"}
    assert set(command.problems()) == {photos / name for name in left}
    assert command.json("doctor")["ok"]


@pytest.mark.skipif(os.name == "nt", reason="needs FIFOs and devices")
def test_endless_files_are_not_opened(command: Desktopsearch, photos: Path) -> None:
    put(photos / "good.jpg", 1)
    os.mkfifo(photos / "fifo.jpg")
    (photos / "zero.jpg").symlink_to("/dev/zero")
    (photos / "terminal.jpg").symlink_to("/dev/tty")
    run = command.json("index", photos)
    assert (run["photos"], run["locations"], run["failed"]) == (1, 4, 3)
    names = ("fifo.jpg", "zero.jpg", "terminal.jpg")
    assert command.problems() == {photos / name: "FILE_NOT_REGULAR" for name in names}
    for name in ("fifo.jpg", "zero.jpg"):
        query = command.run("search", photos / name)
        assert query.sentence == "This is not an ordinary file."


@pytest.mark.skipif(os.name == "nt", reason="needs FIFOs")
def test_a_file_that_becomes_endless_after_the_scan(command: Desktopsearch, photos: Path) -> None:
    was_file = put(photos / "fifo.jpg", 1)
    command.json("index", photos)
    was_file.unlink()
    os.mkfifo(was_file)
    assert command.json("index")["failed"] == 1
    assert command.json("status")["photos"] == 0
    assert command.problems() == {was_file: "FILE_NOT_REGULAR"}


def test_files_and_folders_that_may_not_be_read(
    command: Desktopsearch, photos: Path, request: pytest.FixtureRequest
) -> None:
    command = Desktopsearch(command.folder, heeding_rights())
    shown = put(photos / "shown.jpg", 1)
    file = put(photos / "locked file.jpg", 2)
    inner = put(photos / "locked" / "inner.jpg", 3)
    assert command.json("index", photos)["photos"] == 3
    # Else pytest could not clean up behind a test that fails.
    request.addfinalizer(lambda: inner.parent.chmod(0o700))
    request.addfinalizer(lambda: photos.chmod(0o700))

    inner.parent.chmod(0)
    put(file, 4)
    file.chmod(0)
    run = command.json("index")
    # What cannot be looked at is left as it was.
    assert (run["photos"], run["removed"], run["failed"]) == (3, 0, 1)
    assert command.problems() == {inner.parent: "FOLDER_UNREADABLE", file: "FILE_UNREADABLE"}

    photos.chmod(0)
    run = command.json("index")
    assert (run["photos"], run["removed"]) == (3, 0)
    assert command.problems()[photos] == "FOLDER_UNREADABLE"

    photos.chmod(0o700)
    inner.parent.chmod(0o700)
    file.chmod(0o600)
    run = command.json("index")
    assert (run["photos"], run["indexed"], run["removed"]) == (3, 1, 0)
    assert command.problems() == {}
    assert set(command.found(shown)) == {shown, file, inner}


def test_files_that_swap_their_names(command: Desktopsearch, photos: Path) -> None:
    left, right = photos / "left.bmp", photos / "right.bmp"
    for path, seed in ((left, 1), (right, 2)):
        put_bytes(path, content(seed, "BMP"))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    command.json("index", photos)
    aside = photos / "aside"
    left.rename(aside)
    right.rename(left)
    aside.rename(right)
    command.json("index")
    assert command.hits(left)[0] == (left, 0)
    assert command.hits(right)[0] == (right, 0)


def test_a_folder_that_goes_while_nobody_looks(command: Desktopsearch, photos: Path) -> None:
    for seed in range(6):
        put(photos / f"{seed % 2}" / f"{seed}.jpg", seed)
    command.json("index", photos)
    shutil.rmtree(photos / "0")
    put_bytes(photos / "0", b"a file where a folder was")
    run = command.json("index")
    assert (run["photos"], run["removed"]) == (3, 3)


def test_a_photo_whose_proxy_is_spoilt(command: Desktopsearch, photos: Path) -> None:
    for seed in range(60, 63):
        put(photos / f"{seed}.jpg", seed)
    command.json("index", photos)
    with contextlib.closing(sqlite3.connect(command.folder / "proxies.db")) as proxies, proxies:
        proxies.execute("UPDATE proxy SET jpeg = x'00' WHERE id = 1")
    (command.folder / "embeddings.db").unlink()
    with contextlib.closing(sqlite3.connect(command.folder / "library.db")) as library, library:
        library.execute("DELETE FROM code")
    run = command.json("index")
    assert (run["photos"], run["failed"]) == (3, 1)
    assert list(command.problems().values()) == ["FILE_NOT_ENCODED"]
    assert len(command.json("search", photos / "62.jpg")["hits"]) == 2
    assert command.json("doctor", "--rebuild")["ok"]
    assert command.problems() == {}
    assert command.json("status")["unencoded"] == 0
