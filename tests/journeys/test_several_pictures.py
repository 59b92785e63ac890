"""Searches with several pictures, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopsearch.domain.examples import MOST_PICTURES
from tests.journeys.conftest import Indexed


def distances(indexed: Indexed, image: Path, *options: object) -> dict[Path, int]:
    return dict(indexed.command.hits(image, "-k", 40, *options))


def test_photos_like_some_and_unlike_others(indexed: Indexed) -> None:
    one, other, unlike = indexed.files[3], indexed.files[9], indexed.files[20]
    alone = [distances(indexed, each) for each in (one, other, unlike)]
    found = distances(indexed, one, "--like", other, "--unlike", unlike)
    meant = {path: (alone[0][path] + alone[1][path]) / 2 for path in indexed.files}
    assert found == {
        path: min(256, int(mean + max(0, mean - alone[2][path]) + 0.5))
        for path, mean in meant.items()
    }
    assert list(found.values()) == sorted(found.values())
    assert set(list(found)[:2]) == {one, other}
    assert distances(indexed, one, "--like", other)[unlike] < found[unlike]


def test_the_document_names_all_pictures(indexed: Indexed) -> None:
    first, *others = indexed.files[:5]
    answer = indexed.command.json(
        "search", first, "--unlike", others[0], "--like", others[1], "--like", others[2]
    )
    assert answer["query"] == str(first)
    assert answer["like"] == [str(others[1]), str(others[2])]
    assert answer["unlike"] == [str(others[0])]


@pytest.mark.parametrize("option", ["--like", "--unlike"])
def test_a_picture_that_cannot_be_had_is_said(
    indexed: Indexed, option: str, tmp_path: Path
) -> None:
    first, gone, words = indexed.files[0], tmp_path / "gone.jpg", tmp_path / "words.jpg"
    words.write_text("words", encoding="ascii")
    said = indexed.command.run("search", first, option, gone).sentence
    assert said == f"There is no file {gone}."
    said = indexed.command.run("search", first, "--like", first, option, words).sentence
    assert said.startswith("Picture 3 of the query cannot be read;")


def test_there_is_an_end_to_it(indexed: Indexed) -> None:
    first, like = indexed.files[0], [part for each in indexed.files for part in ("--like", each)]
    most = 2 * (MOST_PICTURES - 1)
    assert distances(indexed, first, *like[:most])
    said = indexed.command.run("search", first, *like[: most + 2]).sentence
    assert said == f"A query has at most {MOST_PICTURES} pictures."
