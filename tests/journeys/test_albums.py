"""Albums from the command line, and labels that follow their photos wherever these go."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.command import Desktopsearch, Outcome
from tests.journeys.photographs import put, put_bytes


@pytest.fixture
def three(command: Desktopsearch, photos: Path) -> list[Path]:
    """Three indexed photos in two folders; the first two are in an album, the third is not."""
    files = [put(photos / "a" / "1.jpg", 1), put(photos / "a" / "2.jpg", 2)]
    files.append(put(photos / "m" / "3.jpg", 3))
    assert command.json("index", photos)["photos"] == 3
    table = photos / "albums.csv"
    table.write_text(
        "file,albums,rejected\na/1.jpg,Holiday,\na/2.jpg,Holiday,\nm/3.jpg,,Holiday\n", "utf-8"
    )
    assert counts(command.json("albums", "import", table)) == (2, 2, 1)
    return files


def holiday(command: Desktopsearch) -> tuple[int, int, int]:
    """As ``counts``, without the start of a command."""
    with contextlib.closing(sqlite3.connect(command.folder / "library.db")) as connection:
        row: tuple[int, int, int] = connection.execute(
            "SELECT count(*) FILTER (WHERE NOT rejected),"
            " count(*) FILTER (WHERE NOT rejected AND orphaned_at IS NULL),"
            " count(*) FILTER (WHERE rejected)"
            " FROM label JOIN photo ON photo.id = label.photo_id"
        ).fetchone()
    return row


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    """How many photos are in the only album, in it and present, and not in it."""
    [album] = answer["albums"]
    return album["photos"], album["present"], album["rejected"]


def test_labels_follow_moves_copies_and_edits(
    command: Desktopsearch, three: list[Path], photos: Path, tmp_path: Path
) -> None:
    three[0].rename(photos / "m" / "moved.jpg")
    shutil.copy(three[1], photos / "m" / "copy.jpg")
    command.json("index")
    assert holiday(command) == (2, 2, 1)
    # Edited in place: one has other metadata, others have other pixels, one was rejected.
    put(photos / "m" / "moved.jpg", 1, camera="A camera")
    put(three[1], 12)
    put(photos / "m" / "copy.jpg", 13)
    put(three[2], 14)
    command.json("index")
    command.json("albums", "export", tmp_path / "albums.csv")
    inside = (photos / "m" / "copy.jpg", photos / "m" / "moved.jpg", three[1])
    lines = [*(f"{file},Holiday," for file in inside), f"{three[2]},,Holiday"]
    written = (tmp_path / "albums.csv").read_text("utf-8").splitlines()
    assert written == ["file,albums,rejected", *sorted(lines)]
    # To another disk and back, where only the content tells.
    put_bytes(tmp_path / "aside.jpg", three[1].read_bytes())
    three[1].unlink()
    command.json("index")
    assert holiday(command) == (3, 2, 1)
    (tmp_path / "aside.jpg").rename(photos / "back.jpg")
    command.json("index")
    assert holiday(command) == (3, 3, 1)


@pytest.mark.usefixtures("three")
def test_labels_outlive_drives_folders_and_rebuilding(
    command: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    photos.rename(tmp_path / "away")
    command.json("index")
    assert holiday(command) == (2, 2, 1)
    (tmp_path / "away").rename(photos)
    command.json("index")
    command.json("folders", "remove", photos)
    assert holiday(command) == (2, 0, 1)
    command.json("index", photos)
    assert holiday(command) == (2, 2, 1)
    for name in ("embeddings.db", "proxies.db"):
        (command.folder / name).unlink()
    assert command.json("doctor", "--rebuild")["ok"]
    assert holiday(command) == (2, 2, 1)


def test_search_in_an_album(command: Desktopsearch, three: list[Path]) -> None:
    assert set(command.found(three[2], "--album", "holiday")) == set(three[:2])
    folder = three[2].parent
    assert command.found(three[0], "--album", "Holiday", "--folder", folder) == []
    unknown = command.run("search", three[0], "--album", "Trip").sentence
    assert unknown == "There is no album Trip; there are Holiday."
    # Of the third it is said that it is not in the album: it is in none.
    assert command.found(three[0], "--no-album") == [three[2]]
    command.json("albums", "create", "Trip")
    command.json("albums", "add", "Trip", three[2])
    assert command.found(three[0], "--no-album") == []
    command.json("albums", "remove", "Holiday", three[1])
    assert set(command.found(three[0], "--album", "Holiday", "--album", "trip")) == {
        three[0],
        three[2],
    }
    assert command.found(three[0], "--no-album", "--folder", three[1].parent) == [three[1]]
    both = command.run("search", three[0], "--no-album", "--album", "Trip")
    assert both.status == 2
    assert "--album" in both.err


def test_a_photo_put_over_another_is_not_in_its_album(
    command: Desktopsearch, three: list[Path]
) -> None:
    shutil.copy(three[2], three[0])
    command.json("index")
    assert holiday(command) == (2, 1, 1)
    put(three[0], 1)
    command.json("index")
    assert holiday(command) == (2, 2, 1)


def test_an_edit_whose_index_is_killed_inherits_later(command: Desktopsearch, photos: Path) -> None:
    files = [put(photos / f"{seed:02}.jpg", seed) for seed in range(20)]
    command.json("index", photos)
    command.json("albums", "create", "Everything")
    command.json("albums", "add", "Everything", photos, "--recursive")
    for seed, file in enumerate(files):
        put(file, seed, camera="A camera")
    for delay_s in (1.0, 1.6, 2.2):
        process = command.start("index")
        time.sleep(delay_s)
        process.kill()
        process.communicate()
    command.json("index")
    assert holiday(command) == (20, 20, 0)
    assert counts(command.json("albums", "undo")) == (0, 0, 0)
    assert counts(command.json("albums", "redo")) == (20, 20, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")
def test_acts_that_are_killed_happen_wholly_or_not_at_all(
    command: Desktopsearch, three: list[Path]
) -> None:
    for delay_s in (0.3, 0.6, 0.9, 1.2, 1.5, 1.8):
        process = command.start("albums", "add", "Holiday", *three)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert holiday(command) in {(2, 2, 1), (3, 3, 0)}
    command.json("albums", "add", "Holiday", *three)
    undone = command.json("albums", "undo")
    assert undone["act"] == {"kind": "add", "album": "Holiday", "labels": 1}
    assert undone["redo"] == undone["act"]
    assert undone["undo"] == {"kind": "import", "album": "", "labels": 3}
    assert counts(undone) == (2, 2, 1)
    assert counts(command.json("albums", "redo")) == (3, 3, 0)
    assert command.run("albums", "redo").sentence == "There is nothing to redo."


def test_photos_are_named_by_any_path_that_leads_to_them(
    command: Desktopsearch, three: list[Path], photos: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(photos)
    paths = (
        photos / "m" / ".." / "m" / "3.jpg",
        link / "m" / "3.jpg",
        Path(os.path.relpath(three[2])),
    )
    added = command.json("albums", "add", "Holiday", *paths)
    assert added["act"] == {"kind": "add", "album": "Holiday", "labels": 1}
    below = command.json("albums", "remove", "Holiday", link / "a", photos, "--recursive")
    assert below["act"]["labels"] == 3
    assert counts(below) == (0, 0, 0)


def test_paths_that_mean_no_photo(
    command: Desktopsearch, three: list[Path], photos: Path, tmp_path: Path
) -> None:
    def refused(*paths: Path) -> str:
        return command.run("albums", "add", "Holiday", *paths).sentence

    broken = put_bytes(photos / "broken.jpg", b"not a picture")
    command.json("index")
    for path in (broken, put(tmp_path / "elsewhere.jpg", 1)):
        assert refused(three[2], path).startswith(f"{path} is not among the photos")
    assert refused(photos / "a") == (
        f"{photos / 'a'} is a folder; say --recursive to mean all photos in it."
    )
    assert holiday(command) == (2, 2, 1), "all or nothing"


def test_albums_for_people(command: Desktopsearch, three: list[Path], photos: Path) -> None:
    three[1].unlink()
    command.json("index")

    def said(*arguments: object) -> list[str]:
        outcome: Outcome = command.run("albums", *arguments)
        assert (outcome.status, outcome.err) == (0, "")
        return outcome.out.splitlines()

    assert said("list") == [
        "Holiday (red): 2 photos, one is gone, one is not in it",
        "undo takes back: 3 labels imported",
    ]
    assert said("create", "🎉 חופשה", "--colour", "pink") == ["album created (🎉 חופשה)"]
    assert said("add", "🎉 חופשה", photos, "--recursive") == ["2 photos added (🎉 חופשה)"]
    assert said("add", "🎉 חופשה", three[0]) == ["nothing changed"]
    assert said("undo") == ["undone: 2 photos added (🎉 חופשה)"]
    assert said("redo") == ["redone: 2 photos added (🎉 חופשה)"]
    assert said("rename", "holiday", "Trip") == ["album renamed (Holiday)"]
    unknown = command.run("albums", "delete", "🎉").sentence
    assert unknown == "There is no album 🎉; there are Trip, 🎉 חופשה."
    assert command.run("albums", "create", "TRIP").sentence == "There is an album Trip already."
    assert "has at most 255 characters" in command.run("albums", "create", "x" * 300).sentence
    assert "needs a name" in command.run("albums", "create", "").sentence
    if sys.platform != "win32":
        assert "cannot be the name" in command.run("albums", "create", b"\xff").sentence


def test_an_album_shows_its_photos(command: Desktopsearch, three: list[Path]) -> None:
    for day, file in enumerate(three[:2], 1):
        at = time.mktime((2020, 5, day, 12, 0, 0, 0, 0, -1))
        os.utime(file, (at, at))
    command.json("index")
    shown = command.json("albums", "show", "holiday")
    assert shown["album"]["name"] == "Holiday"
    photos = [(Path(each["path"]), each["copies"], each["offline"]) for each in shown["photos"]]
    assert photos == [(three[1], [], False), (three[0], [], False)]
    three[1].unlink()
    outcome = command.run("albums", "show", "Holiday")
    assert outcome.out.splitlines() == [str(three[0])]
    assert outcome.err == "One photo of the album is gone.\n"
    command.json("albums", "create", "Empty")
    assert command.run("albums", "show", "Empty").err == "There are no photos in this album.\n"
    assert command.run("albums", "show", "Other").sentence.startswith("There is no album Other;")


@pytest.mark.usefixtures("three")
def test_photos_are_suggested_for_an_album(command: Desktopsearch, photos: Path) -> None:
    more = [put(photos / f"{seed}.jpg", seed) for seed in range(4, 12)]
    command.json("index")
    few = command.run("albums", "suggest", "Holiday").sentence
    assert few == "Album Holiday has 2 photos that have been read; 3 suffice for suggestions."
    command.json("albums", "add", "Holiday", more[0])
    likely = command.json("albums", "suggest", "holiday", "--limit", 3)
    assert (likely["album"]["photos"], likely["ask"], likely["left"]) == (3, False, 7)
    found = [Path(each["path"]) for each in likely["photos"]]
    assert len({*found} & {*more[1:]}) == len(found) == 3, "neither members nor the rejected one"
    asked = command.json("albums", "suggest", "Holiday", "--ask")
    assert asked["ask"]
    scores = [abs(each["score"]) for each in asked["photos"]]
    assert scores == sorted(scores)
    command.json("albums", "reject", "Holiday", *more)
    assert command.run("albums", "suggest", "Holiday").sentence == few
