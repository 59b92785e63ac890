"""Deleting the index while the process dies at any step: what is left is sound, and goes then."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, default_settings
from desktopsearch.services import albums, deletion, upkeep
from desktopsearch.services.library import Library
from desktopsearch.services.session import WritingSession
from tests.services.made_up_library import embeddings_of_kinds, make_library

PHOTOS = 40
MOST_STEPS = 25

# For each step a process that dies at the so-manyeth call of what changes a file.
PROGRAM = """
import os, shutil, sys
from pathlib import Path
from desktopsearch.config import LibraryPaths
from desktopsearch.services import deletion
from desktopsearch.storage import emptying
from desktopsearch.storage.database import Database

calls = 0
def dying(act, step):
    def do(*arguments, **keywords):
        global calls
        calls += 1
        if calls == step:
            os._exit(9)
        return act(*arguments, **keywords)
    return do

scope, folders = sys.argv[1], sys.argv[2:]
for step, folder in enumerate(folders, 1):
    child = os.fork()
    if child == 0:
        for where, name in [
            (Path, "unlink"), (Path, "touch"), (shutil, "rmtree"), (Database, "open_writer"),
            (Database, "give_back_room"), (emptying, "forget_photos"),
        ]:
            setattr(where, name, dying(getattr(where, name), step))
        deletion.delete(LibraryPaths(Path(folder)), albums=scope == "albums")
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with all that can be deleted."""
    paths = LibraryPaths(tmp_path_factory.mktemp("made") / "library")
    ids = make_library(paths, embeddings_of_kinds(PHOTOS, 4, 1.0))
    with WritingSession.open(paths, default_settings(), lambda _: None) as session:
        session.labelling.add(session.labelling.create("Ants").id, ids[:3])
    (paths.folder / "teaching").mkdir()
    paths.recent_queries.write_bytes(b"[]")
    return paths.folder


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("scope", ["index", "albums"])
def test_a_crash_at_any_step_leaves_a_sound_library(made: Path, tmp_path: Path, scope: str) -> None:
    folders = [tmp_path / str(step) for step in range(1, MOST_STEPS + 1)]
    for folder in folders:
        shutil.copytree(made, folder)
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, scope, *folders], capture_output=True, check=True
    )
    codes = [int(line) for line in ended.stdout.split()]
    steps = codes.index(0)
    assert codes == [9] * steps + [0] * (MOST_STEPS - steps)
    assert steps > 6
    for folder in folders[: steps + 1]:
        paths = LibraryPaths(folder)
        with Library.open_writer(paths) as library:
            assert all(check.ok for check in upkeep.examine(library))
            left = library.totals().photos
            kept = [album.photos for album in albums.every(library)]
        # Before the one step that counts, or after it.
        assert left in (PHOTOS, 0)
        assert kept == ([] if scope == "albums" and not left else [3])
        deletion.delete(paths, albums=scope == "albums")
        if scope == "index":
            with Library.open_reader(paths) as reader:
                assert reader.totals().photos == 0
                assert [album.photos for album in albums.every(reader)] == [3]
        else:
            assert not [*folder.glob("*.db*")]
