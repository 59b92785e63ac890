"""What the window shows of a saved search: a small picture, and in words what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QIcon

from desktopsearch.domain.filters import Filter, Lately
from desktopsearch.domain.kept_queries import SavedQuery, SavedSearch
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.places import name_of
from desktopsearch.gui.recent_menu import icon_with, title_of
from desktopsearch.gui.texts import _, figure, short_day


def icon_of(search: SavedSearch, icons: Icons) -> QIcon:
    """Its first picture, or what stands for a listing."""
    saved = search.query
    if saved.pictures is not None and saved.pictures.picture:
        return icon_with(saved.pictures.picture)
    how = saved.how
    if saved.pictures is not None:
        name = "picture"
    elif how.duplicates:
        name = "copy"
    else:
        name = "folder" if how.folder is not None else "tiles-small"
    return icons.get(name)


def made_of(saved: SavedQuery, albums: Mapping[int, str]) -> str:
    """What a search is made of, in a line.

    Args:
        saved: The search.
        albums: The names of all albums.
    """
    how = saved.how
    if saved.pictures is None:
        parts = [_listed(saved, albums)]
    else:
        parts = [title_of(saved.pictures)]
        if how.near_copies:
            parts = [_("Duplicates of {name}").format(name=parts[0])]
        elif how.max_distance is not None:
            parts.append(_("Up to distance {n}").format(n=figure(how.max_distance)))
        if how.rerank:
            parts.append(_("Finer order"))
    return " · ".join([*parts, *_filters(how.filter, saved.lately, albums)])


def _listed(saved: SavedQuery, albums: Mapping[int, str]) -> str:
    how = saved.how
    if how.folder is not None:
        return name_of(how.folder)
    if how.album_id is not None:
        return albums.get(how.album_id, _("an album that was deleted"))
    return _("Duplicates") if how.duplicates else _("All photos")


def _filters(wanted: Filter, lately: Lately | None, albums: Mapping[int, str]) -> list[str]:
    parts = [] if wanted.folder is None else [name_of(wanted.folder)]
    deleted = _("an album that was deleted")
    parts += sorted(albums.get(each, deleted) for each in wanted.album_ids)
    if wanted.without_album:
        parts.append(_("In no album"))
    if lately is not None:
        parts.append(_lately_name(lately))
    else:
        if wanted.first_day is not None:
            parts.append(_("since {day}").format(day=short_day(wanted.first_day)))
        if wanted.last_day is not None:
            parts.append(_("until {day}").format(day=short_day(wanted.last_day)))
    return parts + [name.upper() for name in sorted(wanted.formats)]


def _lately_name(lately: Lately) -> str:
    return {
        Lately.TODAY: _("Today"),
        Lately.WEEK: _("The last 7 days"),
        Lately.MONTH: _("The last 30 days"),
        Lately.YEAR: _("This year"),
    }[lately]
