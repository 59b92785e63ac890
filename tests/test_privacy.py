"""Nothing leaves the machine: indexing and searching, children included, open no connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

WATCHER = """
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["WATCHER_REPORT"], "a") as report:
            report.write(f"{event} {arguments!r}\\n")

sys.addaudithook(watch)
with open(os.environ["WATCHER_PROCESSES"], "a") as processes:
    processes.write(f"{os.getpid()}\\n")
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process reports what it does with sockets."""
    folder = tmp_path / "watcher"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    return {
        **os.environ,
        "PYTHONPATH": str(folder),
        "WATCHER_REPORT": str(tmp_path / "report"),
        "WATCHER_PROCESSES": str(tmp_path / "processes"),
    }


def test_no_process_opens_a_connection(tmp_path: Path, watched: dict[str, str]) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        Image.effect_noise((64, 48), 20 + 40 * number).save(photos / f"{number}.png")
    base = [sys.executable, "-m", "desktopsearch", "--data-dir", str(tmp_path / "library")]
    subprocess.run([*base, "index", str(photos)], env=watched, check=True, capture_output=True)
    other = tmp_path / "query.png"
    Image.effect_noise((48, 64), 90).save(other)
    subprocess.run([*base, "search", str(other)], env=watched, check=True, capture_output=True)
    processes = (tmp_path / "processes").read_text(encoding="ascii").split()
    assert len(set(processes)) >= 2 + 3, "the children were not watched"
    assert not (tmp_path / "report").exists(), (tmp_path / "report").read_text(encoding="utf-8")
