"""Photos that are no duplicates, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import put, put_bytes
from tests.landscapes import landscape


def groups(command: Desktopsearch) -> list[set[str]]:
    found: list[list[dict[str, Any]]] = command.json("duplicates")["groups"]
    assert all(group[0]["distance"] == 0 for group in found)
    return sorted(({Path(each["path"]).name for each in group} for group in found), key=min)


def test_photos_are_told_apart_and_stay_so(
    command: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    files = [
        put_bytes(photos / f"{name}.jpg", landscape(20, quality)[1])
        for name, quality in (("a", 95), ("b", 85), ("c", 92))
    ]
    command.json("index", photos)
    assert groups(command) == [{"a.jpg", "b.jpg", "c.jpg"}]
    noted = command.json("duplicates", "different", files[1], files[0])
    assert noted == {"act": {"kind": "different", "album": "", "labels": 0}}
    left = groups(command)
    assert sum("b.jpg" in group for group in left) + sum("a.jpg" in group for group in left) == 1
    # It holds wherever the files lie, and in an index that was made anew.
    files[1] = files[1].rename(photos / "moved.jpg")
    command.json("delete-index", "--yes")
    command.json("index", photos)
    again = groups(command)
    assert not any({"a.jpg", "moved.jpg"} <= group for group in again)
    assert command.run("duplicates", "different", files[0], files[1]).out == "nothing changed\n"
    outcome = command.run("albums", "undo")
    assert outcome.out == "undone: photos noted as no duplicates of each other\n"
    assert groups(command) == [{"a.jpg", "c.jpg", "moved.jpg"}]
    command.json("albums", "redo")
    outcome = command.run("duplicates", "same", files[0], files[1])
    assert outcome.out == "photos no longer noted as no duplicates of each other\n"
    assert groups(command) == [{"a.jpg", "c.jpg", "moved.jpg"}]
    unknown = put(tmp_path / "elsewhere.jpg", 5)
    sentence = command.run("duplicates", "different", files[0], unknown).sentence
    assert sentence.startswith(f"{unknown} is not among the photos of this library")
