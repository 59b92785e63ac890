"""Albums from folders and files, and into them, with the real command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import put, put_bytes


@pytest.fixture
def trips(command: Desktopsearch, photos: Path) -> Path:
    """Indexed photos in a folder for each trip; one photo is in two of them."""
    put(photos / "trips" / "Sea; summer" / "1.jpg", 1)
    put(photos / "trips" / "Sea; summer" / "deep" / "2.jpg", 2)
    put(photos / "trips" / "עיר" / "3.jpg", 3)
    shutil.copy(photos / "trips" / "עיר" / "3.jpg", photos / "trips" / "Sea; summer" / "copy.jpg")
    put(photos / "trips" / "loose.jpg", 4)
    (photos / "trips" / "empty").mkdir()
    assert command.json("index", photos)["photos"] == 4
    return photos / "trips"


def sizes(answer: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """How many photos are in each album, and not in it."""
    return {each["name"]: (each["photos"], each["rejected"]) for each in answer["albums"]}


BOTH = {"Sea; summer": (3, 0), "עיר": (1, 0)}


def test_folders_become_albums_wherever_they_lie(
    command: Desktopsearch, trips: Path, tmp_path: Path
) -> None:
    imported = command.json("albums", "import", trips)
    assert imported["act"] == {"kind": "import", "album": "", "labels": 4}
    assert imported["unknown"] == []
    assert sizes(imported) == BOTH
    assert sizes(command.json("albums", "undo")) == {}
    # A copy outside the library, one file of which the library does not know.
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(trips, elsewhere)
    stranger = put(elsewhere / "עיר" / "stranger.jpg", 30)
    other = put(elsewhere / "all strangers" / "other.jpg", 31)
    broken = put_bytes(elsewhere / "עיר" / "broken.jpg", b"")
    imported = command.json("albums", "import", elsewhere)
    assert sizes(imported) == BOTH
    assert imported["unknown"] == [str(other), str(broken), str(stranger)]
    again = command.run("albums", "import", elsewhere)
    assert again.out == "nothing changed\n"
    assert again.err.splitlines()[-4:] == [
        "3 files are not among the photos of the library and were left out:",
        f"  {other}",
        f"  {broken}",
        f"  {stranger}",
    ]
    assert not (command.folder / "stranger.jpg").exists()


@pytest.mark.parametrize("style", ["csv", "json"])
def test_what_was_exported_is_imported(
    command: Desktopsearch, trips: Path, tmp_path: Path, style: str
) -> None:
    command.json("albums", "import", trips)
    command.json("albums", "reject", "עיר", trips / "loose.jpg", trips / "Sea; summer" / "1.jpg")
    command.json("albums", "recolour", "עיר", "grey")
    before = command.json("albums", "list")["albums"]
    file = tmp_path / f"albums.{style}"
    written = command.json("albums", "export", file)
    assert written == {"path": str(file), "format": style, "albums": 2, "labels": 6}
    there = command.run("albums", "export", file, "--format", style).sentence
    assert there == f"There is a file {file} already; name another."
    assert command.json("albums", "import", file)["act"] is None, "all of it is so already"
    for name in ("Sea; summer", "עיר"):
        command.json("albums", "delete", name)
    imported = command.json("albums", "import", file)
    assert (imported["act"]["labels"], imported["unknown"]) == (6, [])
    assert sizes(imported) == {"Sea; summer": (3, 0), "עיר": (1, 2)}
    if style == "json":
        assert [each["colour"] for each in imported["albums"]] == [
            each["colour"] for each in before
        ]


def test_json_finds_photos_that_have_moved_to_another_library(
    command: Desktopsearch, trips: Path, tmp_path: Path
) -> None:
    command.json("albums", "import", trips)
    file = tmp_path / "albums.json"
    command.json("albums", "export", file)
    (trips / "Sea; summer" / "1.jpg").unlink()
    trips.rename(trips.parent / "journeys")
    other = Desktopsearch(tmp_path / "other")
    other.folder.mkdir()
    shutil.copy(command.folder / "embeddings.db", other.folder)
    other.json("index", trips.parent)
    imported = other.json("albums", "import", file)
    assert sizes(imported) == {"Sea; summer": (2, 0), "עיר": (1, 0)}
    assert imported["unknown"] == [str(trips / "Sea; summer" / "1.jpg")]


def test_a_csv_names_files_relative_to_itself(
    command: Desktopsearch, trips: Path, photos: Path
) -> None:
    table = photos / "albums.csv"
    table.write_text(
        "file,albums,rejected\n"
        "trips/loose.jpg,Good;Best,\n"
        "trips/Sea; summer/1.jpg,Good,Best\n"
        "trips/nothing.jpg,Good,\n"
        f"{'x' * 300}.jpg,Good,\n"
        "trips,Good,\n",
        encoding="utf-8",
    )
    imported = command.json("albums", "import", table)
    assert sizes(imported) == {"Best": (1, 1), "Good": (2, 0)}
    assert imported["unknown"] == [
        str(trips / "nothing.jpg"),
        str(photos / f"{'x' * 300}.jpg"),
        str(trips),
    ]


def test_what_cannot_be_imported_or_exported(
    command: Desktopsearch, trips: Path, tmp_path: Path
) -> None:
    def refused(*arguments: object) -> str:
        return command.run("albums", *arguments).sentence

    missing = tmp_path / "missing.csv"
    assert refused("import", missing) == f"There is no file or folder {missing}."
    assert "cannot be read" in refused("import", tmp_path / f"{'x' * 300}.csv")
    photo = trips / "loose.jpg"
    assert refused("import", photo).endswith(f"; {photo} is neither.")
    assert "holds no folder with photos" in refused("import", trips / "empty")
    table = put_bytes(tmp_path / "table.csv", b"file,albums\nonly one\n")
    assert "line 2 has not 2 fields" in refused("import", table)
    coloured = {"format": "desktopsearch albums", "version": 1, "albums": []}
    coloured["albums"] = [{"name": "Sea", "colour": "#123456"}]
    document = put_bytes(tmp_path / "table.json", json.dumps(coloured).encode())
    assert "There is no colour #123456" in refused("import", document)
    assert command.json("albums", "list")["albums"] == []
    before = photo.read_bytes()
    assert refused("export", photo, "--format", "csv").startswith("There is a file")
    assert photo.read_bytes() == before
    assert "with --format" in refused("export", tmp_path / "albums")
    assert "cannot be written" in refused("export", tmp_path / "none" / "albums.csv")


def test_sidecars_are_written_only_beside_photos_that_were_asked_for(
    command: Desktopsearch, trips: Path, photos: Path, tmp_path: Path
) -> None:
    command.json("albums", "import", trips)
    command.json("albums", "reject", "עיר", trips / "loose.jpg")
    before = {file: file.read_bytes() for file in photos.rglob("*.jpg")}
    foreign = put_bytes(trips / "Sea; summer" / "1.jpg.xmp", b"not XMP at all")
    from_nothing = Desktopsearch(command.folder, cold=True)
    written = from_nothing.json("albums", "export", trips / "Sea; summer", "--format", "xmp")
    assert written == {
        "path": str(trips / "Sea; summer"),
        "format": "xmp",
        "written": 2,
        "unchanged": 0,
        "left_alone": [
            {
                "path": str(foreign),
                "sentence": f"{foreign} was left as it is: it is not well-formed XML"
                " (syntax error: line 1, column 0).",
            }
        ],
    }
    assert {file.relative_to(trips).as_posix() for file in photos.rglob("*.xmp")} == {
        "Sea; summer/1.jpg.xmp",
        "Sea; summer/copy.jpg.xmp",
        "Sea; summer/deep/2.jpg.xmp",
    }
    # The copy is in both albums, since its content is.
    text = (trips / "Sea; summer" / "copy.jpg.xmp").read_text(encoding="utf-8")
    assert "<rdf:li>Sea; summer</rdf:li><rdf:li>עיר</rdf:li>" in text
    foreign.unlink()
    everything = command.json("albums", "export", tmp_path, "--format", "xmp")
    assert (everything["written"], everything["unchanged"]) == (2, 2)
    assert not (trips / "loose.jpg.xmp").exists()
    assert {file: file.read_bytes() for file in photos.rglob("*.jpg")} == before
    run = command.json("index")
    assert (run["photos"], run["indexed"], run["removed"]) == (4, 0, 0)
    told = command.run("albums", "export", trips, "--format", "xmp")
    assert told.out == "0 sidecars written, 4 as they were\n"
    outside = command.run("albums", "export", "/usr", "--format", "xmp").sentence
    assert outside == "/usr is not one of the folders of this library."
