"""Without a display or system libraries a person gets a sentence, never an aborted process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.gui import display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")


def test_no_display_is_said() -> None:
    with pytest.raises(DesktopSearchError) as error:
        display.check({})
    assert error.value.code is ProblemCode.DISPLAY_MISSING
    with pytest.raises(DesktopSearchError):
        display.check({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"})


def test_a_platform_without_a_screen_needs_no_display() -> None:
    display.check({"QT_QPA_PLATFORM": "offscreen:size=800x600"})


def test_a_display_that_does_not_answer_is_said() -> None:
    program = "from desktopsearch.gui import display\ndisplay.check()"
    environment = {**os.environ, "DISPLAY": ":4242"}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    finished = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert finished.returncode == 1, finished
    assert "There is no display" in finished.stderr or "system libraries" in finished.stderr


def test_a_missing_system_library_is_named() -> None:
    message = "libEGL.so.1: cannot open shared object file: No such file or directory"
    assert display._library(message) == "libEGL.so.1"
