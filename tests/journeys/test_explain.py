"""Why a photo is found, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.conftest import Indexed
from tests.journeys.photographs import put


@pytest.fixture
def labelled(indexed: Indexed, tmp_path: Path) -> Desktopsearch:
    """The library of the forty photos, with an album of some of them."""
    shutil.copytree(indexed.command.folder, tmp_path / "library")
    command = Desktopsearch(tmp_path / "library")
    command.json("albums", "create", "Some")
    command.json("albums", "add", "Some", *indexed.files[:6])
    return command


def test_the_distance_is_that_of_the_search_and_albums_are_judged(
    indexed: Indexed, labelled: Desktopsearch
) -> None:
    query = indexed.files[0]
    found = labelled.json("search", query, "-k", 40)["hits"]
    for hit in (found[0], found[1], found[20]):
        said = labelled.json("explain", query, hit["path"])
        assert (said["photo_id"], said["distance"]) == (hit["photo_id"], hit["distance"])
        assert said["others"] == 39
        farther = sum(each["distance"] > hit["distance"] for each in found)
        assert said["nearer_than"] == pytest.approx(farther / 39)
        assert [each["name"] for each in said["albums"]] == ["Some"]
        assert said["albums"][0]["inside"] is (Path(hit["path"]) in indexed.files[:6])


def test_for_people_it_is_said_in_sentences(indexed: Indexed, tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere.jpg", 23, quality=60)
    said = indexed.command.run("explain", elsewhere, indexed.files[23])
    lines = said.out.splitlines()
    assert lines[0].startswith("Distance ")
    assert lines[0].endswith(" of 256 bits agree.")
    assert lines[1] == "Nearer than 100.0 % of the other 39 photos."
    assert "With albums of three photos or more" in said.err


def test_what_is_no_photo_of_the_library_is_said(indexed: Indexed, tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere.jpg", 23)
    said = indexed.command.run("explain", indexed.files[0], elsewhere).sentence
    assert "is not among the photos of this library" in said
    said = indexed.command.run("explain", tmp_path / "none.jpg", indexed.files[0]).sentence
    assert said.startswith("There is no file")
