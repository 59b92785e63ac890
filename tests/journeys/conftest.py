from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.command import Desktopsearch
from tests.journeys.photographs import put_many

SEEDS = range(40)


@dataclass(frozen=True)
class Indexed:
    """Forty photos in four folders and their library; no test changes either."""

    command: Desktopsearch
    photos: Path
    files: list[Path]
    report: dict[str, Any]
    progress: str


_once: list[Indexed] = []


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    # Each folder of tests that imports this fixture has one of its own.
    if not _once:
        _once.append(_index(tmp_path_factory))
    return _once[0]


def _index(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    folder = tmp_path_factory.mktemp("indexed")
    files = put_many(folder / "photos", SEEDS)
    from_nothing = Desktopsearch(folder / "library", cold=True)
    outcome = from_nothing.run("index", folder / "photos", "--json")
    assert outcome.status == 0, outcome
    command = Desktopsearch(folder / "library")
    return Indexed(command, folder / "photos", files, json.loads(outcome.out), outcome.err)


@pytest.fixture
def command(indexed: Indexed, tmp_path: Path) -> Desktopsearch:
    """An empty library that knows the embeddings of the forty pictures already.

    So an index of any of them needs no encoder, whose start takes longer than all the rest.
    """
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copy2(indexed.command.folder / "embeddings.db", folder / "embeddings.db")
    return Desktopsearch(folder)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder for the photos of one test."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder
