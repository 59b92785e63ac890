from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktopsearch.domain.errors import BugError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.batch import DecodedFile, FailedFile, decode_files, identify_files
from desktopsearch.imaging.identity import digest
from desktopsearch.imaging.messages import Identified
from tests.imaging.damaging import flipped, valid
from tests.imaging.pictures import encoded, packed_zeros, png

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Twelve pictures, every third one of them damaged."""
    paths = []
    for number in range(12):
        path = tmp_path / f"{number}.jpg"
        data = encoded(Image.new("RGB", (64 + number, 48), (number * 20, 80, 80)), "JPEG")
        path.write_bytes(data[:100] if number % 3 == 2 else data)
        paths.append(path)
    return paths


@pytest.fixture(scope="module")
def slow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 100 megapixels, which takes about a second."""
    path = tmp_path_factory.mktemp("slow") / "slow.png"
    path.write_bytes(png(10_000, 10_000, packed_zeros(10_000 * 30_001), colour=2))
    return path


def _children() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_files(files: list[Path], workers: int) -> None:
    results = list(decode_files(files, workers))
    assert [result.path for result in results] == files
    for number, result in enumerate(results):
        if number % 3 == 2:
            assert isinstance(result, FailedFile)
            assert result.problem is ProblemCode.FILE_DAMAGED
        else:
            assert isinstance(result, DecodedFile)
            assert result.decoded.width == 64 + number
            assert result.identified.digest == digest(result.path.read_bytes())
    assert _children() == []


def test_identities_of_whatever_is_there(files: list[Path], tmp_path: Path) -> None:
    missing = tmp_path / "missing.jpg"
    *there, gone = identify_files([*files, missing], 2)
    for path, result in zip(files, there, strict=True):
        assert isinstance(result, Identified)
        assert result.digest == digest(path.read_bytes())
    assert isinstance(gone, FailedFile)
    assert (gone.path, gone.problem) == (missing, ProblemCode.FILE_VANISHED)
    assert _children() == []


def test_no_files_need_no_children() -> None:
    assert list(decode_files([], 2)) == []


def test_no_workers_are_a_mistake(files: list[Path]) -> None:
    with pytest.raises(BugError):
        list(decode_files(files, 0))


def test_files_are_asked_for_a_few_ahead(files: list[Path]) -> None:
    asked: list[Path] = []

    def paths() -> Iterator[Path]:
        while True:
            asked.append(files[0])
            yield files[0]

    results = decode_files(paths(), 1)
    for _ in range(3):
        next(results)
    assert len(asked) <= 3 + 8
    results.close()  # type: ignore[attr-defined]
    assert _children() == []


def test_closing_ends_a_child_that_works(files: list[Path], slow_file: Path) -> None:
    results = decode_files([files[0], slow_file], 1)
    next(results)
    assert len(_children()) == 1
    results.close()  # type: ignore[attr-defined]
    assert _children() == []


@posix
def test_a_killed_decoder_costs_the_file_that_it_had(files: list[Path], slow_file: Path) -> None:
    results = decode_files([files[0], slow_file, files[1]], 1)
    assert isinstance(next(results), DecodedFile)
    [pid] = _children()
    os.kill(pid, signal.SIGKILL)
    assert next(results) == FailedFile(slow_file, ProblemCode.FILE_CRASHED, {})
    assert isinstance(next(results), DecodedFile)
    assert list(results) == []


@posix
def test_a_hanging_decoder_costs_the_file_that_it_had(files: list[Path], slow_file: Path) -> None:
    results = decode_files([files[0], slow_file, files[1]], 1, deadline_s=3.0)
    assert isinstance(next(results), DecodedFile)
    [pid] = _children()
    os.kill(pid, signal.SIGSTOP)
    assert next(results) == FailedFile(slow_file, ProblemCode.FILE_TIMED_OUT, {"seconds": 3})
    assert isinstance(next(results), DecodedFile)
    assert list(results) == []


def test_a_crash_in_native_code_costs_one_file(tmp_path: Path, files: list[Path]) -> None:
    # With libheif 1.23 one of these ends the process.
    paths = []
    for seed in range(40, 50):
        paths.append(tmp_path / f"{seed}.heic")
        paths[-1].write_bytes(flipped(valid("HEIF"), seed))
    results = list(decode_files([*paths, files[0]], 2))
    assert [result.path for result in results] == [*paths, files[0]]
    assert isinstance(results[-1], DecodedFile)


def test_the_parent_imports_no_picture_library() -> None:
    code = (
        "import sys, desktopsearch.imaging.batch;"
        "sys.exit(sorted({'PIL', 'numpy', 'rawpy', 'pi_heif', 'torch'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_decoder_imports_nothing_of_the_other_children() -> None:
    code = (
        "import sys, desktopsearch.imaging.decoder, desktopsearch.imaging.scanner;"
        "sys.exit(sorted({'torch', 'faiss', 'PySide6', 'sqlalchemy', 'watchdog',"
        "'PIL.EpsImagePlugin', 'PIL.PdfImagePlugin', 'PIL.PsdImagePlugin', 'PIL.WmfImagePlugin'}"
        "& set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
