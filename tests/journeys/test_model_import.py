"""Importing a model from weights that a person has, fitted to the photos of a library."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch, until
from tests.journeys.known import make_known
from tests.journeys.photographs import picture
from tests.journeys.warm import CHECKOUT

PHOTOS = 304

# torch and faiss must not meet in one process, so weights are made in another.
MAKE_WEIGHTS = """
import sys, torch
from pathlib import Path
from desktopsearch.hashing.backbones.torchvision_compat import import_torchvision
models = import_torchvision().models
folder = Path(sys.argv[1])
torch.manual_seed(0)
network = models.get_model("resnet18", weights=None)
torch.save(network.state_dict(), folder / "resnet18-made-up.pth")
torch.save(network, folder / "whole.pth")
"""


@dataclass(frozen=True)
class Library:
    """A library that no test changes, and weights in files."""

    command: Desktopsearch
    photos: list[Path]
    weights: Path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("import")
    (folder / "photos").mkdir()
    photos = []
    for seed in range(PHOTOS):
        photos.append(folder / "photos" / f"{seed:03}.jpg")
        picture(seed, (64, 48)).save(photos[-1])
    command = Desktopsearch(folder / "library")
    make_known(command.folder, photos)
    command.json("index", folder / "photos")
    weights = folder / "weights"
    weights.mkdir()
    subprocess.run([sys.executable, "-c", MAKE_WEIGHTS, weights], cwd=CHECKOUT, check=True)
    return Library(command, photos, weights)


@pytest.fixture
def command(library: Library, tmp_path: Path) -> Desktopsearch:
    """A library of its own for a test."""
    shutil.copytree(library.command.folder, tmp_path / "library")
    return Desktopsearch(tmp_path / "library")


def test_weights_in_a_file_become_a_model_that_searches(
    command: Desktopsearch, library: Library
) -> None:
    wanted = library.photos[7]
    before = command.hits(wanted)
    made = command.json(
        *("model", "import", library.weights / "resnet18-made-up.pth"),
        *("--backbone", "resnet18", "--px", 96, "--bits", 64),
    )
    assert made == {
        "model": "resnet18",
        "backbone": "resnet18",
        "input_px": 96,
        "dimensions": 256,
        "bits": 64,
        "photos": PHOTOS,
        "left_out": 0,
    }
    folder = command.folder / "models" / "resnet18"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "model.safetensors",
        "backbone.safetensors",
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["created_by"] == (
        "desktopsearch model import resnet18-made-up.pth --backbone resnet18"
        " --name resnet18 --bits 64 --px 96"
    )
    assert command.hits(wanted) == before, "the model is not in use yet"
    report = command.json("model", "use", "resnet18")
    assert (report["photos"], report["encoded"]) == (PHOTOS, PHOTOS)
    answer = command.json("search", wanted)
    assert answer["code_bits"] == 64
    assert answer["hits"][0] | {"photo_id": 0} == {
        "photo_id": 0,
        "path": str(wanted),
        "distance": 0,
        "copies": [],
    }
    again = command.run("model", "import", "--backbone", "resnet18")
    assert again.sentence == "There is a model resnet18 already; choose another --name."


def _spoil_proxies(command: Desktopsearch, count: int) -> None:
    with closing(sqlite3.connect(command.folder / "proxies.db")) as database, database:
        database.execute(
            "UPDATE proxy SET jpeg = substr(jpeg, 1, 20)"
            " WHERE digest IN (SELECT digest FROM proxy ORDER BY digest LIMIT ?)",
            (count,),
        )


def test_a_package_needs_no_file_and_spoilt_proxies_are_left_out(command: Desktopsearch) -> None:
    _spoil_proxies(command, 2)
    arguments = ("model", "import", "--backbone", "efficientnet-lite2", "--px", 96)
    outcome = command.run(*arguments, "--name", "flowers", "--json")
    assert outcome.status == 0, outcome
    made = json.loads(outcome.out)
    assert (made["model"], made["backbone"]) == ("flowers", "efficientnet-lite2")
    assert (made["photos"], made["left_out"]) == (PHOTOS - 2, 2)
    assert outcome.err.splitlines()[-1] == (
        "2 photos could not be read from their proxies and were left out."
    )
    _, entry = command.json("model", "list")["models"]
    assert (entry["name"], entry["ready"], entry["in_use"]) == ("flowers", True, False)
    assert entry["size_bytes"] < 2e6


def test_too_many_spoilt_proxies_leave_too_few_photos(command: Desktopsearch) -> None:
    _spoil_proxies(command, PHOTOS - 299)
    arguments = ("model", "import", "--backbone", "efficientnet-lite0", "--px", 96)
    last = command.run(*arguments).err.splitlines()[-1]
    assert last == (
        "desktopsearch: A model is fitted to at least 300 photos of the library; 299 are at hand."
    )
    assert len(command.json("model", "list")["models"]) == 1


def test_an_import_that_is_killed_leaves_no_model(command: Desktopsearch) -> None:
    arguments = ("model", "import", "--backbone", "efficientnet-lite0", "--px", 96)
    process = command.start(*arguments)
    until(lambda: (command.folder / "writer.pid").exists(), "the import has begun")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    leftover = command.folder / "models" / ".partial"
    leftover.mkdir(parents=True)
    (leftover / "model.safetensors").write_bytes(b"half of it")
    assert len(command.json("model", "list")["models"]) == 1
    from_nothing = Desktopsearch(command.folder, cold=True)
    assert from_nothing.json(*arguments, "--bits", 32)["bits"] == 32
    assert not leftover.exists()
    assert len(command.json("model", "list")["models"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--backbone", "ResNet-50"), "There is no backbone ResNet-50; the nearest names are"),
        (("whole.pth", "--backbone", "resnet18"), "not a whole pickled network."),
        (
            ("--backbone", "resnet18", "--name", "../up"),
            "../up cannot be the name of a model",
        ),
        (
            ("--backbone", "efficientnet-lite0", "--name", "taught-mine"),
            "and not 'taught-' for a beginning",
        ),
        (
            ("--backbone", "efficientnet-lite0", "--name", "general-1"),
            "There is a model general-1 already",
        ),
    ],
)
def test_what_cannot_be_imported_is_told(
    library: Library, arguments: tuple[str, ...], sentence: str
) -> None:
    words = [library.weights / word if word.endswith(".pth") else word for word in arguments]
    assert sentence in library.command.run("model", "import", *words).sentence
    assert not list((library.command.folder / "models").glob("*"))


def test_too_few_photos(tmp_path: Path, library: Library) -> None:
    small = Desktopsearch(tmp_path / "small")
    assert (
        "There is no library"
        in small.run("model", "import", "--backbone", "efficientnet-lite2").sentence
    )
    (tmp_path / "photos").mkdir()
    shutil.copy2(library.photos[0], tmp_path / "photos")
    small.json("index", tmp_path / "photos")
    assert small.run("model", "import", "--backbone", "efficientnet-lite2").sentence == (
        "A model is fitted to at least 300 photos of the library; 1 are at hand."
    )
