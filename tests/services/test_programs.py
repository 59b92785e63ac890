"""Programs as freedesktop.org's desktops keep them: which open a kind of file, and their start."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from desktopsearch.services.programs import programs_for, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the way of freedesktop.org")
JPEG = ["image/jpeg"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a person's programs lie; there are no others."""
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    applications = tmp_path / "XDG_DATA_HOME" / "applications"
    applications.mkdir(parents=True)
    return applications


def put_entry(file: Path, name: str, *lines: str, command: str = "/bin/true %f") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    kinds = [] if any(line.startswith("MimeType") for line in lines) else ["MimeType=image/jpeg;"]
    entry = ["[Desktop Entry]", "Type=Application", f"Name={name}", f"Exec={command}"]
    file.write_text("\n".join([*entry, *lines, *kinds, ""]), encoding="utf-8")


def names(kinds: list[str] = JPEG, language: str = "en") -> list[str]:
    return [program.name for program in programs_for(kinds, language)]


def test_those_that_can_open_it_and_are_there_by_their_names(folder: Path) -> None:
    put_entry(folder / "b.desktop", "Bright", "Name[de]=Hell")
    put_entry(folder / "a.desktop", "able")
    put_entry(folder / "text.desktop", "Text", "MimeType=text/plain;")
    put_entry(folder / "gone.desktop", "Gone", command="/nowhere/program %f")
    put_entry(folder / "tried.desktop", "Tried", "TryExec=/nowhere/program")
    put_entry(folder / "terminal.desktop", "In a terminal", "Terminal=true")
    put_entry(folder / "odd.desktop", "Odd", command='"never closed %f')
    (folder / "broken.desktop").write_bytes(b"\xff\0[[=\n=\n")
    (folder / "lost.desktop").symlink_to(folder / "nothing")
    assert names() == ["able", "Bright"]
    assert names(language="de") == ["able", "Hell"]
    assert names(["image/x-unheard-of"]) == []


def test_a_persons_entry_hides_the_systems_and_lists_are_heeded(
    folder: Path, tmp_path: Path
) -> None:
    system = tmp_path / "XDG_DATA_DIRS" / "applications"
    put_entry(system / "kde" / "viewer.desktop", "Viewer")
    put_entry(system / "painter.desktop", "Painter")
    put_entry(system / "unwanted.desktop", "Unwanted")
    put_entry(system / "other.desktop", "Other", "MimeType=image/png;")
    put_entry(folder / "painter.desktop", "My painter")
    put_entry(folder / "kde-old.desktop", "Old", "Hidden=true")
    lists = tmp_path / "XDG_CONFIG_HOME" / "mimeapps.list"
    lists.parent.mkdir()
    lists.write_text(
        "[Default Applications]\nimage/jpeg=kde-viewer.desktop\n"
        "[Added Associations]\nimage/jpeg=other.desktop;missing.desktop;\n"
        "[Removed Associations]\nimage/jpeg=unwanted.desktop;\n",
        encoding="utf-8",
    )
    assert names() == ["Viewer", "Other", "My painter"]


@pytest.mark.parametrize(
    ("command", "path", "expected"),
    [
        ("view %f", b"/a b.jpg", [b"view", b"/a b.jpg"]),
        ("view %U", "/ä b.jpg".encode(), [b"view", b"file:///%C3%A4%20b.jpg"]),
        ("view --open=%F --name %c %i %%d", b"/\xff", [b"view", b"--open=/\xff", b"--name", b"V"]),
        (r'"/opt/a b/view" "a\\"b"', b"/a", [b"/opt/a b/view", b'a"b', b"/a"]),
    ],
)
def test_the_command_line_has_the_file_where_it_belongs(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    path: bytes,
    expected: list[bytes],
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "there")
    put_entry(folder / "v.desktop", "V", command=command)
    [program] = programs_for(JPEG, "en")
    assert program.command(path)[: len(expected)] == expected


@pytest.mark.skipif(sys.platform == "darwin", reason="names of any bytes")
def test_a_program_gets_the_file_whatever_its_name(folder: Path, tmp_path: Path) -> None:
    script, noted = tmp_path / "a viewer", tmp_path / "noted"
    script.write_text(f'#!/bin/sh\nprintf %s "$2" > "{noted}.part"\nmv "{noted}.part" "{noted}"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    put_entry(folder / "viewer.desktop", "Viewer", command=f'"{script}" --show %f')
    [program] = programs_for(JPEG, "en")
    path = b"/photos/ $(odd) 'name' \xff;.jpg"
    assert start(program, path)
    until = time.monotonic() + 30
    while not noted.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert noted.read_bytes() == path


def test_a_program_that_is_gone_is_not_started(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "viewer.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    put_entry(folder / "viewer.desktop", "Viewer", command=f"{script} %f")
    [program] = programs_for(JPEG, "en")
    script.unlink()
    assert not start(program, b"/photo.jpg")


def test_an_entry_that_has_changed_is_read_again(folder: Path) -> None:
    entry = folder / "viewer.desktop"
    put_entry(entry, "Viewer")
    assert names() == ["Viewer"]
    put_entry(entry, "Beholder")
    assert names() == ["Beholder"]
    entry.unlink()
    assert names() == []
