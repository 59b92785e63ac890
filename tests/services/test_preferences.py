"""The settings file: written whole, read with care, and never in the way."""

from __future__ import annotations

import dataclasses
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.preferences import DEFAULTS, NAMES, Preferences, value_text, with_value
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import preferences

NOW = datetime.now(UTC)


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "library")


def set_one(paths: LibraryPaths, name: str, text: str) -> Preferences:
    return preferences.change(paths, lambda old: with_value(old, name, text, NOW))


def test_what_was_set_is_there_again_and_the_rest_has_its_default(paths: LibraryPaths) -> None:
    assert preferences.load(paths).preferences == DEFAULTS
    set_one(paths, "speed", "gentle")
    set_one(paths, "rescan_minutes", "30")
    set_one(paths, "pause_on_battery", "no")
    kept = preferences.load(paths)
    assert kept.damage is None
    assert kept.preferences == Preferences(
        speed="gentle", rescan_minutes=30, pause_on_battery=False
    )
    assert [file.name for file in paths.folder.iterdir()] == ["settings.json"]


def test_every_value_is_read_as_it_is_written(paths: LibraryPaths) -> None:
    odd = Preferences(
        speed="gentle",
        pause_on_battery=False,
        paused=True,
        rescan_minutes=1,
        notify=False,
        appearance="dark",
        language="de",
    )
    for name in NAMES:
        assert getattr(odd, name) != getattr(DEFAULTS, name)
        set_one(paths, name, value_text(getattr(odd, name)))
    assert preferences.load(paths).preferences == odd


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("speed", "fast"),
        ("speed", ""),
        ("paused", "1"),
        ("paused", "0h"),
        ("paused", "1h30"),
        ("paused", "99999h"),
        ("paused", "2020-01-01 10:00"),
        ("paused", "9999-99-99"),
        ("pause_on_battery", "true"),
        ("rescan_minutes", "0"),
        ("rescan_minutes", "1441"),
        ("rescan_minutes", "soon"),
        ("rescan_minutes", "1.5"),
        ("appearance", "Dark"),
        ("language", "fr"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_changes_nothing(
    paths: LibraryPaths, name: str, text: str
) -> None:
    with pytest.raises(DesktopSearchError) as refused:
        set_one(paths, name, text)
    assert refused.value.code is ProblemCode.SETTING_INVALID
    assert not paths.preferences.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"speed": 3}',
        b'{"speed": "fast"}',
        b'{"rescan_minutes": 100000}',
        b'{"paused": "yes"}',
        b'{"paused": "2999-01-01T10:00:00"}',
        b'{"paused": 1}',
    ],
)
def test_a_damaged_file_is_told_of_and_replaced_by_the_next_change(
    paths: LibraryPaths, content: bytes
) -> None:
    paths.folder.mkdir()
    paths.preferences.write_bytes(content)
    kept = preferences.load(paths)
    assert kept.preferences == DEFAULTS
    assert kept.damage is not None
    assert kept.damage.code is ProblemCode.SETTINGS_DAMAGED
    set_one(paths, "speed", "gentle")
    assert preferences.load(paths) == preferences.Kept(Preferences(speed="gentle"), None)


@pytest.mark.parametrize(
    ("text", "span"), [("1h", timedelta(hours=1)), ("90min", timedelta(minutes=90))]
)
def test_a_pause_may_have_an_end_on_the_minute(
    paths: LibraryPaths, text: str, span: timedelta
) -> None:
    until = set_one(paths, "paused", text).paused
    assert isinstance(until, datetime)
    assert NOW + span <= until < NOW + span + timedelta(minutes=1)
    assert (until.second, until.microsecond) == (0, 0)
    assert preferences.load(paths).preferences.paused == until
    assert set_one(paths, "paused", value_text(until)).paused == until
    assert set_one(paths, "paused", "no").paused is False


def test_a_pause_that_is_over_is_none(paths: LibraryPaths) -> None:
    paths.folder.mkdir()
    paths.preferences.write_bytes(b'{"speed": "gentle", "paused": "2020-01-01T10:00:00Z"}')
    assert preferences.load(paths) == preferences.Kept(Preferences(speed="gentle"), None)
    set_one(paths, "speed", "full")
    assert b"2020" not in paths.preferences.read_bytes()


def test_settings_of_a_newer_version_do_not_disturb(paths: LibraryPaths) -> None:
    paths.folder.mkdir()
    paths.preferences.write_bytes(b'{"speed": "gentle", "tray": true}')
    assert preferences.load(paths) == preferences.Kept(Preferences(speed="gentle"), None)


def test_a_file_in_the_place_of_the_folder_is_explained(paths: LibraryPaths) -> None:
    paths.folder.write_bytes(b"")
    with pytest.raises(DesktopSearchError) as refused:
        set_one(paths, "speed", "gentle")
    assert refused.value.code is ProblemCode.LIBRARY_UNWRITABLE


def test_gentle_takes_a_part_of_the_machine() -> None:
    full = Settings(decoder_processes=8)
    assert preferences.applied(DEFAULTS, full) is full
    gentle = preferences.applied(Preferences(speed="gentle"), full)
    assert gentle.decoder_processes == gentle.encoder_threads == max(1, (os.cpu_count() or 1) // 4)
    assert gentle.niceness > 0
    assert not gentle.encoder_ahead
    rest = dataclasses.replace(gentle, decoder_processes=8, encoder_threads=0, niceness=0)
    assert dataclasses.replace(rest, encoder_ahead=True) == full
