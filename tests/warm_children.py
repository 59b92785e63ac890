"""Starts child processes from one that has their imports behind it.

Most of what a child takes that lives for one test is its start: torch alone takes two seconds of a
processor. Here one process imports what all roles need and forks another for each child: a process
as always, with a pipe, a priority, signals and an end of its own. Only the imports lie behind it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

POSSIBLE = "forkserver" in multiprocessing.get_all_start_methods()
_WHERE = "desktopsearch.ipc.child._CONTEXT"


def _forking() -> BaseContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.roles_at_hand"])
    return context


@contextlib.contextmanager
def warm_children() -> Iterator[None]:
    """Fork the children that this process starts, where that can be."""
    with pytest.MonkeyPatch.context() as patch:
        if POSSIBLE:
            patch.setattr(_WHERE, _forking())
        yield


@contextlib.contextmanager
def cold_children() -> Iterator[None]:
    """Start the children of this process from nothing, as the application does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_WHERE, multiprocessing.get_context("spawn"))
        yield


def share_with_forks() -> None:
    """Begin to fork the children of this process, and of all that it forks itself."""
    pytest.MonkeyPatch().setattr(_WHERE, _forking())
    forkserver.ensure_running()
    # It asks the system after its own child, which this is not to those that are forked.
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]


def process() -> int | None:
    """Process number of the one that forks, once it runs."""
    number = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    assert number is None or isinstance(number, int)
    return number


def numbers_of_children(parent: int) -> set[int]:
    """Process numbers of the children of any thread of a process; Linux only."""
    children: set[int] = set()
    # Native libraries end threads of their own while this looks.
    with contextlib.suppress(FileNotFoundError):
        for task in Path(f"/proc/{parent}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = (task / "children").read_text(encoding="ascii")
                children.update(map(int, text.split()))
    return children
