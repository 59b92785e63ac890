"""Which patterns leave out a path, and how many files each would hide, in a real library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.errors import Cancelled
from desktopsearch.services import excluding, folders
from desktopsearch.services.excluding import HiddenCount
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.storage import reconciling
from tests.storage.fill import stamp

FILES = {
    b"": ["a.jpg", "b.gif"],
    b"trip": ["c.jpg", "d.GIF"],
    b"trip/raw": ["e.jpg"],
    b"trip/raw/old": ["f.jpg", "g.gif"],
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "photos").mkdir()
    with Library.open_writer(LibraryPaths(tmp_path / "library")) as library:
        [root] = folders.add(library, [tmp_path / "photos"])
        with library.database.write() as connection:
            for directory, names in FILES.items():
                stamps = [stamp(name, number) for number, name in enumerate(names)]
                reconciling.reconcile_directory(connection, root.id, directory, stamps)
        yield library


@pytest.fixture
def loop() -> Iterator[ServiceLoop]:
    loop = ServiceLoop()
    yield loop
    loop.close()


def test_each_pattern_is_told_what_it_would_hide(
    library: Library, loop: ServiceLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excluding, "_FILES_A_TURN", 2)
    answers: list[dict[str, int] | Cancelled] = []
    patterns = ["*.gif", "raw", "trip/raw", "/trip", "raw/old", "*/old", "none"]
    HiddenCount(library, loop, patterns, answers.append)
    loop.run(until=lambda: bool(answers))
    counted = {"*.gif": 3, "raw": 3, "trip/raw": 3, "/trip": 5, "raw/old": 0, "*/old": 2, "none": 0}
    assert answers == [counted]


def test_a_count_that_is_cancelled_says_so(library: Library, loop: ServiceLoop) -> None:
    answers: list[dict[str, int] | Cancelled] = []
    HiddenCount(library, loop, ["raw"], answers.append).cancel()
    loop.run(until=lambda: bool(answers))
    assert isinstance(answers[0], Cancelled)


def test_a_path_is_judged_from_its_folder_on(library: Library, tmp_path: Path) -> None:
    folders.exclude(library, ["trip/raw", "*.gif"])
    root = os.fsencode(tmp_path / "photos")
    tested = excluding.test(library, tmp_path / "photos" / "trip" / "raw" / "x.gif")
    assert (tested.root, tested.patterns) == (root, ("*.gif", "trip/raw"))
    assert excluding.test(library, tmp_path / "photos" / "trip" / "x.jpg").patterns == ()
    assert excluding.test(library, tmp_path / "photos").patterns == ()
    elsewhere = excluding.test(library, tmp_path / "else" / ".hidden" / "x.jpg")
    assert (elsewhere.root, elsewhere.patterns) == (None, (".*",))
