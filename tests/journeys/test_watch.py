"""``watch`` notices what happens in the folders by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopsearch.domain.library import join
from tests.journeys.command import Desktopsearch, until
from tests.journeys.photographs import put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


@pytest.fixture
def watched(command: Desktopsearch, photos: Path) -> Iterator[Desktopsearch]:
    put(photos / "1.jpg", 1)
    put(photos / "2.jpg", 2)
    command.json("folders", "add", photos)
    process = command.start("watch")
    try:
        wait_for(command, photos / "1.jpg", photos / "2.jpg")
        yield command
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60.0)
    assert process.returncode == 0, err
    assert out == b""
    assert b"Watching; press Ctrl+C to stop." in err
    assert b"Traceback" not in err


def wait_for(command: Desktopsearch, *files: Path) -> None:
    """Wait until the library holds just these files; the first of them must find them all."""
    until(lambda: listed(command) == set(files), f"the library holds {len(files)} photos")
    assert set(command.found(files[0], "-k", 100)) == set(files)


def listed(command: Desktopsearch) -> set[Path]:
    """The files that have a code, without the start of a command."""
    where = f"{(command.folder / 'library.db').as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(where, uri=True)) as library:
        rows = library.execute(
            "SELECT root.path, directory, name, state FROM location JOIN root ON root_id = root.id"
            " WHERE photo_id IN (SELECT photo_id FROM code)"
        ).fetchall()
    return {
        Path(os.fsdecode(join(root, directory, name)))
        for root, directory, name, state in rows
        if state == "settled"
    }


def test_files_that_come_change_move_and_go(watched: Desktopsearch, photos: Path) -> None:
    first, second = photos / "1.jpg", photos / "2.jpg"
    third = put(photos / "3.jpg", 3)
    wait_for(watched, first, second, third)
    renamed = third.rename(photos / "renamed.jpg")
    wait_for(watched, first, second, renamed)
    put(second, 4)
    like = put(photos.parent / "like.jpg", 4, quality=60)
    until(lambda: watched.found(like)[0] == second, "the edited photo is found by its new content")
    first.unlink()
    wait_for(watched, second, renamed)


def test_folders_that_come_move_and_go(
    watched: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    own = [photos / "1.jpg", photos / "2.jpg"]
    for seed in range(10, 16):
        put(tmp_path / "aside" / f"{seed % 2}" / f"{seed}.jpg", seed)

    def inside(folder: Path) -> list[Path]:
        return [folder / f"{seed % 2}" / f"{seed}.jpg" for seed in range(10, 16)]

    shutil.copytree(tmp_path / "aside", photos / "copied")
    wait_for(watched, *own, *inside(photos / "copied"))
    (photos / "copied").rename(photos / "renamed")
    wait_for(watched, *own, *inside(photos / "renamed"))
    (photos / "renamed").rename(tmp_path / "away")
    wait_for(watched, *own)
    (tmp_path / "away").rename(photos / "back")
    wait_for(watched, *own, *inside(photos / "back"))
    shutil.rmtree(photos / "back")
    wait_for(watched, *own)


def test_a_file_that_is_written_slowly(watched: Desktopsearch, photos: Path) -> None:
    whole = put(photos.parent / "whole.jpg", 5).read_bytes()
    slow = photos / "slow.jpg"
    with slow.open("wb") as file:
        file.write(whole[:1000])
        file.flush()
        until(lambda: watched.problems() == {slow: "FILE_DAMAGED"}, "half of it has been seen")
        file.write(whole[1000:])
    wait_for(watched, photos / "1.jpg", photos / "2.jpg", slow)
    assert watched.problems() == {}
