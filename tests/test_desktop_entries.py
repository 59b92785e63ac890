"""What file managers are told: entries that are sound, and commands that the grammar knows."""

from __future__ import annotations

import configparser
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeDatabase

from desktopsearch.cli.arguments import parser
from desktopsearch.imaging.formats import PICTURE_SUFFIXES
from desktopsearch.services.programs import programs_for, start

CHECKOUT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((CHECKOUT / "packaging" / "desktop").glob("*.desktop"))

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the way of freedesktop.org")


def groups_of(file: Path) -> configparser.ConfigParser:
    """Read as strictly as can be: nothing twice, names as they stand."""
    parsed = configparser.ConfigParser(
        delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=True
    )
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(file.read_text(encoding="utf-8"))
    return parsed


def commands_of(file: Path) -> list[str]:
    groups = groups_of(file)
    return [groups[name]["Exec"] for name in groups.sections() if "Exec" in groups[name]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a person's entries lie; there are no others."""
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path / "XDG_DATA_HOME"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that notes what it was called with, in a folder with a difficult name."""
    file = tmp_path / 'a "b" 100 % \\ c' / "desktopsearch"
    file.parent.mkdir()
    file.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > "{tmp_path}/called"\n', encoding="utf-8")
    file.chmod(0o755)
    return file


def run(*arguments: str | Path) -> int:
    script = CHECKOUT / "packaging" / "desktop_entries.py"
    return subprocess.run([sys.executable, script, *arguments], check=False).returncode


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_the_entries_are_sound_and_in_both_languages(template: Path) -> None:
    groups = groups_of(template)
    assert groups.sections()[0] == "Desktop Entry"
    for name in groups.sections():
        for key in ("Name", "GenericName", "Comment", "Keywords"):
            if key in groups[name] and groups[name][key] != "Desktopsearch":
                assert groups[name][f"{key}[de]"] != groups[name][key]
    actions = [name for name in groups.sections() if name.startswith("Desktop Action ")]
    listed = groups["Desktop Entry"].get("Actions", "").split(";")
    assert [f"Desktop Action {name}" for name in listed if name] == actions
    validate = shutil.which("desktop-file-validate")
    if validate is not None and groups["Desktop Entry"]["Type"] == "Application":
        subprocess.run([validate, template], check=True)


def test_their_commands_are_of_the_grammar() -> None:
    commands = {command for template in TEMPLATES for command in commands_of(template)}
    assert commands == {"desktopsearch", "desktopsearch open %f"}
    opened = parser().parse_args(["open", "/photos/one.jpg"])
    assert (opened.command, opened.image) == ("open", Path("/photos/one.jpg"))
    assert parser().parse_args([]).command is None


def test_it_is_offered_for_all_that_the_library_reads() -> None:
    entry = groups_of(CHECKOUT / "packaging" / "desktop" / "desktopsearch-similar.desktop")
    offered = set(entry["Desktop Entry"]["MimeType"].split(";")) - {""}
    database = QMimeDatabase()
    for suffix in PICTURE_SUFFIXES:
        kind = database.mimeTypeForFile(
            "photo" + suffix.decode("ascii"), QMimeDatabase.MatchMode.MatchExtension
        )
        if kind.name().startswith("image/"):
            assert offered & {kind.name(), *kind.aliases()}, suffix


def test_installed_it_starts_with_the_picture_and_goes_without_a_trace(
    data: Path, program: Path, tmp_path: Path
) -> None:
    other = data / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\n", encoding="utf-8")
    assert run("install", "--program", program) == 0
    [similar] = programs_for(["image/jpeg"], "de")
    assert similar.name == "Ähnliche Fotos suchen"
    photo = tmp_path / "one photo.jpg"
    assert similar.command(os.fsencode(photo)) == [
        os.fsencode(program),
        b"open",
        os.fsencode(photo),
    ]
    menu = data / "kio" / "servicemenus" / "desktopsearch.desktop"
    assert stat.S_IMODE(menu.stat().st_mode) == 0o755
    assert commands_of(menu) == commands_of(data / "applications" / "desktopsearch-similar.desktop")
    assert (data / "icons" / "hicolor" / "scalable" / "apps" / "desktopsearch.svg").exists()
    assert start(similar, os.fsencode(photo))
    called = tmp_path / "called"
    deadline = time.monotonic() + 10
    while not (called.exists() and called.read_text("utf-8") == f"open|{photo}|"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert run("install", "--program", program) == 0, "once more changes nothing"
    assert run("remove") == 0
    files = [file for file in data.rglob("*") if file.is_file() and "mimeinfo" not in file.name]
    assert files == [other]
    assert run("remove") == 0


def test_without_the_program_nothing_is_installed(data: Path, tmp_path: Path) -> None:
    assert run("install", "--program", tmp_path / "nowhere") == 1
    assert not data.exists()
