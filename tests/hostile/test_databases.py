"""Libraries that are newer, damaged, incomplete, full or not ours to write."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.conftest import Indexed
from tests.journeys.photographs import put
from tests.journeys.privileges import heeding_rights
from tests.journeys.warm import CHECKOUT

COUNT = 12
PAGE_BYTES = 4096


@pytest.fixture(scope="module")
def stored(indexed: Indexed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos and their library, for copies to be spoilt."""
    folder = tmp_path_factory.mktemp("stored")
    for seed in range(COUNT):
        put(folder / "photos" / f"{seed % 3}" / f"{seed}.jpg", seed)
    (folder / "library").mkdir()
    shutil.copy2(indexed.command.folder / "embeddings.db", folder / "library")
    Desktopsearch(folder / "library").json("index", folder / "photos")
    return folder


@pytest.fixture
def own(stored: Path, tmp_path: Path) -> Desktopsearch:
    """A copy of the library that the test may spoil; the photos stay where they are."""
    shutil.copytree(stored / "library", tmp_path / "library")
    return Desktopsearch(tmp_path / "library")


def copies(command: Desktopsearch, why: str) -> list[Path]:
    return sorted(command.folder.glob(f"library-{why}-*.db"))


def spoil(file: Path, seed: int, share: float = 0.3, keep_first: int = 1) -> None:
    """Overwrite some pages in the middle of a database."""
    chance = random.Random(seed)
    data = bytearray(file.read_bytes())
    pages = len(data) // PAGE_BYTES
    chosen = [page for page in range(keep_first, pages) if chance.random() < share]
    for page in chosen or [pages - 1]:
        data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = chance.randbytes(PAGE_BYTES)
    file.write_bytes(data)


def test_a_newer_library_is_left_alone(own: Desktopsearch, stored: Path) -> None:
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library, library:
        library.execute("UPDATE alembic_version SET version_num = '9999'")
    with contextlib.closing(sqlite3.connect(own.folder / "proxies.db")) as proxies, proxies:
        proxies.execute("PRAGMA user_version = 99")
    before = {name: (own.folder / name).read_bytes() for name in ("library.db", "proxies.db")}
    for arguments in (("status",), ("index",), ("folders", "add", stored)):
        sentence = own.run(*arguments).sentence
        assert "was made by a newer Desktopsearch" in sentence
        [copy] = copies(own, "newer")
        assert str(copy) in sentence
    assert {name: (own.folder / name).read_bytes() for name in before} == before


def test_a_library_of_another_model_is_brought_up_to_date(own: Desktopsearch, stored: Path) -> None:
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library, library:
        library.execute("UPDATE generation SET fingerprint = 'another'")
    photo = stored / "photos" / "0" / "0.jpg"
    assert "made by an older Desktopsearch" in own.run("search", photo).sentence
    run = own.json("index")
    assert (run["photos"], run["indexed"]) == (COUNT, 0)
    answer = own.json("search", photo)
    assert answer["generation"] == 2
    assert len(answer["hits"]) == COUNT
    assert own.json("doctor")["ok"]


def test_a_library_that_is_no_database(own: Desktopsearch, stored: Path) -> None:
    garbage = b"garbage" * 3000
    (own.folder / "library.db").write_bytes(garbage)
    for arguments in (("status",), ("index", stored / "photos"), ("doctor", "--rebuild")):
        sentence = own.run(*arguments).sentence
        assert "is damaged" in sentence
        [copy] = copies(own, "damaged")
        assert str(copy) in sentence
        assert copy.read_bytes() == garbage
    assert (own.folder / "library.db").read_bytes() == garbage

    (own.folder / "library.db").unlink()
    assert own.json("index", stored / "photos")["photos"] == COUNT


@pytest.mark.parametrize("seed", range(2))
def test_a_library_with_spoilt_pages(own: Desktopsearch, stored: Path, seed: int) -> None:
    spoil(own.folder / "library.db", seed)
    said = []
    for arguments in (("index",), ("search", stored / "photos" / "0" / "0.jpg"), ("doctor",)):
        outcome = own.run(*arguments)
        assert "Traceback" not in outcome.err
        if outcome.status != 0:
            said.append(outcome.out + outcome.err)
    assert any("is damaged" in text or "library file: " in text for text in said), said
    again = own.run("index")
    if again.status != 0:
        before = copies(own, "damaged")
        own.run("index")
        assert copies(own, "damaged") == before, "one copy is enough"


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("embeddings.db", "deleted"),
        ("embeddings.db", "spoilt"),
        ("proxies.db", "garbage"),
        ("proxies.db", "spoilt"),
        ("proxies.db", "empty"),
    ],
)
def test_a_lost_cache_is_made_anew(own: Desktopsearch, stored: Path, name: str, how: str) -> None:
    cache = own.folder / name
    if how == "garbage":
        cache.write_bytes(b"garbage" * 3000)
    elif how == "spoilt":
        spoil(cache, seed=5, share=1.0)
    else:
        cache.unlink()
        if how == "empty":
            cache.touch()
    photo = stored / "photos" / "0" / "0.jpg"

    # Searching goes on meanwhile, or says what to do.
    search = own.run("search", photo)
    if search.status != 0:
        assert "'desktopsearch index' makes it anew" in search.sentence
    assert copies(own, "damaged") == []

    first = own.run("index")
    if first.status != 0:
        assert "'desktopsearch index' makes it anew" in first.err
        first = own.run("index")
    assert first.status == 0, first
    status = own.json("status")
    assert (status["photos"], status["unencoded"], status["problems"]) == (COUNT, 0, 0)
    with contextlib.closing(sqlite3.connect(own.folder / "proxies.db")) as proxies:
        assert proxies.execute("SELECT count(*) FROM proxy").fetchone() == (COUNT,)
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library:
        library.execute("ATTACH ? AS embeddings", (str(own.folder / "embeddings.db"),))
        stored_of = "SELECT count(*) FROM photo JOIN embedding USING (digest)"
        assert library.execute(stored_of).fetchone() == (COUNT,)
    assert own.hits(photo)[0] == (photo, 0)
    assert own.json("doctor")["ok"]
    assert copies(own, "damaged") == []


