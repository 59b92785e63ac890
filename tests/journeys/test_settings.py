"""``settings``: listed, set, reset and refused, without a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch

DEFAULTS = {
    "speed": "full",
    "pause_on_battery": True,
    "paused": False,
    "rescan_minutes": 15,
    "appearance": "system",
    "language": "system",
}


@pytest.fixture
def alone(tmp_path: Path) -> Desktopsearch:
    return Desktopsearch(tmp_path / "library")


def test_settings_are_listed_set_and_reset(alone: Desktopsearch) -> None:
    assert alone.json("settings", "list") == {"settings": DEFAULTS}
    assert not alone.folder.exists(), "to look changes nothing"
    gentle = {**DEFAULTS, "speed": "gentle"}
    assert alone.json("settings", "set", "speed", "gentle") == {"settings": gentle}
    both = {**gentle, "rescan_minutes": 60}
    assert alone.json("settings", "set", "rescan_minutes", "60") == {"settings": both}
    assert alone.json("settings", "reset", "speed")["settings"]["speed"] == "full"
    assert "rescan_minutes: 60\n" in alone.run("settings", "list").out
    assert alone.json("settings", "reset") == {"settings": DEFAULTS}


def test_what_cannot_be_set_is_explained(alone: Desktopsearch) -> None:
    refused = alone.run("settings", "set", "speed", "fast").sentence
    assert refused == "speed cannot be fast: give full or gentle."
    refused = alone.run("settings", "reset", "colour").sentence
    assert refused.startswith("There is no setting colour; there are speed, ")
    assert not alone.folder.exists()


def test_a_damaged_file_is_said_and_mended_by_a_change(alone: Desktopsearch) -> None:
    alone.folder.mkdir()
    (alone.folder / "settings.json").write_bytes(b"{")
    listed = alone.run("settings", "list", "--json")
    assert listed.status == 0
    assert "settings.json cannot be used" in listed.err
    assert alone.run("settings", "set", "language", "de").status == 0
    assert alone.run("settings", "list").err == ""
