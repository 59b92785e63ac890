from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.filefacts import is_placeholder
from desktopsearch.imaging.messages import (
    DirectoryListed,
    DirectoryUnreadable,
    ScanFinished,
    ScanTree,
)
from desktopsearch.imaging.scanner import Scanner
from desktopsearch.ipc.messages import Failed
from tests.imaging.asking import ScannerAsker
from tests.imaging.privileges import unprivileged

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX file system")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")


def _scan(
    scanner: ScannerAsker,
    root: Path,
    directory: bytes = b"",
    *,
    recursive: bool = True,
    excludes: tuple[str, ...] = (),
) -> dict[bytes, list[bytes]]:
    request = ScanTree(os.fsencode(root), directory, recursive, excludes)
    listed, unreadable, _ = scanner.scan(request)
    assert unreadable == []
    found = {reply.directory: [file.name for file in reply.files] for reply in listed}
    assert len(found) == len(listed)
    return found


def _put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_directories_come_parents_first_in_order_with_empty_ones(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    for name in ("b/2.JPG", "b/1.png", "a/c/3.heic", "a.b/4.nef", "notes.txt", "5.jpeg"):
        _put(tmp_path / name)
    (tmp_path / "empty").mkdir()
    found = _scan(scanner, tmp_path)
    assert list(found.items()) == [
        (b"", [b"5.jpeg"]),
        (b"a", []),
        (b"a/c", [b"3.heic"]),
        (b"a.b", [b"4.nef"]),
        (b"b", [b"1.png", b"2.JPG"]),
        (b"empty", []),
    ]


def test_what_is_said_of_a_file(scanner: ScannerAsker, tmp_path: Path) -> None:
    path = _put(tmp_path / "a.jpg", b"12345")
    os.utime(path, ns=(10**9, 1_600_000_000_123_456_700))
    [listed], _, finished = scanner.scan(ScanTree(os.fsencode(tmp_path)))
    [file] = listed.files
    status = path.stat()
    assert (file.name, file.size, file.mtime_ns) == (b"a.jpg", 5, status.st_mtime_ns)
    if os.name == "posix":
        assert file.inode == status.st_ino
        assert finished.device == status.st_dev
    assert not finished.empty


def test_an_empty_root_is_said_to_be_empty(scanner: ScannerAsker, tmp_path: Path) -> None:
    _, _, finished = scanner.scan(ScanTree(os.fsencode(tmp_path)))
    assert finished.empty
    _put(tmp_path / "notes.txt")
    _, _, finished = scanner.scan(ScanTree(os.fsencode(tmp_path)))
    assert not finished.empty


def test_a_part_of_the_tree(scanner: ScannerAsker, tmp_path: Path) -> None:
    for name in ("1.jpg", "a/2.jpg", "a/b/3.jpg", "a/b/c/4.jpg", "ab/5.jpg"):
        _put(tmp_path / name)
    assert list(_scan(scanner, tmp_path, b"a")) == [b"a", b"a/b", b"a/b/c"]
    assert _scan(scanner, tmp_path, b"a/b", recursive=False) == {b"a/b": [b"3.jpg"]}
    assert _scan(scanner, tmp_path, recursive=False) == {b"": [b"1.jpg"]}


def test_excluded_files_and_directories_are_left_out(scanner: ScannerAsker, tmp_path: Path) -> None:
    for name in ("1.jpg", ".2.jpg", "drafts/3.jpg", "a/drafts/4.jpg", "a/raw/5.jpg", "raw/6.jpg"):
        _put(tmp_path / name)
    found = _scan(scanner, tmp_path, excludes=(".*", "Drafts", "a/raw"))
    assert found == {b"": [b"1.jpg"], b"a": [], b"raw": [b"6.jpg"]}


def test_a_scan_that_starts_in_an_excluded_directory_finds_nothing(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    _put(tmp_path / "drafts/a/1.jpg")
    assert _scan(scanner, tmp_path, b"drafts/a", excludes=("drafts",)) == {b"drafts/a": []}


@pytest.mark.parametrize("gone", ["missing", "a/missing"])
def test_a_start_that_is_gone_lists_nothing(
    scanner: ScannerAsker, tmp_path: Path, gone: str
) -> None:
    _put(tmp_path / "a/1.jpg")
    assert _scan(scanner, tmp_path, os.fsencode(gone)) == {}


def test_a_missing_root_is_offline(scanner: ScannerAsker, tmp_path: Path) -> None:
    root = tmp_path / "drive"
    [reply] = scanner.ask(ScanTree(os.fsencode(root)))
    assert reply == Failed("FOLDER_OFFLINE", {"path": str(root)})


def test_a_root_that_is_a_file_is_said_to_be_one(scanner: ScannerAsker, tmp_path: Path) -> None:
    root = _put(tmp_path / "a.jpg")
    [reply] = scanner.ask(ScanTree(os.fsencode(root)))
    assert reply == Failed("FOLDER_NOT_A_FOLDER", {"path": str(root)})


@linux
def test_names_of_any_bytes(scanner: ScannerAsker, tmp_path: Path) -> None:
    names = sorted(
        [b"\xff\xfe.jpg", b"line\nbreak.jpg", "😀 ü.jpg".encode(), b" .jpg", b"\\.jpg", b"a\t.jpg"]
    )
    root = os.fsencode(tmp_path)
    for name in names:
        _put(Path(os.fsdecode(root + b"/\xf0dir/" + name)))
    assert _scan(scanner, tmp_path) == {b"": [], b"\xf0dir": names}
    missing = root + b"/\xf1"
    [reply] = scanner.ask(ScanTree(missing))
    assert isinstance(reply, Failed)
    assert reply.parameters["path"] == f"{tmp_path}/\ufffd"


@posix
def test_what_leads_nowhere_is_left_out_and_what_is_no_file_is_left_to_the_decoder(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    _put(tmp_path / "1.jpg")
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "null.jpg").symlink_to(os.devnull)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.jpg"))
        found = _scan(scanner, tmp_path)
    assert found == {
        b"": [b"1.jpg", b"fifo.jpg", b"null.jpg", b"socket.jpg"],
        b"folder.jpg": [],
    }


@posix
def test_a_link_to_a_file_counts_as_a_file(scanner: ScannerAsker, tmp_path: Path) -> None:
    target = _put(tmp_path / "elsewhere/real.jpg", b"1234567")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.jpg").symlink_to(target)
    [listed], _, _ = scanner.scan(ScanTree(os.fsencode(root)))
    assert [(file.name, file.size) for file in listed.files] == [(b"link.jpg", 7)]


@posix
def test_links_to_directories(scanner: ScannerAsker, tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    _put(root / "a/1.jpg")
    _put(outside / "2.jpg")
    _put(outside / "deep/3.jpg")
    (root / "a/self").symlink_to(root / "a")
    (root / "up").symlink_to("..")
    (root / "b").symlink_to(root / "a")
    (root / "k-outside").symlink_to(outside)
    (root / "l-again").symlink_to(outside)
    (root / "m-deep").symlink_to(outside / "deep")
    (outside / "back").symlink_to(root)
    found = _scan(scanner, root)
    assert found == {
        b"": [],
        b"a": [b"1.jpg"],
        b"k-outside": [b"2.jpg"],
        b"k-outside/deep": [b"3.jpg"],
        # The parent of the root holds it and the folder that is known already.
        b"up": [],
    }


@posix
def test_a_scan_that_starts_behind_a_link_into_the_root_lists_nothing_twice(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    _put(root / "a/b/1.jpg")
    _put(tmp_path / "outside/2.jpg")
    (root / "back").symlink_to(root / "a")
    (root / "out").symlink_to(tmp_path / "outside")
    assert _scan(scanner, root, b"back") == {b"back": []}
    assert _scan(scanner, root, b"back/b") == {b"back/b": []}
    assert _scan(scanner, root, b"out") == {b"out": [b"2.jpg"]}
    assert _scan(scanner, root, b"a/b") == {b"a/b": [b"1.jpg"]}


@posix
def test_a_root_that_is_a_link_is_followed(scanner: ScannerAsker, tmp_path: Path) -> None:
    _put(tmp_path / "real/a/1.jpg")
    (tmp_path / "real/inner").symlink_to(tmp_path / "real/a")
    (tmp_path / "root").symlink_to("real")
    assert _scan(scanner, tmp_path / "root") == {b"": [], b"a": [b"1.jpg"]}


@posix
def test_an_unreadable_directory_does_not_end_the_scan() -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        for name in ("a/1.jpg", "b/2.jpg", "c/3.jpg"):
            _put(root / name)
        (root / "b").chmod(0o000)
        (root / "c").chmod(0o444)
        with unprivileged():
            replies = list(Scanner().handle(ScanTree(os.fsencode(root))))
        (root / "b").chmod(0o755)
        (root / "c").chmod(0o755)
    assert [type(reply) for reply in replies[:2]] == [DirectoryListed, DirectoryListed]
    assert replies[2:4] == [
        DirectoryUnreadable(b"b", "Permission denied"),
        DirectoryUnreadable(b"c", "Permission denied"),
    ]
    assert isinstance(replies[4], ScanFinished)


@posix
def test_an_unreadable_root_is_said_to_be_so() -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "closed").mkdir(mode=0o000)
        with unprivileged(), pytest.raises(DesktopSearchError) as caught:
            list(Scanner().handle(ScanTree(os.fsencode(root / "closed"))))
    assert caught.value.code is ProblemCode.FOLDER_UNREADABLE


@posix
def test_very_deep_trees(scanner: ScannerAsker, tmp_path: Path) -> None:
    directories = [os.fsencode(tmp_path)]
    for _ in range(1500):
        directories.append(directories[-1] + b"/d")
        Path(os.fsdecode(directories[-1])).mkdir()
    picture = _put(Path(os.fsdecode(directories[-1] + b"/1.jpg")))
    found = _scan(scanner, tmp_path)
    # By hand, because the clean-up of pytest is recursive.
    picture.unlink()
    for directory in reversed(directories[1:]):
        Path(os.fsdecode(directory)).rmdir()
    assert len(found) == 1501
    assert found[b"/".join([b"d"] * 1500)] == [b"1.jpg"]


@linux
def test_a_path_that_is_too_long_for_the_system_is_unreadable(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    name = "n" * 250
    deepest = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(name, dir_fd=deepest)
        inner = os.open(name, os.O_RDONLY, dir_fd=deepest)
        os.close(deepest)
        deepest = inner
    os.close(deepest)
    listed, unreadable, _ = scanner.scan(ScanTree(os.fsencode(tmp_path)))
    assert [reply.reason for reply in unreadable] == ["File name too long"]
    assert len(listed) < 20


def test_a_directory_of_many_files_comes_in_one_reply(
    scanner: ScannerAsker, tmp_path: Path
) -> None:
    names = [f"IMG_{number:06}.jpg" for number in range(5_000)]
    for name in names:
        (tmp_path / name).touch()
    assert _scan(scanner, tmp_path) == {b"": [name.encode() for name in names]}


class _Status:
    def __init__(self, **fields: int) -> None:
        self.__dict__.update(fields)


@pytest.mark.parametrize(
    ("fields", "placeholder"),
    [
        ({}, False),
        ({"st_file_attributes": 0x20}, False),
        ({"st_file_attributes": 0x1000}, True),
        ({"st_file_attributes": 0x400000 | 0x20}, True),
        ({"st_file_attributes": 0x40000}, True),
        ({"st_flags": 0x20}, False),
        ({"st_flags": 0x40000000}, True),
    ],
)
def test_cloud_placeholders_are_known(fields: dict[str, int], placeholder: bool) -> None:
    assert is_placeholder(_Status(**fields)) is placeholder  # type: ignore[arg-type]
