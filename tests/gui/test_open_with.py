"""*Open with* in the menu of a photo starts a real program, as the desktop's files name it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Indexed, Opener

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the way of freedesktop.org")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a desktop on which no program is installed."""
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    folder = tmp_path / "XDG_DATA_HOME" / "applications"
    folder.mkdir(parents=True)
    return folder


def test_programs_of_the_desktop_open_the_photo(
    open_window: Opener, qtbot: QtBot, indexed: Indexed, programs: Path, tmp_path: Path
) -> None:
    window = open_window(indexed.library)
    with qtbot.waitSignal(window.searches.answered, timeout=30_000):
        window.intake.look_for_file(os.fsencode(indexed.files[1]))

    def open_with() -> QMenu:
        menu = window.photo_menus.menu_for(window.model.hits[:1])
        return next(each for each in menu.findChildren(QMenu) if each.title() == "Open with")

    answered: list[object] = []
    without = open_with()
    window.bridge.ask(lambda _: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    assert not without.isEnabled()

    script, noted = tmp_path / "viewer.sh", tmp_path / "noted"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > "{noted}.part"\nmv "{noted}.part" "{noted}"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (programs / "viewer.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Shapes & Colours\nExec={script} %f\n"
        "MimeType=image/jpeg;\n"
    )
    menu = open_with()
    qtbot.waitUntil(menu.isEnabled)
    [action] = menu.actions()
    assert action.text() == "Shapes && Colours"
    action.trigger()
    qtbot.waitUntil(noted.exists)
    assert noted.read_bytes() == window.model.hits[0].path

    script.unlink()
    action.trigger()
    qtbot.waitUntil(lambda: window.notices.text == "Shapes & Colours cannot be started.")
