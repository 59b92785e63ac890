"""``watch`` notices what happens in the folders by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopsearch.domain.library import join
from tests.journeys.command import Desktopsearch, until
from tests.journeys.photographs import put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


# A limit of watches that only the processes below it feel, and no patience with it.
FEW_WATCHES = ("unshare", "-Ur", "sh", "-c", 'echo {limit} > {file}; exec "$@"', "sh")
LIMIT_FILE = "/proc/sys/user/max_inotify_watches"
HASTY_WATCH = """
import sys
from desktopsearch.services import watching
watching.LOOK_INTERVAL_S = 1.0
from desktopsearch.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def watched(command: Desktopsearch, photos: Path) -> Iterator[Desktopsearch]:
    with watching(command, photos, command.start) as _process:
        yield command


@contextlib.contextmanager
def watching(
    command: Desktopsearch, photos: Path, start: Callable[..., subprocess.Popen[bytes]]
) -> Iterator[subprocess.Popen[bytes]]:
    put(photos / "1.jpg", 1)
    put(photos / "2.jpg", 2)
    command.json("folders", "add", photos)
    process = start("watch")
    try:
        wait_for(command, photos / "1.jpg", photos / "2.jpg")
        yield process
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


def test_an_editor_that_saves_by_renaming(watched: Desktopsearch, photos: Path) -> None:
    first, second = photos / "1.jpg", photos / "2.jpg"
    beside = put(photos / "1.jpg~saved", 8)
    second.rename(photos / "2.jpg.bak")
    beside.replace(first)
    (photos / "2.jpg.bak").rename(second)
    like = put(photos.parent / "like.jpg", 8, quality=60)
    until(lambda: watched.found(like)[0] == first, "the saved photo is found by its new content")
    wait_for(watched, first, second)


@pytest.mark.skipif(sys.platform != "linux", reason="fills the queue of Linux")
def test_a_flood_of_changes_hides_none(command: Desktopsearch, photos: Path) -> None:
    queue = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    noisy = [photos / "noise" / name for name in (".a", ".b")]
    for file in noisy:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    (photos / "calm").mkdir()
    with watching(command, photos, command.start) as process:
        process.send_signal(signal.SIGSTOP)
        for number in range(queue + 1_000):
            os.utime(noisy[number % 2], (number, number))
        late = put(photos / "calm" / "late.jpg", 3)
        process.send_signal(signal.SIGCONT)
        wait_for(command, photos / "1.jpg", photos / "2.jpg", late)


@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit of Linux")
def test_folders_beyond_the_limit_of_watches_are_looked_through(
    command: Desktopsearch, photos: Path
) -> None:
    prefix = [part.format(limit=4, file=LIMIT_FILE) for part in FEW_WATCHES]
    tried = subprocess.run([*prefix, "cat", LIMIT_FILE], capture_output=True, check=False)
    if tried.stdout != b"4\n":
        pytest.skip("no user namespace to be had")
    for number in range(8):
        (photos / f"{number}").mkdir()

    def start(*arguments: object) -> subprocess.Popen[bytes]:
        line = [*prefix, sys.executable, "-c", HASTY_WATCH, "--data-dir", str(command.folder)]
        return command.start(*arguments, line=line)

    with watching(command, photos, start):
        late = [put(photos / f"{number}" / "late.jpg", 10 + number) for number in range(8)]
        wait_for(command, photos / "1.jpg", photos / "2.jpg", *late)


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
