from __future__ import annotations

import os

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.excludes import DEFAULT_PATTERNS, Excludes, checked_pattern, pattern_of
from desktopsearch.domain.problems import ProblemCode


@pytest.mark.parametrize(
    "path",
    [
        ".hidden.jpg",
        "a/.thumbnails/1.jpg",
        ".Trash-1000/files/a.jpg",
        "photos/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
        "photos/#recycle/a.jpg",
        "$Recycle.Bin/S-1-5-21/a.jpg",
        "System Volume Information",
        "lost+found",
        "THUMBS.DB",
        "a/Catalog Previews.lrdata/0/1.jpg",
        "Photos Library.photoslibrary/resources/derivatives/1.jpeg",
        "mine/Photos Library.photoslibrary/resources",
        "CaptureOne/Cache/Proxies/a.jpg",
        "2024/CaptureOne/Cache",
        "web/node_modules/x/logo.png",
        "__MACOSX/._a.jpg",
    ],
)
def test_defaults_leave_out_what_no_one_calls_a_photo(path: str) -> None:
    assert Excludes(DEFAULT_PATTERNS).leaves_out(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a.jpg",
        "2024/holiday/a.b.jpg",
        "recycle/a.jpg",
        "Photos Library.photoslibrary/originals/0/a.heic",
        "CaptureOne/a.jpg",
        "resources/a.jpg",
        os.fsdecode(b"\xff\xfe.jpg"),
        "line\nbreak.jpg",
    ],
)
def test_defaults_keep_photos(path: str) -> None:
    assert not Excludes(DEFAULT_PATTERNS).leaves_out(path)


def test_a_name_pattern_matches_whole_names_anywhere_in_any_case() -> None:
    excludes = Excludes(["Draft*"])
    assert excludes.leaves_out("drafts")
    assert excludes.leaves_out("a/DRAFT 1.jpg")
    assert excludes.leaves_out("a/drafts/b/c.jpg")
    assert not excludes.leaves_out("a/my drafts/c.jpg")


def test_a_path_pattern_starts_at_the_root() -> None:
    excludes = Excludes(["holiday/raw", "/private"])
    assert excludes.leaves_out("holiday/raw/a.jpg")
    assert excludes.leaves_out("Private/a.jpg")
    assert not excludes.leaves_out("2024/holiday/raw/a.jpg")
    assert not excludes.leaves_out("2024/private/a.jpg")
    assert not excludes.leaves_out("holiday/rawer/a.jpg")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert Excludes(["caf\u00e9"]).leaves_out("cafe\u0301")
    assert Excludes(["cafe\u0301"]).leaves_out("caf\u00e9")


def test_no_patterns_leave_nothing_out() -> None:
    assert not Excludes([]).leaves_out(".hidden")


def test_matches_looks_at_the_path_alone() -> None:
    assert not Excludes([".*"]).matches(".hidden/a.jpg")
    assert Excludes([".*"]).leaves_out(".hidden/a.jpg")


def test_brackets_match_character_sets_and_broken_ones_themselves() -> None:
    assert Excludes(["img[0-9].jpg"]).matches("IMG7.jpg")
    assert Excludes(["odd[.jpg"]).matches("odd[.jpg")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  drafts ", "drafts"),
        ("drafts/", "drafts"),
        ("./drafts", "drafts"),
        ("holiday\\raw\\", "holiday/raw"),
        ("a//b", "a/b"),
        ("/private", "/private"),
        ("*.gif", "*.gif"),
    ],
)
def test_a_typed_pattern_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert checked_pattern(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ProblemCode.EXCLUDE_EMPTY),
        (" \t", ProblemCode.EXCLUDE_EMPTY),
        ("./", ProblemCode.EXCLUDE_EMPTY),
        ("x" * 201, ProblemCode.EXCLUDE_TOO_LONG),
        ("*", ProblemCode.EXCLUDE_TOO_WIDE),
        ("**/*", ProblemCode.EXCLUDE_TOO_WIDE),
        ("/", ProblemCode.EXCLUDE_TOO_WIDE),
        ("?*", ProblemCode.EXCLUDE_TOO_WIDE),
        ("../other", ProblemCode.EXCLUDE_INVALID),
        ("a/./b", ProblemCode.EXCLUDE_INVALID),
        ("a\nb", ProblemCode.EXCLUDE_INVALID),
        ("\udcff", ProblemCode.EXCLUDE_INVALID),
    ],
)
def test_a_typed_pattern_that_cannot_be_meant_is_refused(typed: str, code: ProblemCode) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        checked_pattern(typed)
    assert caught.value.code is code


def test_every_default_would_be_accepted_if_typed() -> None:
    assert tuple(checked_pattern(pattern) for pattern in DEFAULT_PATTERNS) == DEFAULT_PATTERNS


@pytest.mark.parametrize(
    "path",
    ["a.jpg", "holiday/b c.jpg", "x [1]*?.jpg", "line\nbreak.jpg", "odd\udcff.jpg", "end ", "a\\b"],
)
def test_a_pattern_of_one_path_matches_it_below_the_root_and_hardly_anything_else(
    path: str,
) -> None:
    pattern = checked_pattern(pattern_of(path))
    excludes = Excludes([pattern])
    assert excludes.leaves_out(path)
    assert excludes.leaves_out(f"{path}/deeper.jpg")
    assert not excludes.leaves_out(f"deeper/{path}")
    assert not excludes.leaves_out(f"{path}x")
    assert not excludes.leaves_out(f"x{path}")
