"""The commands themselves, and what they write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import report


def test_a_report_names_no_place_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tmp_path / "some photos"
    monkeypatch.setattr("sys.argv", ["x", str(photos), "--runs", "3", f"{photos}{os.sep}"])
    report.write("indexing", ["what", "share"], [["all", 0.123456]], folder=tmp_path)
    text = (tmp_path / "indexing.md").read_text(encoding="utf-8")
    assert "`python -m benchmarks.indexing 'some photos' --runs 3 'some photos'`" in text
    assert "| all | 0.123 |" in text
    raw = json.loads((tmp_path / "indexing.json").read_text(encoding="utf-8"))
    assert (raw["columns"], raw["rows"]) == (["what", "share"], [["all", 0.123456]])


def _refused(*arguments: str, command: str = "retrieval") -> tuple[int, str]:
    """Run the command without photos of one's own; return its status and what it said."""
    finished = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{command}", *arguments],
        env={name: value for name, value in os.environ.items() if "DESKTOPSEARCH" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.returncode, finished.stderr


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("retrieval", ["--protocol", "voc5"]),
        ("teaching", []),
        ("gate", []),
        ("suggestions", []),
        ("steering", []),
    ],
)
def test_the_photos_must_be_named(command: str, arguments: list[str]) -> None:
    status, said = _refused(*arguments, command=command)
    assert status == 2
    assert "--data or DESKTOPSEARCH_DATA" in said


def test_an_unknown_protocol_is_refused() -> None:
    status, said = _refused("--protocol", "cifar10", "--data", "photos")
    assert status == 2
    assert "cifar10-semi" in said


@pytest.mark.photos
@pytest.mark.timeout(600)
def test_rivals_on_real_flowers(tmp_path: Path) -> None:
    data = os.environ.get("DESKTOPSEARCH_DATA")
    if not data:
        pytest.skip("DESKTOPSEARCH_DATA does not name the folder of the real photos")
    command = [sys.executable, "-m", "benchmarks.retrieval", "--protocol", "flowers17"]
    command += ["--objective", "--bits", "64", "--data", data, "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    raw = json.loads((tmp_path / "retrieval-flowers17.json").read_text(encoding="utf-8"))
    mean_ap = {row[0]: row[raw["columns"].index("mAP")] for row in raw["rows"]}
    assert mean_ap["ITQ"] > 0.4
    assert mean_ap["ITQ"] > mean_ap["random projections"] > mean_ap["ImageHash pHash"]
    # There are 62 pairs of near copies in the pack at least; none is parted by the split.
    assert raw["queries"] == 340
    assert raw["database"] == 1_020
