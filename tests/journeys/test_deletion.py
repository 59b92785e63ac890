"""``delete-index``: what goes, what stays, and that no photo is ever touched."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch, until
from tests.journeys.photographs import put
from tests.journeys.processes import children_of, needs_proc


@pytest.fixture
def three(command: Desktopsearch, photos: Path) -> list[Path]:
    """Three indexed photos; the first is in an album, of the second it is said that it is not."""
    files = [put(photos / f"{number}.jpg", number) for number in range(3)]
    command.json("excludes", "add", "*.tmp.jpg")
    assert command.json("index", photos)["photos"] == 3
    command.json("albums", "create", "Holiday")
    command.json("albums", "add", "Holiday", files[0])
    command.json("albums", "reject", "Holiday", files[1])
    return files


def on_disk(files: list[Path]) -> list[tuple[bytes, int]]:
    return [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]


def in_library(command: Desktopsearch, *, albums: bool) -> dict[str, int]:
    """How many rows there are; of a library without photos."""
    rows = {"root": 0, "location": 0, "code": 0, "photo": 2, "label": 2, "album": 1}
    with contextlib.closing(sqlite3.connect(command.folder / "library.db")) as connection:
        found = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in rows
        }
    assert found == (rows if albums else dict.fromkeys(rows, 0))
    return found


def test_the_index_goes_and_albums_come_back_with_their_photos(
    command: Desktopsearch, three: list[Path]
) -> None:
    before = on_disk(three)
    (command.folder / "recent-queries.json").write_text("[]", encoding="utf-8")
    (command.folder / "library-before-0004-1.db").write_bytes(b"a copy")
    (command.folder / "teaching").mkdir()
    command.json("settings", "set", "speed", "gentle")
    answer = command.json("delete-index", "--yes")
    assert (answer["deleted"], answer["albums"]) == (True, False)
    assert answer["freed_bytes"] > 0
    assert answer["size_bytes"] == sum(file.stat().st_size for file in command.folder.glob("*.db"))
    assert on_disk(three) == before
    in_library(command, albums=True)
    # Nothing of it is left in a corner of a file either.
    left = b"".join(file.read_bytes() for file in command.folder.rglob("*") if file.is_file())
    for word in (bytes(three[0].parent), b"2.jpg", b"JFIF"):
        assert word not in left
    assert sorted(file.name for file in command.folder.iterdir()) == [
        *("embeddings.db", "library.db", "proxies.db", "settings.json", "writer.lock"),
    ]
    assert command.json("settings", "list")["settings"]["speed"] == "gentle"
    assert "*.tmp.jpg" in command.json("excludes", "list")["excludes"]
    status = command.json("status")
    assert (status["photos"], status["folders"]) == (0, [])
    assert command.json("doctor")["ok"]
    [album] = command.json("albums", "list")["albums"]
    assert (album["photos"], album["present"], album["rejected"]) == (1, 0, 1)
    assert command.json("index", three[0].parent)["photos"] == 3
    [album] = command.json("albums", "list")["albums"]
    assert (album["photos"], album["present"], album["rejected"]) == (1, 1, 1)
    assert set(command.found(three[2])) == set(three)
    assert command.json("doctor")["ok"]
    with contextlib.closing(sqlite3.connect(command.folder / "proxies.db")) as connection:
        assert connection.execute("SELECT count(*) FROM proxy").fetchone() == (3,)


def test_with_albums_nothing_stays_but_settings_and_imported_models(
    command: Desktopsearch, three: list[Path]
) -> None:
    before = on_disk(three)
    command.json("settings", "set", "speed", "gentle")
    for model in ("mine", "taught-0123", ".taught-4567"):
        (command.folder / "models" / model).mkdir(parents=True)
    said = command.run("delete-index", "--albums", "--yes")
    assert said.status == 0
    assert said.out.startswith("The index is deleted; ")
    assert on_disk(three) == before
    assert sorted(file.name for file in command.folder.iterdir()) == [
        *("models", "settings.json", "writer.lock"),
    ]
    assert [file.name for file in (command.folder / "models").iterdir()] == ["mine"]
    again = "There is no library in"
    assert command.run("delete-index", "--albums", "--yes").sentence.startswith(again)
    (command.folder / "models" / "mine").rmdir()
    assert command.json("index", three[0].parent)["photos"] == 3
    assert command.json("albums", "list")["albums"] == []
    assert command.json("doctor")["ok"]


def test_without_a_yes_it_is_only_told(command: Desktopsearch, three: list[Path]) -> None:
    for options in ((), ("--albums",)):
        lines = command.run("delete-index", *options).out.splitlines()
        assert lines[0].startswith("The library takes ")
        assert any("albums and labels" in line for line in lines) == bool(options)
        assert lines[-1] == "The photos themselves are never touched."
        assert command.json("delete-index", *options)["deleted"] is False
    assert len(command.found(three[0])) == 3


@needs_proc
@pytest.mark.parametrize("options", [(), ("--albums",)])
def test_not_while_another_changes_the_library(
    command: Desktopsearch, three: list[Path], options: tuple[str, ...]
) -> None:
    process = command.start("watch")
    try:
        until(lambda: bool(children_of(process.pid)), "the watch has started its children")
        refused = command.run("delete-index", "--yes", *options).sentence
        assert refused.startswith("Another Desktopsearch (process ")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert len(command.found(three[0])) == 3


def test_a_damaged_library_can_be_deleted_whole(command: Desktopsearch, three: list[Path]) -> None:
    (command.folder / "library.db").write_bytes(b"no database" * 1_000)
    for log in command.folder.glob("library.db-*"):
        log.unlink()
    assert command.run("delete-index", "--yes").status == 1
    command.json("delete-index", "--albums", "--yes")
    assert command.json("index", three[0].parent)["photos"] == 3
