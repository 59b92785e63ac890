"""Whether a window can be opened at all, found out before Qt, which would end the process.

Qt calls ``abort`` where a display or a system library is missing; a person gets a sentence.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode


def check(environment: Mapping[str, str] = os.environ) -> None:
    """Look for a display and for what Qt needs from the system.

    Raises:
        DesktopSearchError: DISPLAY_MISSING or QT_LIBRARIES_MISSING.
    """
    if sys.platform == "linux":
        _check_platforms(environment)
    try:
        from PySide6 import QtSvg, QtWidgets  # noqa: F401 - only whether they can be loaded
    except ImportError as error:
        raise DesktopSearchError(
            ProblemCode.QT_LIBRARIES_MISSING, library=_library(str(error))
        ) from error


def _check_platforms(environment: Mapping[str, str]) -> None:
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if chosen not in ("", "xcb", "wayland"):
        return
    wayland = bool(environment.get("WAYLAND_DISPLAY")) and chosen != "xcb"
    x11 = bool(environment.get("DISPLAY")) and chosen != "wayland"
    if not wayland and not x11:
        raise DesktopSearchError(ProblemCode.DISPLAY_MISSING)
    if wayland:
        return
    _load_plugin("libqxcb.so")
    if not _x11_answers(environment["DISPLAY"]):
        raise DesktopSearchError(ProblemCode.DISPLAY_MISSING)


def _load_plugin(name: str) -> None:
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        return
    plugin = Path(found.origin).parent / "Qt" / "plugins" / "platforms" / name
    if not plugin.exists():
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        raise DesktopSearchError(
            ProblemCode.QT_LIBRARIES_MISSING, library=_library(str(error))
        ) from error


def _x11_answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(display), None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers


def _library(message: str) -> str:
    return message.partition(":")[0]
