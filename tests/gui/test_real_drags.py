"""Drags between two programs on a real screen, with the mouse moved as a hand would move it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gui.conftest import Indexed
from tests.journeys.command import Desktopsearch

NEEDED = ("Xvfb", "xdotool")
MISSING = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


@dataclass
class Screen:
    """An X server without a window manager, and what runs on it."""

    environment: dict[str, str]
    programs: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, module: str, argument: Path) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, "-m", module, str(argument)],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.programs.append(program)
        return program

    def mouse(self, *steps: str) -> None:
        subprocess.run(["xdotool", *" ".join(steps).split()], env=self.environment, check=True)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        x, y = start
        self.mouse(f"mousemove {x} {y} mousedown 1")
        for part in range(1, 11):
            self.mouse(
                f"mousemove {x + (end[0] - x) * part // 10} {y + (end[1] - y) * part // 10}",
                "sleep 0.05",
            )
        self.mouse("sleep 0.2 mouseup 1")


@pytest.fixture
def screen() -> Iterator[Screen]:
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader, encoding="ascii") as numbers:
        number = numbers.readline().strip()
    environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    made = Screen(environment)
    yield made
    for program in made.programs:
        program.terminate()
        program.communicate()
    server.terminate()
    server.wait()


def line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def line_of(program: subprocess.Popen[str], begin: str) -> list[str]:
    """The numbers of the next line that begins so."""
    while not (said := line(program)).startswith(begin):
        assert program.poll() is None
    return said.removeprefix(begin).split()


def test_files_are_dragged_in_photos_out_and_photos_on_the_query(
    screen: Screen, indexed: Indexed, tmp_path: Path
) -> None:
    shutil.copytree(indexed.library, tmp_path / "library")
    window = screen.run("tests.gui.window_process", tmp_path / "library")
    assert line(window) == "opened"
    partner = screen.run("tests.gui.drag_partner", indexed.files[8])
    assert line(partner) == "ready"

    screen.drag((100, 100), (800, 400))
    word, name, *numbers = line(window).split()
    assert (word, name) == ("answered", "0008.jpg")
    first, second, query = zip(*[map(int, numbers)] * 2, strict=True)

    screen.drag(first, (100, 100))
    assert line(partner) == f"dropped {indexed.files[8]}"

    screen.mouse(f"mousemove {first[0]} {first[1]} click 1")
    screen.mouse(f"mousemove {second[0]} {second[1]} keydown ctrl click 1 keyup ctrl")
    screen.drag(second, (100, 100))
    dropped = line(partner)
    assert dropped.startswith(f"dropped {indexed.files[8]} ")
    assert dropped.count(str(indexed.photos)) == 2

    screen.drag(second, first)
    screen.drag(second, query)
    word, name, *_ = line(window).split()
    assert word == "answered"
    assert name != "0008.jpg", "a photo of the grid was dropped on the query"


def test_photos_of_the_grid_are_dragged_onto_an_album(
    screen: Screen, indexed: Indexed, tmp_path: Path
) -> None:
    shutil.copytree(indexed.library, tmp_path / "library")
    command = Desktopsearch(tmp_path / "library", cold=True)
    command.run("albums", "create", "Dogs")
    window = screen.run("tests.gui.window_process", tmp_path / "library")
    x, y = map(int, line_of(window, "album Dogs 0 "))
    partner = screen.run("tests.gui.drag_partner", indexed.files[8])
    assert line(partner) == "ready"
    screen.drag((100, 100), (800, 400))
    numbers = line_of(window, "answered 0008.jpg ")
    first, second, _query = zip(*[map(int, numbers)] * 2, strict=True)
    screen.mouse(f"mousemove {first[0]} {first[1]} click 1")
    screen.mouse(f"mousemove {second[0]} {second[1]} keydown ctrl click 1 keyup ctrl")
    # Sooner the press would be the second half of a double click.
    screen.mouse("sleep 0.7")
    screen.drag(second, (x, y))
    assert line_of(window, "album Dogs 2 ")
