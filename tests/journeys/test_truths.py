"""What a library knows about files that come, change, move and go."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import content, put, put_bytes

MARK = b"a decoder would overwrite this"


@pytest.fixture
def three(command: Desktopsearch, photos: Path) -> list[Path]:
    """Three indexed photos in two folders."""
    files = [put(photos / "a" / "1.jpg", 1), put(photos / "a" / "2.jpg", 2)]
    files.append(put(photos / "m" / "3.jpg", 3))
    assert command.json("index", photos)["photos"] == 3
    return files


@contextlib.contextmanager
def opened(command: Desktopsearch, name: str = "library.db") -> Iterator[sqlite3.Connection]:
    """One of the library's files, while no command runs."""
    with contextlib.closing(sqlite3.connect(command.folder / name)) as connection, connection:
        yield connection


def mark_proxies(command: Desktopsearch) -> None:
    with opened(command, "proxies.db") as connection:
        connection.execute("UPDATE proxy SET jpeg = ?", (MARK,))


def count_marked(command: Desktopsearch) -> int:
    with opened(command, "proxies.db") as connection:
        marked: int = connection.execute(
            "SELECT count(*) FROM proxy WHERE jpeg = ?", (MARK,)
        ).fetchone()[0]
    return marked


def photo_ids(command: Desktopsearch) -> set[int]:
    with opened(command) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM photo")}


def code_of(command: Desktopsearch, path: Path) -> bytes:
    with opened(command) as connection:
        code: bytes = connection.execute(
            "SELECT code.bits FROM code JOIN location USING (photo_id) WHERE name = ?",
            (os.fsencode(path.name),),
        ).fetchone()[0]
    return code


def check_sound(command: Desktopsearch, photos: int, locations: int | None = None) -> None:
    """Check that nothing is pending, wrong or left over; as ``doctor``, without its start."""
    with opened(command) as connection:

        def count(query: str) -> int:
            number: int = connection.execute(f"SELECT count(*) FROM {query}").fetchone()[0]
            return number

        assert count("photo WHERE orphaned_at IS NULL") == photos
        assert count("location") == (photos if locations is None else locations)
        assert count("location WHERE state != 'settled'") == 0
        assert count("problem") == 0
        placed = "id IN (SELECT photo_id FROM location)"
        assert count(f"photo WHERE (orphaned_at IS NULL) != ({placed})") == 0
        assert count(f"photo WHERE {placed} AND id NOT IN (SELECT photo_id FROM code)") == 0
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.usefixtures("three")
def test_nothing_to_do_is_nothing_done(command: Desktopsearch) -> None:
    again = command.json("index")
    assert (again["indexed"], again["failed"], again["removed"]) == (0, 0, 0)
    check_sound(command, 3)
    assert command.json("doctor")["ok"]


def test_a_copy_joins_its_photo(command: Desktopsearch, three: list[Path], photos: Path) -> None:
    copy = photos / "z" / "copy.jpg"
    copy.parent.mkdir()
    shutil.copyfile(three[0], copy)
    assert command.json("index")["photos"] == 3
    check_sound(command, 3, locations=4)
    answer = command.json("search", copy)
    assert len(answer["hits"]) == 3
    [first, *_] = answer["hits"]
    assert {first["path"], *first["copies"]} == {str(three[0]), str(copy)}
    [group] = command.json("duplicates", "--max-distance", 0)["groups"]
    assert {member["path"] for member in group} == {str(three[0]), str(copy)}
    assert len({member["photo_id"] for member in group}) == 1


