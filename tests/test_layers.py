"""What import contracts cannot see: modules that a process really holds while it works."""

from __future__ import annotations

import subprocess
import sys

import pytest

APPLICATION = (
    "desktopsearch.services.session, desktopsearch.services.evaluation,"
    " desktopsearch.services.importing, desktopsearch.services.models, desktopsearch.cli.command,"
    " desktopsearch.services.album_import, desktopsearch.services.sidecars"
)
CHILD_OF_THE_LIBRARY = {"alembic", "faiss", "sqlalchemy", "watchdog", "PySide6"}


def modules_after(statement: str) -> set[str]:
    """Top-level names of all modules after a statement in a fresh interpreter."""
    program = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


def test_the_application_side_holds_neither_torch_nor_pillow() -> None:
    assert not modules_after(f"import {APPLICATION}") & {"torch", "PIL", "pi_heif", "rawpy"}


@pytest.mark.parametrize(
    "role",
    [
        "desktopsearch.imaging.decoder",
        "desktopsearch.imaging.scanner",
        "desktopsearch.imaging.sidecar_writer",
    ],
)
def test_children_that_touch_files_hold_neither_torch_nor_the_library(role: str) -> None:
    assert not modules_after(f"import {role}") & {"torch", *CHILD_OF_THE_LIBRARY}


@pytest.mark.parametrize("role", ["desktopsearch.hashing.encoder", "desktopsearch.hashing.fitter"])
def test_children_with_torch_hold_neither_the_library_nor_torchvision(role: str) -> None:
    held = modules_after(f"import {role}")
    assert "torch" in held
    assert not held & {"torchvision", *CHILD_OF_THE_LIBRARY}


def test_the_help_waits_for_nothing_heavy() -> None:
    statement = (
        "import contextlib\nfrom desktopsearch.cli.command import run\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(sys.stderr):\n"
        "    run(['--help'], lambda paths, query: 0)"
    )
    assert not modules_after(statement) & {"numpy", "sqlalchemy", "faiss", "PySide6", "torch"}


def test_commands_that_search_nothing_wait_for_no_index() -> None:
    families = ("state", "folders", "problems", "albums", "models")
    statement = "import " + ", ".join(f"desktopsearch.cli.{family}" for family in families)
    assert not modules_after(statement) & {"faiss", "alembic", "watchdog", "PySide6", "torch"}
