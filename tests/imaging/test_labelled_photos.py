"""Labels as people keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.labelled_photos import (
    LabelledPhoto,
    label_matrix,
    read_labelled_photos,
)


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _read(folder: Path) -> dict[str, set[str]]:
    return {
        photo.path.relative_to(folder).as_posix(): set(photo.labels)
        for photo in read_labelled_photos(folder)
    }


def _refusal(folder: Path) -> DesktopSearchError:
    with pytest.raises(DesktopSearchError) as caught:
        read_labelled_photos(folder)
    return caught.value


def test_a_folder_is_a_class(tmp_path: Path) -> None:
    _touch(tmp_path, "ant/1.jpg", "ant/more/2.png", "bee/3.JPG", "bee/notes.txt", ".git/4.jpg")
    _touch(tmp_path, "outside.jpg")
    assert _read(tmp_path) == {
        "ant/1.jpg": {"ant"},
        "ant/more/2.png": {"ant"},
        "bee/3.JPG": {"bee"},
    }


def test_a_table_comes_first_and_may_name_several_labels_or_none(tmp_path: Path) -> None:
    _touch(tmp_path, "ant/1.jpg", "images/2.jpg", "bee/3.jpg")
    (tmp_path / "labels.csv").write_text(
        'file,labels\nant/1.jpg,small black\n2.jpg,black\n"a, b.jpg",\n', encoding="utf-8-sig"
    )
    assert _read(tmp_path) == {
        "ant/1.jpg": {"small", "black"},
        "images/2.jpg": {"black"},
        "a, b.jpg": set(),
    }


def test_a_table_needs_no_heading(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("1.jpg,a\n2.jpg,b\n", encoding="utf-8")
    assert list(_read(tmp_path)) == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("file,labels\n1.jpg\n", 2),
        ("1.jpg,a\n2.jpg,b,c\n", 2),
        (",a\n", 1),
        ('1.jpg,a\n"2.jpg,b', 2),
        ("1.jpg,a\n\n2.jpg,b\n", 2),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    error = _refusal(tmp_path)
    assert error.code is ProblemCode.EVALUATE_LABELS_INVALID
    assert error.parameters["line"] == line


def test_one_class_alone_cannot_be_compared(tmp_path: Path) -> None:
    _touch(tmp_path, "ant/1.jpg", "ant/2.jpg", "empty/notes.txt")
    assert _refusal(tmp_path).code is ProblemCode.EVALUATE_NO_LABELS


def test_no_folder_and_no_photos_are_said_apart(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none").code is ProblemCode.FOLDER_NOT_FOUND
    assert _refusal(tmp_path).code is ProblemCode.EVALUATE_NO_LABELS
    _touch(tmp_path, "photo.jpg")
    assert _refusal(tmp_path / "photo.jpg").code is ProblemCode.FOLDER_NOT_A_FOLDER


def test_the_matrix_says_who_has_what() -> None:
    photos = [
        LabelledPhoto(Path("1"), frozenset({"b", "a"})),
        LabelledPhoto(Path("2"), frozenset()),
        LabelledPhoto(Path("3"), frozenset({"b"})),
    ]
    np.testing.assert_array_equal(label_matrix(photos), [[1, 1], [0, 0], [0, 1]])
