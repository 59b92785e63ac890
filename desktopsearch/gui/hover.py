"""What is told of a photo while the mouse rests on it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QToolTip

from desktopsearch.domain.library import PhotoFacts, shown
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.places import folder_of, name_of
from desktopsearch.gui.texts import _, decimal, figure, moment, plural

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import Failure
    from desktopsearch.gui.photo_bridge import PhotoBridge

_MOST_COPIES = 8


class Hover(QObject):
    """Adds to the tool tips of a grid what only the library knows."""

    def __init__(self, view: QAbstractItemView, photos: PhotoBridge, hit_role: int) -> None:
        super().__init__(view)
        self._view = view
        self._photos = photos
        self._hit_role = hit_role
        view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Fetch the rest when a tool tip is about to be shown."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            hit = self._view.indexAt(event.pos()).data(self._hit_role)
            if hit is not None:
                place = event.globalPos()
                self._photos.fetch_facts(hit.photo_id, lambda facts: self._show(hit, facts, place))
        return False

    def _show(self, hit: SearchHit, facts: PhotoFacts | Failure | None, place: QPoint) -> None:
        # Only over the tool tip of the same photo, as long as that is there.
        if isinstance(facts, PhotoFacts) and QToolTip.text() == hover_text(hit):
            QToolTip.showText(place, hover_text(hit, facts), self._view.viewport())


def hover_text(hit: SearchHit, facts: PhotoFacts | None = None) -> str:
    """Lines about a photo as rich text that keeps them as they are, whatever the names hold."""
    lines = [name_of(hit.path), shown(folder_of(hit.path))]
    if facts is not None:
        size = _("{width} × {height} pixels").format(  # noqa: RUF001 - the sign for "by"
            width=figure(facts.width_px), height=figure(facts.height_px)
        )
        lines.append(f"{size} · {facts.format}")
        if facts.taken_at is not None:
            lines.append(_("taken on {day}").format(day=moment(facts.taken_at)))
        if facts.albums:
            lines.append(_("in {albums}").format(albums=", ".join(facts.albums)))
    if hit.compared:
        lines.append(plural("{n} bit from the query", "{n} bits from the query", hit.distance))
    if hit.from_lead is not None:
        lines.append(
            plural(
                "{n} bit from the first of its group",
                "{n} bits from the first of its group",
                hit.from_lead,
            )
        )
    if hit.cosine is not None:
        lines.append(_("Likeness in full: {likeness}").format(likeness=decimal(hit.cosine)))
    if hit.offline:
        lines.append(_("Its folder is offline."))
    if hit.copies:
        lines.append(plural("{n} more copy:", "{n} more copies:", len(hit.copies)))
        lines += [shown(copy) for copy in hit.copies[:_MOST_COPIES]]
    # Escaped, since a file name could look like rich text.
    return "<p style='white-space:pre'>" + "<br>".join(map(html.escape, lines)) + "</p>"
