"""Switching models: from the bundled one to another and back, also when it is interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch, until
from tests.journeys.conftest import SEEDS, Indexed
from tests.journeys.photographs import put
from tests.small_model import BITS, OTHER, put_model


@pytest.fixture
def command(indexed: Indexed, tmp_path: Path) -> Desktopsearch:
    """A library of forty photos that may be changed."""
    shutil.copytree(indexed.command.folder, tmp_path / "library")
    return Desktopsearch(tmp_path / "library")


def test_the_bundled_model_is_listed_and_in_use(indexed: Indexed, tmp_path: Path) -> None:
    for command in (indexed.command, Desktopsearch(tmp_path / "nowhere")):
        [entry] = command.json("model", "list")["models"]
        assert entry == {
            "name": "general-1",
            "backbone": "efficientnet-lite0",
            "input_px": 192,
            "dimensions": 256,
            "bits": 256,
            "size_bytes": entry["size_bytes"],
            "in_use": True,
            "ready": True,
            "problem": None,
        }
        assert entry["size_bytes"] > 0
        assert command.run("model", "list").out.startswith("general-1 (in use): efficientnet-lite0")
    assert not (tmp_path / "nowhere").exists()


def test_to_another_model_and_back(command: Desktopsearch, indexed: Indexed) -> None:
    wanted = indexed.files[11]
    before = command.hits(wanted)
    put_model(command.folder)
    assert [each["in_use"] for each in command.json("model", "list")["models"]] == [True, False]
    report = command.json("model", "use", OTHER)
    assert report["model"] == OTHER
    assert report["code_bits"] == BITS
    assert report["photos"] == report["encoded"] == len(SEEDS)
    assert report["unencoded"] == 0
    assert [each["in_use"] for each in command.json("model", "list")["models"]] == [False, True]
    status = command.json("status")
    assert (status["model"], status["code_bits"]) == (OTHER, BITS)
    assert status["unencoded"] == 0
    answer = command.json("search", wanted)
    assert answer["code_bits"] == BITS
    assert str(wanted) in [hit["path"] for hit in answer["hits"] if hit["distance"] == 0]
    assert all(hit["distance"] <= BITS for hit in answer["hits"])
    assert command.json("doctor")["ok"] is True
    back = command.json("model", "use", "general-1")
    assert back["encoded"] == 0, "its codes were still there"
    assert command.hits(wanted) == before


def test_new_photos_get_codes_of_the_model_in_use(
    command: Desktopsearch, indexed: Indexed, tmp_path: Path
) -> None:
    put_model(command.folder)
    command.json("model", "use", OTHER)
    shutil.copytree(indexed.photos / "folder 1", tmp_path / "copies")
    new = put(tmp_path / "copies" / "new.jpg", 999)
    assert command.json("index", tmp_path / "copies")["indexed"] == 11
    assert new in command.found(new, "--max-distance", 0)
    assert command.json("search", new)["code_bits"] == BITS


def _generations(command: Desktopsearch) -> dict[str, tuple[int, int]]:
    """Model by model: whether it is active, and how many codes it has."""
    database = sqlite3.connect(command.folder / "library.db")
    rows = database.execute(
        "SELECT model, active, (SELECT count(*) FROM code WHERE generation_id = generation.id)"
        " FROM generation"
    ).fetchall()
    database.close()
    return {model: (active, codes) for model, active, codes in rows}


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_switch_that_is_cut_short_changes_nothing_and_goes_on_later(
    command: Desktopsearch, indexed: Indexed, sent: signal.Signals
) -> None:
    put_model(command.folder, input_px=448)  # slow enough to be met on its way
    wanted = indexed.files[5]
    before = command.hits(wanted)
    process = command.start("model", "use", OTHER)
    until(lambda: _generations(command).get(OTHER, (0, 0))[1] > 0, "the first codes")
    process.send_signal(sent)
    _, err = process.communicate()
    assert process.returncode != 0
    if sent is signal.SIGINT:
        assert err.decode().splitlines()[-1] == "desktopsearch: stopped; what was done is kept."
    active, codes = _generations(command)[OTHER]
    assert not active
    assert 0 < codes < len(SEEDS)
    assert command.hits(wanted) == before
    report = command.json("model", "use", OTHER)
    assert report["encoded"] == len(SEEDS) - codes
    assert _generations(command)[OTHER] == (1, len(SEEDS))
    # Codes of a layer made up at random may well be equal.
    assert wanted in command.found(wanted, "--max-distance", 0)


def test_another_model_is_measured_by_its_name_or_its_folder(
    indexed: Indexed, command: Desktopsearch, tmp_path: Path
) -> None:
    made = put_model(command.folder)
    nowhere = Desktopsearch(tmp_path / "nowhere")
    in_use = command.json("evaluate", indexed.photos)
    assert in_use["code_bits"] == 256
    by_name = command.json("evaluate", indexed.photos, "--model", OTHER)
    assert (by_name["code_bits"], by_name["photos"]) == (BITS, len(SEEDS))
    assert by_name["embedding_mAP"] != in_use["embedding_mAP"]
    assert nowhere.json("evaluate", indexed.photos, "--model", made) == by_name
    fitted = nowhere.json("evaluate", indexed.photos, "--model", made, "--bits", 16)
    assert fitted["code_bits"] == 16
    assert fitted["embedding_mAP"] == by_name["embedding_mAP"]
    assert nowhere.json("evaluate", indexed.photos, "--model", "general-1") == in_use
    for unknown in (OTHER, indexed.photos):
        refused = nowhere.run("evaluate", indexed.photos, "--model", unknown)
        assert refused.sentence == f"There is no model {unknown}; there are general-1."
    assert not nowhere.folder.exists()


def test_a_model_that_is_gone_names_the_way_out(command: Desktopsearch, indexed: Indexed) -> None:
    made = put_model(command.folder)
    command.json("model", "use", OTHER)
    shutil.rmtree(made)
    for arguments in (("search", indexed.files[0]), ("status",), ("index",)):
        assert command.run(*arguments).sentence == (
            "The model other-1 that this library uses is gone or damaged;"
            " import it again, or go back with 'desktopsearch model use general-1'."
        )
    bundled, gone = command.json("model", "list")["models"]
    assert (bundled["in_use"], bundled["ready"]) == (False, True)
    assert (gone["name"], gone["in_use"], gone["ready"]) == (OTHER, True, False)
    assert gone["backbone"] is None
    command.json("model", "use", "general-1")
    assert command.found(indexed.files[0])[0] == indexed.files[0]


def test_models_that_cannot_be_used(command: Desktopsearch, indexed: Indexed) -> None:
    assert command.run("model", "use", "nonsense").sentence == (
        "There is no model nonsense; there are general-1."
    )
    made = put_model(command.folder)
    (made / "manifest.json").write_text("{}")
    assert "does not match its manifest" in command.run("model", "use", OTHER).sentence
    damaged = command.json("model", "list")["models"][1]
    assert (damaged["ready"], damaged["in_use"]) == (False, False)
    (made / "manifest.json").unlink()
    assert "import the model again" in command.run("model", "use", OTHER).sentence
    assert command.found(indexed.files[0])[0] == indexed.files[0]
    assert (
        "There is no library in"
        in Desktopsearch(command.folder / "nowhere").run("model", "use", OTHER).sentence
    )
