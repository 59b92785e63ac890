"""What the menu of photos does: copies, properties, leaving out, the trash.

Says by a notice what was done and how to take it back. Waits for nothing, and reads no file itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import PhotoFacts, Pixels
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.bridge import Bridge, Failure
from desktopsearch.gui.messages import ask_before_trash
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.open_with import OpenWith
from desktopsearch.gui.photo_bridge import PhotoBridge
from desktopsearch.gui.photo_properties import PhotoProperties
from desktopsearch.gui.places import folder_of, name_of
from desktopsearch.gui.texts import _, error_sentence, plural
from desktopsearch.gui.trash import move_to_trash

_MOST_NAMES = 5


class PhotoActs(QObject):
    """Does them for one window."""

    def __init__(self, window: QWidget, bridge: Bridge, notices: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._photos = PhotoBridge(bridge)
        self._notices = notices
        self.open_with = OpenWith(self._photos, notices)

    def copy_image(self, hit: SearchHit) -> None:
        """Put the pixels of a photo's file on the clipboard, or its proxy if no file is there."""
        self._photos.fetch_whole(hit.photo_id, self._on_whole)

    def show_properties(self, hit: SearchHit) -> None:
        """Show all that is known of a photo."""
        self._photos.fetch_facts(hit.photo_id, lambda facts: self._on_facts(hit, facts))

    def leave_out_files(self, hits: Sequence[SearchHit]) -> None:
        """Exclude the files of photos from the library."""
        files = [hit.path for hit in hits]
        said = plural(
            "{n} file is left out of the library.",
            "{n} files are left out of the library.",
            len(files),
        )
        self._leave_out(files, said, folders=False)

    def leave_out_folders(self, hits: Sequence[SearchHit]) -> None:
        """Exclude the folders in which photos lie, with all that is in them."""
        folders = list(dict.fromkeys(folder_of(hit.path) for hit in hits))
        said = plural(
            "{n} folder is left out of the library.",
            "{n} folders are left out of the library.",
            len(folders),
        )
        self._leave_out(folders, said, folders=True)

    def move_to_trash(self, hits: Sequence[SearchHit]) -> None:
        """Move the files of photos to the trash, after a question."""
        files = [hit.path for hit in hits]

        def go() -> None:
            move_to_trash(
                files,
                lambda left: self._bridge.deliver(lambda: self._on_trashed(files, left)),
            )

        ask_before_trash(
            self._window, len(files), copied=any(hit.copies for hit in hits), on_yes=go
        )

    def _leave_out(self, places: Sequence[bytes], said: str, *, folders: bool) -> None:
        def answer(patterns: list[str] | Failure) -> None:
            if not isinstance(patterns, list):
                self._say_failure(patterns)
                return
            self._notices.say(
                said,
                _("Undo"),
                lambda: self._photos.take_in(
                    patterns, places, folders=folders, answer=self._say_failure
                ),
            )

        self._photos.leave_out(places, folders=folders, answer=answer)

    def _on_whole(self, result: Pixels | bytes | Failure) -> None:
        if isinstance(result, Pixels):
            image = QImage(
                result.rgb,
                result.width,
                result.height,
                3 * result.width,
                QImage.Format.Format_RGB888,
            )
            # Qt's picture would end with the bytes.
            QGuiApplication.clipboard().setImage(image.copy())
        elif isinstance(result, bytes):
            QGuiApplication.clipboard().setImage(QImage.fromData(result))
            self._notices.say(
                _("The file cannot be read now, so a small copy of the photo was copied.")
            )
        else:
            self._say_failure(result)

    def _on_facts(self, hit: SearchHit, facts: PhotoFacts | Failure | None) -> None:
        if isinstance(facts, PhotoFacts):
            PhotoProperties(self._window, hit, facts).open()
        else:
            self._say_failure(facts)

    def _on_trashed(self, files: Sequence[bytes], left: Sequence[bytes]) -> None:
        if left:
            names = [name_of(path) for path in left[:_MOST_NAMES]]
            names += ["…"] * (len(left) > _MOST_NAMES)
            self._notices.say(
                plural(
                    "{n} file could not be moved to the trash:",
                    "{n} files could not be moved to the trash:",
                    len(left),
                )
                + " "
                + ", ".join(names)
            )
        else:
            self._notices.say(
                plural(
                    "{n} file was moved to the trash.",
                    "{n} files were moved to the trash.",
                    len(files),
                )
            )
        self._photos.look_again(files, self._say_failure)

    def _say_failure(self, failure: Failure | None) -> None:
        if isinstance(failure, DesktopSearchError):
            self._notices.say(error_sentence(failure))