def test_codes_that_are_lost_are_made_from_embeddings(own: Desktopsearch) -> None:
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library, library:
        before = library.execute("SELECT * FROM code").fetchall()
        library.execute("DELETE FROM code")
    run = own.json("index")
    assert (run["indexed"], run["device"]) == (0, "")
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library:
        assert library.execute("SELECT * FROM code").fetchall() == before


def test_a_photo_without_proxy_and_code_is_read_again(own: Desktopsearch) -> None:
    """As after a loss of power, when each file has lost other transactions."""
    with contextlib.closing(sqlite3.connect(own.folder / "library.db")) as library, library:
        library.execute("DELETE FROM code WHERE photo_id = 3")
        [(digest,)] = library.execute("SELECT digest FROM photo WHERE id = 3").fetchall()
    with contextlib.closing(sqlite3.connect(own.folder / "embeddings.db")) as cache, cache:
        cache.execute("DELETE FROM embedding WHERE digest = ?", (digest,))
    with contextlib.closing(sqlite3.connect(own.folder / "proxies.db")) as proxies, proxies:
        # The number of proxies stays the same: one is there of a photo that is not.
        proxies.execute("UPDATE proxy SET digest = ? WHERE digest = ?", (os.urandom(32), digest))
    own.json("index")
    assert own.json("status")["unencoded"] == 0


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a small file system over a folder."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("free_kilobytes", [0, 100])
def test_a_full_disk(own: Desktopsearch, photos: Path, free_kilobytes: int) -> None:
    content = {path.name: path.read_bytes() for path in own.folder.iterdir() if path.is_file()}
    for seed in range(100, 140):
        put(photos / f"{seed}.jpg", seed)
    with small_disk(own.folder, 8):
        for name, data in content.items():
            (own.folder / name).write_bytes(data)
        filler = own.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        os.truncate(filler, filler.stat().st_size - free_kilobytes * 1024)
        outcome = own.run("index", photos)
        assert outcome.status == 1
        assert outcome.err.splitlines()[-1].startswith(
            f"desktopsearch: The disk that holds {own.folder} is full."
        ), outcome.err
        filler.unlink()
        # Photos that were there before are still there, and the rest is made up for.
        assert own.json("index", photos)["photos"] == COUNT + 40
        assert own.json("status")["unencoded"] == 0
        assert own.json("doctor")["ok"]


def test_a_file_size_limit_is_explained(own: Desktopsearch, photos: Path) -> None:
    resource = pytest.importorskip("resource", reason="needs the limits of POSIX")
    assert resource.RLIMIT_FSIZE is not None
    for seed in range(100, 110):
        put(photos / f"{seed}.jpg", seed)
    limited = (
        "import resource, runpy, sys; sys.argv[0] = 'desktopsearch';"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000));"
        "runpy.run_module('desktopsearch', run_name='__main__')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited, "--data-dir", own.folder, "index", photos],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        check=False,
        timeout=100.0,
    )
    assert ended.returncode == 1, ended
    last = ended.stderr.decode().splitlines()[-1]
    assert last.startswith(f"desktopsearch: The library folder {own.folder} cannot be written")
    assert own.json("index")["photos"] == COUNT + 10
    assert own.json("doctor")["ok"]


def test_a_data_folder_that_cannot_be_written(own: Desktopsearch, stored: Path) -> None:
    prefix = heeding_rights()
    command = Desktopsearch(own.folder, prefix)
    for file in own.folder.iterdir():
        file.chmod(0o400)
    own.folder.chmod(0o500)
    try:
        written = command.run("index")
        assert written.sentence.startswith(f"The library folder {own.folder} cannot be written")
        read = command.run("search", stored / "photos" / "0" / "0.jpg")
        assert read.sentence.startswith(f"The library folder {own.folder} cannot be written")
    finally:
        own.folder.chmod(0o700)


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("")
    command = Desktopsearch(tmp_path / "library")
    assert "cannot be written" in command.run("index").sentence
    assert "There is no library" in command.run("status").sentence
