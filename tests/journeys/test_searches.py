"""Saved searches from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import put


@pytest.fixture
def files(command: Desktopsearch, photos: Path) -> list[Path]:
    """Four indexed photos in two folders."""
    made = [put(photos / "a" / f"{n}.jpg", n) for n in range(2)]
    made += [put(photos / "b" / f"{n}.jpg", n) for n in range(2, 4)]
    assert command.json("index", photos)["photos"] == 4
    return made


def test_a_saved_search_is_asked_again(
    command: Desktopsearch, files: list[Path], photos: Path
) -> None:
    assert command.json("searches", "list") == {"searches": []}
    options = ("--folder", photos / "a", "--max-distance", 200, "--unlike", files[2])
    asked = command.json("search", files[1], *options)
    saved = command.json("searches", "save", "Boats", files[1], *options)
    assert saved["act"] == {"kind": "save search", "album": "Boats", "labels": 0}
    [search] = saved["searches"]
    assert (search["name"], search["max_distance"]) == ("Boats", 200)
    assert search["filter"]["folder"] == str(photos / "a")
    assert [each["alike"] for each in search["pictures"]] == [True, False]
    again = command.json("searches", "run", "boats")
    assert again.pop("search") == "Boats"
    for answer in (asked, again):
        del answer["elapsed_ms"]
    assert again == asked
    # Where its pictures lie now is found out anew.
    moved = files[1].rename(photos / "a" / "moved.jpg")
    command.json("index")
    assert command.json("searches", "run", "Boats")["query"] == str(moved)
    assert command.run("searches", "run", "Boats", "-k", 1).out.split()[1] == str(moved)


def test_saved_searches_are_renamed_and_deleted(command: Desktopsearch, files: list[Path]) -> None:
    command.json("searches", "save", "Boats", files[0])
    command.json("searches", "save", "All of b", "--folder", files[2].parent)
    assert command.run("searches", "list").out.splitlines() == [
        "All of b  (all photos, filtered)",
        "Boats  (0.jpg)",
    ]
    listed = command.json("searches", "run", "all of B")
    assert (listed["total"], {each["path"] for each in listed["photos"]}) == (
        2,
        {str(files[2]), str(files[3])},
    )
    taken = command.run("searches", "save", "boats", files[1]).sentence
    assert taken == "There is a saved search Boats already."
    outcome = command.run("searches", "save", "boats", files[1], "--replace")
    assert outcome.out == "search saved (boats)\n"
    assert command.json("searches", "run", "Boats")["query"] == str(files[1])
    command.json("searches", "rename", "Boats", "Ships")
    assert command.json("searches", "delete", "Ships")["act"]["kind"] == "delete search"
    gone = command.run("searches", "run", "Ships").sentence
    assert gone == "There is no saved search Ships; there are All of b."
    assert command.run("albums", "undo").out == "undone: saved search deleted (Ships)\n"
    assert command.json("searches", "run", "Ships")["query"] == str(files[1])


def test_what_is_gone_is_said(command: Desktopsearch, files: list[Path], tmp_path: Path) -> None:
    none = command.run("searches", "run", "Boats").sentence
    assert none == (
        "There is no saved search Boats, nor any other;"
        " save one with 'desktopsearch searches save NAME IMAGE'."
    )
    elsewhere = put(tmp_path / "elsewhere.jpg", 5)
    command.json("searches", "save", "Boats", elsewhere)
    command.json("searches", "save", "Ships", files[0])
    elsewhere.unlink()
    gone = command.run("searches", "run", "Boats").sentence
    assert gone == f"There is no file {elsewhere}."
    command.json("delete-index", "--yes")
    # Of a library that is empty, by a file that is there.
    assert command.json("searches", "run", "Ships")["hits"] == []
    command.json("delete-index", "--albums", "--yes")
    command.json("index", files[0].parent)
    assert command.json("searches", "list") == {"searches": []}


def test_a_picture_with_another_than_a_plain_name_is_saved_and_asked_for(
    command: Desktopsearch, files: list[Path]
) -> None:
    named = files[0].rename(files[0].with_name("Bäume, größer.jpg"))
    command.json("index")
    command.json("searches", "save", "Bäume", named)
    [search] = command.json("searches", "list")["searches"]
    assert [each["name"] for each in search["pictures"]] == [named.name]
    command.json("searches", "rename", "Bäume", "Wälder")
    assert command.json("searches", "run", "Wälder")["query"] == str(named)


def test_what_needs_an_image_is_not_saved_without_one(
    command: Desktopsearch, files: list[Path]
) -> None:
    refused = command.run("searches", "save", "Boats", "--like", files[1], "--max-distance", 9)
    assert refused.sentence == (
        "Without an image a saved search lists photos;"
        " name the image that --like --max-distance goes with."
    )
    assert command.json("searches", "list") == {"searches": []}
