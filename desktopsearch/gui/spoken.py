"""What a screen reader says of a photo of the grid."""

from __future__ import annotations

from collections.abc import Sequence

from desktopsearch.domain.albums import Album
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.folds import Fold
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, figure, plural


def spoken(hit: SearchHit, fold: Fold | None, albums: Sequence[Album]) -> str:
    """The name of a photo, and in words what else its cell shows.

    Args:
        hit: The photo.
        fold: What it has to do with near copies.
        albums: That it is in.
    """
    text = name_of(hit.path)
    if hit.compared:
        text = _("{name}, distance {distance}").format(name=text, distance=figure(hit.distance))
    elif hit.from_lead is not None:
        text = _("{name}, distance {distance} from the first of its group").format(
            name=text, distance=figure(hit.from_lead)
        )
    parts = [text]
    if fold is not None and fold.near:
        parts.append(plural("{n} near copy", "{n} near copies", fold.near))
    if albums:
        parts.append(_("in {albums}").format(albums=", ".join(album.name for album in albums)))
    return ", ".join(parts)