def test_a_copy_survives_the_loss_of_the_first(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    copy = put_bytes(photos / "z" / "copy.jpg", three[0].read_bytes())
    command.json("index")
    three[0].unlink()
    # Even before the library knows: what is shown is the copy that is there.
    assert command.hits(copy)[0] == (copy, 0)
    command.json("index")
    check_sound(command, 3)
    assert command.hits(copy)[0] == (copy, 0)


@pytest.mark.parametrize("to", ["a/first.jpg", "z/1.jpg"])
def test_a_moved_file_is_not_read_again(
    command: Desktopsearch, three: list[Path], photos: Path, to: str
) -> None:
    before = photo_ids(command)
    mark_proxies(command)
    (photos / to).parent.mkdir(exist_ok=True)
    three[0].rename(photos / to)
    run = command.json("index")
    assert (run["indexed"], run["removed"]) == (0, 1)
    assert photo_ids(command) == before
    assert count_marked(command) == 3
    check_sound(command, 3)
    assert command.hits(photos / to)[0] == (photos / to, 0)


def test_a_renamed_folder_is_not_read_again(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    (photos / "a").rename(photos / "zz")
    run = command.json("index")
    assert (run["indexed"], run["removed"]) == (0, 2)
    check_sound(command, 3)
    assert set(command.found(three[2])) == {
        photos / "zz" / "1.jpg",
        photos / "zz" / "2.jpg",
        three[2],
    }


def test_a_file_moved_to_another_disk_is_read_but_not_decoded(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    before = photo_ids(command)
    mark_proxies(command)
    put_bytes(photos / "z" / "1.jpg", three[0].read_bytes())
    three[0].unlink()
    run = command.json("index")
    assert (run["indexed"], run["removed"]) == (1, 1)
    assert photo_ids(command) == before
    assert count_marked(command) == 3
    check_sound(command, 3)


def test_an_edited_file_becomes_another_photo(command: Desktopsearch, three: list[Path]) -> None:
    put(three[0], 11)
    run = command.json("index")
    assert (run["indexed"], run["removed"], run["photos"]) == (1, 0, 3)
    check_sound(command, 3)
    assert command.hits(three[0])[0] == (three[0], 0)
    like = put(three[0].parent.parent.parent / "like.jpg", 11, quality=60)
    assert command.found(like)[0] == three[0]


def test_edited_metadata_keep_the_code(command: Desktopsearch, three: list[Path]) -> None:
    before = code_of(command, three[0])
    with opened(command, "embeddings.db") as connection:
        # A code of its own shows that it is handed on, not made anew.
        connection.execute("DELETE FROM embedding WHERE digest NOT IN (SELECT zeroblob(32))")
    command.json("doctor", "--rebuild")
    before = code_of(command, three[0])
    put(three[0], 1, camera="A camera")
    run = command.json("index")
    assert (run["indexed"], run["photos"]) == (1, 3)
    assert run["device"] == "", "the encoder was not needed"
    assert code_of(command, three[0]) == before
    check_sound(command, 3)


def test_a_deleted_file_is_gone_at_once(command: Desktopsearch, three: list[Path]) -> None:
    three[1].unlink()
    assert set(command.found(three[0])) == {three[0], three[2]}
    run = command.json("index")
    assert (run["removed"], run["photos"]) == (1, 2)
    check_sound(command, 2)
    assert set(command.found(three[0])) == {three[0], three[2]}


def test_many_deleted_files_do_not_hide_the_others(
    command: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    near = [
        put(photos / "near" / f"{quality}.jpg", 0, quality=quality) for quality in range(40, 90)
    ]
    far = put(photos / "far.jpg", 7)
    command.json("index", photos)
    query = tmp_path / "query.jpg"
    shutil.copy(near[0], query)
    assert far not in command.found(query, "-k", 5)
    shutil.rmtree(photos / "near")
    assert command.found(query, "-k", 5) == [far]


def test_a_returned_file_is_known_again(
    command: Desktopsearch, three: list[Path], tmp_path: Path
) -> None:
    before = photo_ids(command)
    mark_proxies(command)
    three[1].rename(tmp_path / "aside.jpg")
    assert command.json("index")["photos"] == 2
    (tmp_path / "aside.jpg").rename(three[1])
    assert command.json("index")["photos"] == 3
    assert photo_ids(command) == before
    assert count_marked(command) == 3
    check_sound(command, 3)


def test_a_removed_folder_is_forgotten_and_left_alone(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    assert command.json("folders", "remove", photos) == {"folders": []}
    assert command.hits(three[0]) == []
    check_sound(command, 0)
    assert all(file.exists() for file in three)
    assert command.json("index", photos)["photos"] == 3
    check_sound(command, 3)


def test_the_parent_of_a_folder_takes_it_in(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    broken = put_bytes(photos / "a" / "broken.jpg", b"not a picture")
    command.json("index")
    assert command.problems() == {broken: "FILE_NOT_AN_IMAGE"}
    before = photo_ids(command)
    beside = put(photos.parent / "beside" / "4.jpg", 4)
    (photos.parent / "library" / "own.jpg").write_bytes(content(5))
    # Known problems go along: the file is still under Problems, and not tried again.
    folders = command.json("folders", "add", photos.parent)["folders"]
    assert [folder["path"] for folder in folders] == [str(photos.parent)]
    assert command.problems() == {broken: "FILE_NOT_AN_IMAGE"}
    run = command.json("index")
    assert (run["indexed"], run["failed"], run["removed"]) == (2, 0, 0)
    assert photo_ids(command) >= before
    assert {*three, beside} <= set(command.found(three[0]))
    assert command.problems() == {broken: "FILE_NOT_AN_IMAGE"}


@pytest.mark.usefixtures("three")
def test_a_folder_in_a_folder_adds_nothing(command: Desktopsearch, photos: Path) -> None:
    run = command.json("index", photos / "a")
    assert (run["indexed"], run["photos"]) == (0, 3)
    [folder] = command.json("folders", "list")["folders"]
    assert folder["path"] == str(photos)
    check_sound(command, 3)


def test_an_offline_folder_keeps_its_photos(
    command: Desktopsearch, three: list[Path], photos: Path, tmp_path: Path
) -> None:
    query = put(tmp_path / "query.jpg", 1)
    away = tmp_path / "away"
    photos.rename(away)
    run = command.json("index")
    assert (run["photos"], run["removed"]) == (3, 0)
    [folder] = command.json("status")["folders"]
    assert folder["offline"] is True
    assert command.problems() == {photos: "FOLDER_OFFLINE"}
    assert command.hits(query)[0] == (three[0], 0)

    put(away / "new.jpg", 4)
    (away / "a" / "2.jpg").unlink()
    away.rename(photos)
    run = command.json("index")
    # What came and went in the meantime is found by the very run that finds the folder again.
    assert (run["photos"], run["indexed"], run["removed"]) == (3, 1, 1)
    check_sound(command, 3)
    assert command.json("status")["folders"][0]["offline"] is False


@pytest.mark.usefixtures("three")
def test_a_drive_that_is_mounted_elsewhere_is_not_read_again(
    command: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "mounted elsewhere"
    # A copy with the same times, as the same file system under another name has other inodes
    # where it has none that last.
    shutil.copytree(photos, moved)
    shutil.rmtree(photos)
    command.json("index")
    run = command.json("index", moved)
    assert (run["indexed"], run["photos"]) == (0, 3)
    assert command.hits(moved / "a" / "1.jpg")[0] == (moved / "a" / "1.jpg", 0)


@pytest.mark.usefixtures("three")
def test_an_empty_mount_point_is_offline_not_empty(
    command: Desktopsearch, photos: Path, tmp_path: Path
) -> None:
    with opened(command) as connection:
        connection.execute("UPDATE root SET device = device + 1")
    photos.rename(tmp_path / "away")
    photos.mkdir()
    run = command.json("index")
    assert (run["photos"], run["removed"]) == (3, 0)
    assert command.problems() == {photos: "FOLDER_OFFLINE"}
    photos.rmdir()
    (tmp_path / "away").rename(photos)
    assert command.json("index")["photos"] == 3
    check_sound(command, 3)


@pytest.mark.usefixtures("three")
def test_an_emptied_folder_is_empty(command: Desktopsearch, photos: Path) -> None:
    shutil.rmtree(photos)
    photos.mkdir()
    run = command.json("index")
    assert (run["photos"], run["removed"]) == (0, 3)
    check_sound(command, 0)


def test_excluded_names_are_left_out(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    hidden = put(photos / ".hidden" / "4.jpg", 4)
    draft = put(photos / "a" / "Drafts" / "5.jpg", 5)
    assert command.json("excludes", "add", "drafts/")["excludes"].count("drafts") == 1
    assert command.json("index")["photos"] == 3
    command.json("excludes", "add", "m")
    assert command.json("index")["photos"] == 2
    assert set(command.found(draft)) == set(three[:2])
    command.json("excludes", "remove", "drafts", "m", ".*")
    assert command.json("index")["photos"] == 5
    assert hidden in command.found(three[0])
    check_sound(command, 5)
    refused = command.run("excludes", "add", "*")
    assert refused.sentence == "The pattern * would leave out every photo."


STRANGE = [
    "line\nbreak.jpg",
    "tab\tand \\backslash.jpg",
    "🏔️ été.jpg",
    " blanks .jpg",
    "'quotes\" & $HOME;.jpg",
    "-k.jpg",
    "100%.jpg",
    "\x1b[31mred.jpg",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_strange_names(command: Desktopsearch, photos: Path) -> None:
    names = [os.fsencode(name) for name in STRANGE]
    long = ("n" * 246 + ".jpg").encode()
    deep = b"/".join([b"d" * 200] * 15) + b"/deep.jpg"
    names += [long, deep]
    with contextlib.suppress(OSError):  # macOS takes UTF-8 only
        put_bytes(photos / os.fsdecode(b"latin \xe9\xff.jpg"), content(30))
        names.append(b"latin \xe9\xff.jpg")
    for seed, name in enumerate(names[: len(STRANGE) + 2]):
        put(photos / os.fsdecode(name), seed)
    run = command.json("index", photos)
    assert (run["photos"], run["failed"]) == (len(names), 0)
    found = {
        os.fsencode(hit["path"])
        for hit in command.json("search", photos / os.fsdecode(names[0]))["hits"]
    }
    assert found == {os.fsencode(photos) + b"/" + name for name in names}
    shown = command.run("search", photos / os.fsdecode(names[-1]))
    assert len(shown.out.splitlines()) == len(names)
    assert "\x1b" not in shown.out
    for name in (b"-k.jpg", deep, names[-1]):
        assert command.hits(photos / os.fsdecode(name), "-k", 1) == [
            (photos / os.fsdecode(name), 0)
        ]
    check_sound(command, len(names))


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_links_are_followed_without_going_round(
    command: Desktopsearch, three: list[Path], photos: Path, tmp_path: Path
) -> None:
    (photos / "a" / "up").symlink_to(photos)
    (photos / "self").symlink_to("self")
    (photos / "nowhere.jpg").symlink_to("missing.jpg")
    (photos / "link.jpg").symlink_to(three[0])
    outside = put(tmp_path / "outside" / "4.jpg", 4)
    (photos / "outside").symlink_to(outside.parent)
    (outside.parent / "back").symlink_to(photos)
    command.json("index")
    assert command.problems() == {}
    check_sound(command, 4, locations=5)


def test_a_folder_below_a_file_of_the_same_name(
    command: Desktopsearch, three: list[Path], photos: Path
) -> None:
    shutil.rmtree(photos / "m")
    put(photos / "m", 3)
    (photos / "m").rename(photos / "m.jpg")
    three[0].unlink()
    three[0].mkdir()
    put(three[0] / "inner.jpg", 1)
    command.json("index")
    check_sound(command, 3)
    assert set(command.found(three[1])) == {photos / "m.jpg", three[0] / "inner.jpg", three[1]}
