"""``settings``: listed, set, reset and refused, without a library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.command import Desktopsearch

DEFAULTS = {
    "speed": "full",
    "pause_on_battery": True,
    "paused": False,
    "rescan_minutes": 15,
    "notify": True,
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


def test_a_pause_may_end_by_itself(alone: Desktopsearch) -> None:
    before = datetime.now(UTC)
    until = alone.json("settings", "set", "paused", "1h")["settings"]["paused"]
    left = datetime.fromisoformat(until) - before
    assert timedelta(hours=1) <= left < timedelta(hours=1, minutes=2)
    here = datetime.fromisoformat(until).astimezone()
    assert f"paused: {here:%Y-%m-%d %H:%M}\n" in alone.run("settings", "list").out
    refused = alone.run("settings", "set", "paused", "later").sentence
    assert refused.startswith("paused cannot be later: give yes, no, a time to come")
    assert "paused: no\n" in alone.run("settings", "set", "paused", "no").out


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
