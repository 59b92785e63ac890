"""Looks at the processes that a command started, through /proc; Linux only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch

needs_proc = pytest.mark.skipif(
    sys.platform != "linux", reason="finds processes through /proc, which only Linux has"
)


def started_by(command: Desktopsearch) -> set[int]:
    """Process ids of everything that descends from a command, whoever its parent is now."""
    mark = f"DESKTOPSEARCH_TEST_MARK={command.mark}".encode()
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark in environment and state != "Z":
                found.add(int(folder.name))
    return found


def children_of(parent: int) -> dict[int, str]:
    """The child processes that serve a role: their ids, with what else runs left out."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                of = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                line = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if of == parent and "spawn_main" in line:
                found[int(folder.name)] = line
    return found
