"""Changes of which pictures the query is made of: one more, one less, like or unlike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from desktopsearch.domain.examples import MOST_PICTURES
from desktopsearch.gui.notice_bar import NoticeBar
from desktopsearch.gui.searches import NamedPicture, Searches, subject_of
from desktopsearch.gui.texts import _, figure


class Steering(QObject):
    """Makes another query of each change, so that the way back leads to what was before."""

    def __init__(self, searches: Searches, notices: NoticeBar, parent: QObject) -> None:
        super().__init__(parent)
        self._searches = searches
        self._notices = notices

    def add(self, pictures: Sequence[NamedPicture]) -> None:
        """Add pictures, or take those that are there already for what they are now."""
        new = {subject_of(each): (each, name) for each, name in pictures}
        kept = [
            new.pop(subject_of(each)) if subject_of(each) in new else (each, name)
            for each, name in self._searches.pictures
        ]
        wanted = [*kept, *new.values()]
        if not any(each.alike for each, _name in wanted):
            self._notices.say(_("Look for photos like a picture first; then say what is unlike."))
            return
        if len(wanted) > MOST_PICTURES:
            self._notices.say(
                _("A query has at most {limit} pictures.").format(limit=figure(MOST_PICTURES))
            )
        self._ask(wanted[:MOST_PICTURES])

    def turn(self, position: int) -> None:
        """Take the picture at a position for unlike, or for like."""
        pictures = list(self._searches.pictures)
        picture, name = pictures[position]
        pictures[position] = (replace(picture, alike=not picture.alike), name)
        self._ask(pictures)

    def remove(self, position: int) -> None:
        """Take the picture at a position out."""
        pictures = list(self._searches.pictures)
        del pictures[position]
        self._ask(pictures)

    def _ask(self, pictures: Sequence[NamedPicture]) -> None:
        if any(each.alike for each, _name in pictures):
            self._searches.ask_for(pictures)
