"""``problems``: put aside until the file changes, listed again, written down."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import content, put, put_bytes


@pytest.fixture
def broken(command: Desktopsearch, photos: Path) -> list[Path]:
    """Two files of a library that cannot be read, and one that can."""
    put(photos / "sound.jpg", 1)
    files = [
        put_bytes(photos / "cut.jpg", content(2)[:300]),
        put_bytes(photos / "words, and more.jpg", b"only words"),
    ]
    command.json("index", photos)
    return files


def test_a_problem_is_put_aside_until_its_file_changes(
    command: Desktopsearch, broken: list[Path]
) -> None:
    cut, words = broken
    assert set(command.problems()) == {cut, words}
    left = command.json("problems", "ignore", cut)["problems"]
    assert [each["path"] for each in left] == [str(words)]
    assert command.json("status")["problems"] == 1
    command.json("index", "--retry")
    assert set(command.problems()) == {words}, "another try says nothing new of the same file"
    everything = command.json("problems", "--ignored")["problems"]
    assert {each["path"]: each["ignored"] for each in everything} == {
        str(cut): True,
        str(words): False,
    }
    assert "(put aside)" in command.run("problems", "--ignored").out

    put_bytes(cut, content(2)[:400])
    command.json("index")
    assert set(command.problems()) == {cut, words}

    command.json("problems", "ignore", cut, words)
    assert command.problems() == {}
    command.json("problems", "heed", words)
    assert set(command.problems()) == {words}


def test_a_file_without_a_problem_cannot_be_put_aside(
    command: Desktopsearch, broken: list[Path]
) -> None:
    sound = broken[0].with_name("sound.jpg")
    refused = command.run("problems", "ignore", broken[0], sound).sentence
    assert refused == f"Nothing is known to be wrong with {sound}; see 'desktopsearch problems'."
    assert set(command.problems()) == set(broken)


def test_problems_are_written_down(
    command: Desktopsearch, broken: list[Path], tmp_path: Path
) -> None:
    listed = command.json("problems", "--export", tmp_path / "list.json")
    assert json.loads((tmp_path / "list.json").read_text(encoding="utf-8")) == listed
    command.run("problems", "--export", tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [str(file) for file in sorted(broken)]
    assert [row["code"] for row in rows] == [each["code"] for each in listed["problems"]]
    nowhere = tmp_path / "missing" / "list.csv"
    refused = command.run("problems", "--export", nowhere).sentence
    assert refused == f"{nowhere} cannot be written: No such file or directory."
