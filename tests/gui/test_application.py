"""The application as a process: it starts, obeys its settings and ends without a crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.preferences import with_value
from desktopsearch.services import preferences
from tests.gui.conftest import Indexed

PROGRAM = """
import gc, os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.gui import application
from desktopsearch.gui.desktop_notices import DesktopNotices

def told(window):
    assert not gc.isenabled()
    assert window.findChild(DesktopNotices) is not None
    model = window.model
    print(window.panel._add.text(), model.rowCount(), gc.get_freeze_count() > 0, flush=True)
    os.kill(os.getpid(), 15)

make = application.make_window
def make_told(*arguments):
    window = make(*arguments)
    window.searches.answered.connect(lambda _answer: QTimer.singleShot(0, lambda: told(window)))
    return window
application.make_window = make_told

library, query = Path(sys.argv[1]), Path(sys.argv[2])
sys.exit(application.run_application(LibraryPaths(library), Settings(decoder_processes=1), query))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of Linux and macOS")
@pytest.mark.parametrize(
    ("language", "label"), [("en", "Add folder…"), ("de", "Ordner hinzufügen…")]
)
def test_it_answers_in_its_language_and_ends_when_told(
    language: str, label: str, indexed: Indexed, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    shutil.copytree(indexed.library, library)
    preferences.change(
        LibraryPaths(library), lambda old: with_value(old, "language", language, datetime.now(UTC))
    )
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PROGRAM, library, indexed.files[0]],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.split(" 12 ") == [label, "True\n"], ended
    assert ended.returncode == 0, ended
