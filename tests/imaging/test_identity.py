from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging import identity
from desktopsearch.imaging.identity import read_file
from tests.imaging.privileges import unprivileged

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX file system")


def _problem(path: os.PathLike[str] | bytes) -> ProblemCode:
    with pytest.raises(DesktopSearchError) as caught:
        read_file(os.fsencode(path))
    return caught.value.code


def test_identity_is_the_digest_of_the_bytes_that_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"some content")
    identified, data = read_file(os.fsencode(path))
    assert data == b"some content"
    assert identified.digest == hashlib.blake2b(b"some content", digest_size=32).digest()
    assert (identified.size, identified.mtime_ns) == (12, path.stat().st_mtime_ns)


def test_missing_empty_and_directory(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "x.jpg").mkdir()
    assert _problem(tmp_path / "missing.jpg") is ProblemCode.FILE_VANISHED
    assert _problem(tmp_path / "empty.jpg" / "a.jpg") is ProblemCode.FILE_VANISHED
    assert _problem(tmp_path / "empty.jpg") is ProblemCode.FILE_EMPTY
    assert _problem(tmp_path / "x.jpg") is ProblemCode.FILE_NOT_REGULAR


@posix
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    assert _problem(tmp_path / "fifo.jpg") is ProblemCode.FILE_NOT_REGULAR
    assert _problem(os.fsencode(os.devnull)) is ProblemCode.FILE_NOT_REGULAR


@posix
def test_a_file_without_permission_is_unreadable() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "a.jpg"
        path.write_bytes(b"x")
        path.chmod(0o000)
        with unprivileged(), pytest.raises(DesktopSearchError) as caught:
            read_file(os.fsencode(path))
    assert caught.value.code is ProblemCode.FILE_UNREADABLE
    assert caught.value.parameters == {"reason": "Permission denied"}


@posix
def test_a_link_that_leads_to_itself_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    assert _problem(tmp_path / "loop.jpg") is ProblemCode.FILE_UNREADABLE


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    path.touch()
    os.truncate(path, identity.LARGEST_FILE_BYTES + 1)
    with pytest.raises(DesktopSearchError) as caught:
        read_file(os.fsencode(path))
    assert caught.value.code is ProblemCode.FILE_TOO_LARGE
    assert caught.value.parameters == {"megabytes": 512, "limit_megabytes": 512}


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.jpg"
    path.touch()
    os.truncate(path, 100_000_000)
    stop = threading.Event()
    appended = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"x")
                appended.set()

    writer = threading.Thread(target=grow)
    writer.start()
    appended.wait()
    try:
        assert _problem(path) is ProblemCode.FILE_CHANGED
    finally:
        stop.set()
        writer.join()


@posix
def test_a_file_replaced_by_another_is_read_as_one_or_the_other(tmp_path: Path) -> None:
    path, other = tmp_path / "a.jpg", tmp_path / "b.jpg"
    contents = [bytes([value]) * 3_000_000 for value in (1, 2)]
    path.write_bytes(contents[0])
    stop = threading.Event()

    def replace() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            other.write_bytes(contents[turn % 2])
            other.replace(path)

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        for _ in range(50):
            identified, data = read_file(os.fsencode(path))
            assert data in contents
            assert identified.digest == identity.digest(data)
    finally:
        stop.set()
        writer.join()
