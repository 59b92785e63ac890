"""The menu *Open with*: another program than the usual one, in the way of each desktop."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QMimeDatabase
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from desktopsearch import translation
from desktopsearch.gui.album_texts import in_menu
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _

if TYPE_CHECKING:
    from desktopsearch.services.programs import Program


class OpenWith:
    """Adds it to menus."""

    def __init__(self, photos: PhotoBridge, notices: NoticeBar) -> None:
        self._photos = photos
        self._notices = notices

    def extend(self, menu: QMenu, path: bytes) -> None:
        """Put the entry into the menu of a file; macOS has no public way and so no entry."""
        if sys.platform == "win32":
            action = menu.addAction(_("Open with…"))
            action.triggered.connect(lambda: self._ask_windows(path))
        elif sys.platform != "darwin":
            self._add_programs(menu.addMenu(_("Open with")), path)

    def _add_programs(self, menu: QMenu, path: bytes) -> None:
        menu.setEnabled(False)

        def show(programs: list[Program] | Failure) -> None:
            # The menu may have been closed meanwhile.
            if not (isinstance(programs, list) and shiboken6.isValid(menu)):
                return
            for program in programs:
                action = menu.addAction(_icon_of(program), in_menu(program.name))
                action.triggered.connect(lambda _on, program=program: self._start(program, path))
            menu.setEnabled(bool(programs))

        self._photos.fetch_programs(_kinds_of(path), translation.language(), show)

    def _start(self, program: Program, path: bytes) -> None:
        def answer(started: bool | Failure) -> None:
            if started is False:
                self._notices.say(_("{program} cannot be started.").format(program=program.name))

        self._photos.open_with(program, path, answer)

    def _ask_windows(self, path: bytes) -> None:
        if sys.platform == "win32":
            try:
                os.startfile(os.fsdecode(path), "openas")  # noqa: S606
            except OSError as error:
                self._notices.say(
                    _("{photo} cannot be opened ({reason}).").format(
                        photo=name_of(path), reason=error.strerror
                    )
                )


def _kinds_of(path: bytes) -> list[str]:
    """MIME types by the name of a file, the most exact first; nothing is read."""
    extension = QMimeDatabase.MatchMode.MatchExtension
    kind = QMimeDatabase().mimeTypeForFile(name_of(path), extension)
    return [
        name
        for name in (kind.name(), *kind.aliases(), *kind.allAncestors())
        if name.startswith("image/")
    ]


def _icon_of(program: Program) -> QIcon:
    if os.path.isabs(program.icon):  # noqa: PTH117 - a name or a path
        return QIcon(program.icon)
    return QIcon.fromTheme(program.icon)
