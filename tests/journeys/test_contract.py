"""What programs may rely on: the JSON of every command, its exit status, its streams."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.command import Desktopsearch
from tests.journeys.conftest import SEEDS, Indexed
from tests.journeys.photographs import picture, put

Shape = dict[str, type | tuple[type, ...]]

NUMBER = (int, float)


def check_shape(document: dict[str, Any], shape: Shape) -> None:
    assert document.keys() == shape.keys()
    for key, types in shape.items():
        allowed = types if isinstance(types, tuple) else (types,)
        assert type(document[key]) in allowed, (key, document[key])


def test_index_reports_what_it_did(indexed: Indexed) -> None:
    check_shape(
        indexed.report,
        {
            "photos": int,
            "locations": int,
            "indexed": int,
            "failed": int,
            "removed": int,
            "seconds": NUMBER,
            "images_per_second": NUMBER,
            "device": str,
        },
    )
    done = {key: indexed.report[key] for key in ("photos", "locations", "indexed")}
    assert done == dict.fromkeys(done, len(SEEDS))
    assert indexed.report["failed"] == indexed.report["removed"] == 0
    assert indexed.report["seconds"] > 0
    assert indexed.report["images_per_second"] == pytest.approx(
        len(SEEDS) / indexed.report["seconds"], rel=0.01
    )
    assert indexed.report["device"]


def test_progress_goes_to_standard_error(indexed: Indexed) -> None:
    assert "looking for photos" in indexed.progress


def test_search_finds_the_query_itself_first(indexed: Indexed) -> None:
    wanted = indexed.files[17]
    answer = indexed.command.json("search", wanted, "-k", 5)
    check_shape(
        answer,
        {
            "query": str,
            "crop": list,
            "turn": int,
            "mirror": bool,
            "like": list,
            "unlike": list,
            "generation": int,
            "code_bits": int,
            "reranked": bool,
            "taste": NUMBER,
            "hits": list,
            "elapsed_ms": dict,
        },
    )
    assert answer["query"] == str(wanted)
    assert answer["reranked"] is False
    assert (answer["crop"], answer["turn"], answer["mirror"]) == ([0, 0, 1, 1], 0, False)
    assert answer["code_bits"] % 8 == 0
    check_shape(
        answer["elapsed_ms"],
        {"decode": NUMBER, "encode": NUMBER, "search": NUMBER, "total": NUMBER},
    )
    assert answer["elapsed_ms"]["total"] >= answer["elapsed_ms"]["search"] > 0
    assert len(answer["hits"]) == 5
    for hit in answer["hits"]:
        check_shape(hit, {"photo_id": int, "path": str, "distance": int, "copies": list})
        assert Path(hit["path"]) in indexed.files
    assert answer["hits"][0]["path"] == str(wanted)
    assert answer["hits"][0]["distance"] == 0
    distances = [hit["distance"] for hit in answer["hits"]]
    assert distances == sorted(distances)
    assert distances[1] > 0


def test_a_picture_from_elsewhere_finds_its_like(indexed: Indexed, tmp_path: Path) -> None:
    saved_again = put(tmp_path / "elsewhere.jpg", 23, quality=60)
    answer = indexed.command.json("search", saved_again)
    assert answer["hits"][0]["path"] == str(indexed.files[23])
    assert answer["elapsed_ms"]["encode"] > 0


def test_search_returns_twenty_unless_told(indexed: Indexed) -> None:
    assert len(indexed.command.hits(indexed.files[0])) == 20
    assert len(indexed.command.hits(indexed.files[0], "-k", 500)) == len(SEEDS)
    assert len(indexed.command.hits(indexed.files[0], "-k", 1)) == 1


def test_search_within_a_distance(indexed: Indexed) -> None:
    everything = indexed.command.hits(indexed.files[3], "-k", 500)
    radius = everything[4][1]
    assert indexed.command.hits(indexed.files[3], "-k", 500, "--max-distance", radius) == [
        hit for hit in everything if hit[1] <= radius
    ]
    assert indexed.command.hits(indexed.files[3], "--max-distance", 0) == everything[:1]


def test_search_in_a_folder(indexed: Indexed) -> None:
    everything = indexed.command.hits(indexed.files[0], "-k", 500)
    folder = indexed.photos / "folder 2"
    assert indexed.command.hits(indexed.files[0], "-k", 500, "--folder", folder) == [
        hit for hit in everything if hit[0].parent == folder
    ]
    above = indexed.photos.parent
    assert indexed.command.hits(indexed.files[0], "-k", 500, "--folder", above) == everything
    outside = indexed.command.run("search", indexed.files[0], "--folder", "/usr")
    assert outside.sentence == "/usr is not one of the folders of this library."


def test_search_for_a_part(indexed: Indexed, tmp_path: Path) -> None:
    third, fifth = (picture(SEEDS[number], (600, 400)) for number in (3, 5))
    both = Image.new("RGB", (600, 800))
    both.paste(third, (0, 0))
    both.paste(fifth, (0, 400))
    both.save(tmp_path / "both.png")
    answer = indexed.command.json(
        "search", tmp_path / "both.png", "-k", 1, "--crop", "0%,50%,100%,100%"
    )
    assert Path(answer["hits"][0]["path"]) == indexed.files[5]
    held = third.transpose(Image.Transpose.FLIP_LEFT_RIGHT).transpose(Image.Transpose.ROTATE_90)
    both = Image.new("RGB", (800, 600))
    both.paste(held, (0, 0))
    both.save(tmp_path / "held.png")
    answer = indexed.command.json(
        "search", tmp_path / "held.png", "--crop", "0,0,.5,1", "--turn", 90, "--mirror"
    )
    assert (answer["crop"], answer["turn"], answer["mirror"]) == ([0, 0, 0.5, 1], 90, True)
    assert Path(answer["hits"][0]["path"]) == indexed.files[3]
    assert answer["hits"][0]["distance"] < 20


def test_search_in_two_stages(indexed: Indexed) -> None:
    by_code = indexed.command.json("search", indexed.files[0], "-k", 500)["hits"]
    answer = indexed.command.json("search", indexed.files[0], "-k", 500, "--rerank")
    assert answer["reranked"] is True
    shape: Shape = {
        "photo_id": int,
        "path": str,
        "distance": int,
        "cosine": float,
        "copies": list,
    }
    for hit in answer["hits"]:
        check_shape(hit, shape)
    cosines = [hit.pop("cosine") for hit in answer["hits"]]
    assert cosines == sorted(cosines, reverse=True)
    assert cosines[0] == pytest.approx(1, abs=1e-3)
    assert answer["hits"] != by_code
    assert sorted(answer["hits"], key=lambda hit: int(hit["photo_id"])) == sorted(
        by_code, key=lambda hit: int(hit["photo_id"])
    )
    radius = by_code[9]["distance"]
    within = indexed.command.json(
        "search", indexed.files[0], "-k", 3, "--rerank", "--max-distance", radius
    )
    near = [hit["path"] for hit in answer["hits"] if hit["distance"] <= radius]
    assert [hit["path"] for hit in within["hits"]] == near[:3]


def test_search_for_people(indexed: Indexed) -> None:
    outcome = indexed.command.run("search", indexed.files[5], "-k", 3)
    assert outcome.status == 0
    assert len(outcome.out.splitlines()) == 3
    assert outcome.out.splitlines()[0] == f"{0:5d}  {indexed.files[5]}"
    assert outcome.err == ""
    reranked = indexed.command.run("search", indexed.files[5], "-k", 3, "--rerank")
    assert len(reranked.out.splitlines()) == 3
    assert reranked.err == (
        "Ordered by the cosine of embeddings; the figures are the distances of the codes.\n"
    )


def test_status(indexed: Indexed) -> None:
    status = indexed.command.json("status")
    assert status["photos"] == status["locations"] == len(SEEDS)
    assert status["pending"] == status["unencoded"] == status["problems"] == 0
    [folder] = status["folders"]
    assert folder["path"] == str(indexed.photos)
    assert folder["offline"] is False
    assert folder["locations"] == len(SEEDS)
    assert status["size_bytes"] > 0


def test_problems_of_a_sound_library(indexed: Indexed) -> None:
    assert indexed.command.json("problems") == {"problems": []}


def test_doctor_on_a_sound_library(indexed: Indexed) -> None:
    report = indexed.command.json("doctor")
    assert report["ok"] is True
    assert report["rebuilt"] is False
    assert all(check["ok"] for check in report["checks"])
    assert {"library file", "embeddings file", "proxies file"} <= {
        check["name"] for check in report["checks"]
    }


def test_duplicates_of_unlike_photos(indexed: Indexed) -> None:
    assert indexed.command.json("duplicates", "--max-distance", 0) == {"groups": []}
    [everything] = indexed.command.json("duplicates", "--max-distance", 256)["groups"]
    for member in everything:
        check_shape(member, {"photo_id": int, "path": str, "distance": int})
    assert sorted(member["path"] for member in everything) == sorted(map(str, indexed.files))


ALBUM: Shape = {
    "id": int,
    "name": str,
    "colour": str,
    "photos": int,
    "present": int,
    "rejected": int,
}
ACT: Shape = {"kind": str, "album": str, "labels": int}
ALBUMS: Shape = {"albums": list, "undo": (dict, type(None)), "redo": (dict, type(None))}


def test_albums(command: Desktopsearch, photos: Path, tmp_path: Path) -> None:
    photo = put(photos / "of" / "1.jpg", 1)
    command.json("index", photos)
    listed = command.json("albums", "list")
    assert listed == {"albums": [], "undo": None, "redo": None}
    file = tmp_path / "albums.json"
    for arguments in (
        ("create", "Holiday", "--colour", "#1565c0"),
        ("rename", "holiday", "Trip"),
        ("recolour", "trip", "red"),
        ("add", "Trip", photo),
        ("reject", "Trip", photo),
        ("remove", "Trip", photos, "--recursive"),
        ("undo",),
        ("redo",),
        ("delete", "Trip"),
    ):
        answer = command.json("albums", *arguments)
        check_shape(answer, {"act": dict, **ALBUMS})
        check_shape(answer["act"], ACT)
        assert answer["act"]["kind"] == {"undo": "remove", "redo": "remove"}.get(
            arguments[0], arguments[0]
        )
    imported = command.json("albums", "import", photos)
    check_shape(imported, {"act": dict, "unknown": list, **ALBUMS})
    [album] = imported["albums"]
    check_shape(album, ALBUM)
    assert (album["name"], album["photos"], album["present"], album["rejected"]) == ("of", 1, 1, 0)
    exported = command.json("albums", "export", file)
    check_shape(exported, {"path": str, "format": str, "albums": int, "labels": int})
    sidecars = command.json("albums", "export", photos, "--format", "xmp")
    check_shape(
        sidecars,
        {"path": str, "format": str, "written": int, "unchanged": int, "left_alone": list},
    )


def test_folders(command: Desktopsearch, photos: Path, tmp_path: Path) -> None:
    added = command.json("folders", "add", photos)
    assert added == {"folders": [{"path": str(photos), "offline": False}]}
    (tmp_path / "more").mkdir()
    assert len(command.json("folders", "add", tmp_path / "more")["folders"]) == 2
    assert command.json("folders", "list") == {
        "folders": [
            {"path": str(tmp_path / "more"), "offline": False},
            {"path": str(photos), "offline": False},
        ]
    }
    assert command.json("folders", "remove", tmp_path / "more") == added
    unknown = command.run("folders", "remove", tmp_path / "more")
    assert unknown.sentence == f"{tmp_path / 'more'} is not one of the folders of this library."


def test_a_path_is_tried_against_the_patterns(command: Desktopsearch, photos: Path) -> None:
    command.json("folders", "add", photos)
    command.json("excludes", "add", "drafts")
    hidden = photos / "drafts" / ".x.jpg"
    assert command.json("excludes", "test", hidden) == {
        "path": str(hidden),
        "folder": str(photos),
        "patterns": [".*", "drafts"],
    }
    assert command.json("excludes", "test", photos / "x.jpg")["patterns"] == []
    assert command.run("excludes", "test", photos / "x.jpg").out == "No pattern leaves it out.\n"
    outside = command.run("excludes", "test", photos.parent / "drafts").out.splitlines()
    assert outside == ["drafts", "It lies in none of the library's folders."]


def test_folders_that_cannot_be_added(command: Desktopsearch, tmp_path: Path) -> None:
    missing = command.run("folders", "add", tmp_path / "missing")
    assert missing.sentence == f"There is no folder {tmp_path / 'missing'}."
    file = put(tmp_path / "file.jpg", 0)
    assert command.run("index", file).sentence == f"{file} is a file, not a folder."


def test_the_data_folder_may_be_named_on_either_side(indexed: Indexed) -> None:
    before = indexed.command.run("status", "--json")
    after = indexed.command.run(
        "status", "--json", "--data-dir", indexed.command.folder, data_dir=False
    )
    assert (after.status, json.loads(after.out)) == (0, json.loads(before.out))
    # The one after the command is nearer to it and wins.
    both = Desktopsearch(indexed.command.folder / "nowhere").run(
        "status", "--data-dir", indexed.command.folder
    )
    assert both.status == 0


def test_a_relative_data_folder(indexed: Indexed) -> None:
    relative = Desktopsearch(Path(os.path.relpath(indexed.command.folder)))
    assert relative.json("status")["photos"] == len(SEEDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("search",),
        ("search", "a.jpg", "-k", "0"),
        ("search", "a.jpg", "-k", "many"),
        ("search", "a.jpg", "--max-distance", "-1"),
        ("search", "a.jpg", "--crop", "0,0,1"),
        ("search", "a.jpg", "--crop", "0.5,0,0.5,1"),
        ("search", "a.jpg", "--crop", "0,0,120%,1"),
        ("search", "a.jpg", "--turn", "45"),
        ("folders",),
        ("folders", "add"),
        ("folders", "remove"),
        ("folders", "list", "here"),
        ("excludes", "add"),
        ("albums",),
        ("albums", "create"),
        ("albums", "add", "Holiday"),
        ("albums", "export", "a.csv", "--format", "txt"),
        ("albums", "suggest", "Holiday", "--limit", "1001"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outcome = Desktopsearch(tmp_path / "library").run(*arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert "usage: desktopsearch" in outcome.err
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("problems",),
        ("duplicates",),
        ("doctor",),
        ("delete-index",),
        ("delete-index", "--albums", "--yes"),
        ("folders", "list"),
        ("albums", "list"),
        ("search", "some.jpg"),
    ],
)
def test_without_a_library(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outcome = Desktopsearch(tmp_path / "library").run(*arguments, "--json")
    assert "There is no library in" in outcome.sentence
    assert not (tmp_path / "library").exists()


def test_a_query_that_is_no_picture(indexed: Indexed, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    assert "not a picture" in indexed.command.run("search", text, "--json").sentence
    missing = tmp_path / "missing.jpg"
    outcome = indexed.command.run("search", missing, "--json")
    assert outcome.sentence == f"There is no file {missing}."
    assert indexed.command.run("search", tmp_path, "--json").sentence


def test_nobody_reads_the_output_to_its_end(indexed: Indexed) -> None:
    process = indexed.command.start("search", indexed.files[0], "-k", 40)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert err == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_an_output_that_cannot_hold_every_name(
    indexed: Indexed, command: Desktopsearch, photos: Path
) -> None:
    put(photos / "Grüße 🎉.jpg", 1)
    command.json("index", photos)
    narrow = Desktopsearch(command.folder, PYTHONIOENCODING="ascii")
    shown = narrow.run("search", indexed.files[1])
    assert shown.status == 0
    assert shown.out.splitlines()[0].endswith(".jpg")
    assert narrow.hits(indexed.files[1]) == [(photos / "Grüße 🎉.jpg", 0)]
