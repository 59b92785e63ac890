"""Which photos a model may be made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from desktopsearch.bundling.training_photos import read_holdout, training_photos
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    for name in (
        "animals/ant/1.jpg",
        "animals/ant/deep/2.PNG",
        "animals/anteater/3.jpg",
        "animals/bee/4.jpg",
        "animals/bee/notes.txt",
        "animals/.hidden/5.jpg",
        "places/ant/6.jpg",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def _chosen(packs: Path, held_out: Sequence[str], at_most: int = 100) -> list[str]:
    folders = [packs / "animals", packs / "places", packs / "animals" / "bee"]
    found = training_photos(folders, held_out, at_most)
    return [photo.path.relative_to(packs.resolve()).as_posix() for photo in found]


def test_pictures_below_all_folders_are_taken_once(packs: Path) -> None:
    assert _chosen(packs, []) == [
        "animals/ant/1.jpg",
        "animals/ant/deep/2.PNG",
        "animals/anteater/3.jpg",
        "animals/bee/4.jpg",
        "places/ant/6.jpg",
    ]


def test_what_is_held_out_is_left_out_with_all_below_it(packs: Path) -> None:
    assert _chosen(packs, ["animals/ant", "/animals/bee/4.jpg"]) == [
        "animals/anteater/3.jpg",
        "places/ant/6.jpg",
    ]


def test_a_line_that_holds_nothing_out_is_refused(packs: Path) -> None:
    with pytest.raises(DesktopSearchError, match="animals/wasp") as caught:
        _chosen(packs, ["animals/ant", "animals/wasp"])
    assert caught.value.code is ProblemCode.HOLDOUT_NOT_FOUND


def test_a_large_folder_is_thinned_evenly(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}.jpg").touch()
    found = [int(photo.path.stem) for photo in training_photos([tmp_path], [], 25)]
    assert found == list(range(0, 100, 4))


def test_labels_are_told_apart_by_the_folder_that_holds_them(packs: Path) -> None:
    table = packs / "tables"
    table.mkdir()
    (table / "8.jpg").touch()
    (table / "9.jpg").touch()
    (table / "labels.csv").write_text("file,labels\n9.jpg,ant bee\n", encoding="utf-8")
    found = training_photos([packs / "animals", table, packs / "places"], [], 100)
    labels = {photo.path.name: set(photo.labels) for photo in found}
    assert labels["2.PNG"] == {"animals/ant"}
    assert labels["9.jpg"] == {"tables/ant", "tables/bee"}
    assert labels["8.jpg"] == set()
    # One class alone says nothing about what is alike.
    assert labels["6.jpg"] == set()


def test_a_missing_folder_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        training_photos([tmp_path / "none"], [], 10)
    assert caught.value.code is ProblemCode.FOLDER_NOT_FOUND


def test_a_holdout_file_may_have_comments_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "holdout.txt"
    path.write_text("# why\n\nanimals/ant\n  places/ant  \n", encoding="utf-8")
    assert read_holdout(path) == ["animals/ant", "places/ant"]
    with pytest.raises(DesktopSearchError) as caught:
        read_holdout(tmp_path / "none.txt")
    assert caught.value.code is ProblemCode.HOLDOUT_UNREADABLE
