"""Searches between what looks alike and what was taught, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.services.library import Library
from tests.journeys.command import Desktopsearch
from tests.journeys.conftest import Indexed
from tests.services.made_up_library import teach_at_random


@pytest.fixture
def taught(indexed: Indexed, tmp_path: Path) -> Desktopsearch:
    """The library of the forty photos as a teaching leaves it, with codes of 64 bits."""
    shutil.copytree(indexed.command.folder, tmp_path / "library")
    with Library.open_writer(LibraryPaths(tmp_path / "library")) as library:
        library.switch_to(teach_at_random(library, 64, 5), back=False)
    return Desktopsearch(tmp_path / "library")


def test_the_ends_are_the_two_codes_and_the_middle_is_between(
    indexed: Indexed, taught: Desktopsearch
) -> None:
    image = indexed.files[4]
    by_model = dict(indexed.command.hits(image, "-k", 40))
    by_taught = dict(taught.hits(image, "-k", 40))
    assert taught.found(image, "-k", 40, "--taste", 0) == list(by_model)
    assert dict(taught.hits(image, "-k", 40, "--taste", 1)) == by_taught
    answer = taught.json("search", image, "-k", 40, "--taste", 0.25)
    assert (answer["taste"], answer["code_bits"]) == (0.25, 64)
    assert {Path(hit["path"]): hit["distance"] for hit in answer["hits"]} == {
        path: int(64 * (0.25 * by_taught[path] / 64 + 0.75 * by_model[path] / 256) + 0.5)
        for path in by_model
    }


def test_a_saved_search_keeps_it_as_long_as_something_is_taught(
    indexed: Indexed, taught: Desktopsearch
) -> None:
    image = indexed.files[4]
    taught.json("searches", "save", "Mixed", image, "--taste", 0.25)
    mixed = taught.json("searches", "run", "Mixed", "-k", 40)
    assert mixed["taste"] == 0.25
    assert mixed["hits"] == taught.json("search", image, "-k", 40, "--taste", 0.25)["hits"]
    taught.json("generations", "rollback")
    plain = taught.json("searches", "run", "Mixed", "-k", 40)
    assert (plain["taste"], plain["code_bits"]) == (1.0, 256)


def test_without_taught_codes_that_is_said(indexed: Indexed) -> None:
    said = indexed.command.run("search", indexed.files[0], "--taste", 0.5).sentence
    assert said.startswith("There is nothing to mix")
    assert indexed.command.hits(indexed.files[0], "--taste", 1)


@pytest.mark.parametrize("wrong", ["-1", "1.5", "nan", "much"])
def test_what_is_no_share_is_wrong_usage(indexed: Indexed, wrong: str) -> None:
    outcome = indexed.command.run("search", indexed.files[0], f"--taste={wrong}")
    assert outcome.status == 2
    outcome = indexed.command.run("search", indexed.files[0], "--taste", 0.5, "--rerank")
    assert outcome.status == 2
