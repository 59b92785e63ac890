"""What stands in the place of photos where a listing has none, or where one must be asked first."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktopsearch.domain.albums import Album
from desktopsearch.domain.search import NEAR_COPY_BITS
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, figure, form, moment, plural

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus
    from desktopsearch.gui.main_window import MainWindow


class ListingPages:
    """Shows them among the pages of a window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._pages = window.pages

    def show_empty_album(self, album: Album, key: int | None) -> None:
        """An album has no photo that lies anywhere.

        Args:
            album: That is shown.
            key: Its key, if it has one.
        """
        if album.photos:
            title = form(
                "The photo of “{album}” is gone", "The photos of “{album}” are gone", album.photos
            )
            text = plural(
                "{n} photo of this album is in no folder of the library now. It is shown again as"
                " soon as it is found there.",
                "{n} photos of this album are in no folder of the library now. They are shown again"
                " as soon as they are found there.",
                album.photos,
            )
            act = (_("Choose a folder…"), self._pages.folder_wanted.emit)
        else:
            title = _("“{album}” has no photos yet")
            text = _("Find some that belong there, and drag them onto its name in the list.")
            if key is not None:
                text += "\n" + _("Or select them and press {key}.").format(key=figure(key))
            act = (_("Browse…"), self._pages.browse_wanted.emit)
        self._pages.show_state("picture", title.format(album=album.name), text, act)

    def show_nothing_listed(self) -> None:
        """The library or a folder has no photo that is there."""
        self._pages.show_state(
            "folder",
            _("There are no photos here yet"),
            _("They appear as soon as they have been read."),
            (_("Choose another folder…"), self._pages.folder_wanted.emit),
        )

    def show_offline(self, folder: FolderStatus, show_photos: Callable[[], None] | None) -> None:
        """A folder cannot be reached now.

        Args:
            folder: As it is known.
            show_photos: Shows what is known of its photos; None if it has none.
        """
        lines = []
        if folder.scanned_at is not None:
            at = moment(datetime.fromtimestamp(folder.scanned_at).astimezone())
            lines.append(_("It was last looked through on {moment}.").format(moment=at))
        if show_photos is None:
            lines.append(_("Its photos are found as soon as it can be reached."))
        else:
            lines.append(
                _(
                    "Its photos are still found, and keep their albums; their files can be opened"
                    " and copied again as soon as it is back."
                )
            )
        path = Path(os.fsdecode(folder.path))
        again = (_("Look for it again"), lambda: self._window.panel.rescan_wanted.emit(path))
        title = _("“{folder}” is offline").format(folder=name_of(folder.path))
        if show_photos is None:
            self._pages.show_state("offline", title, "\n".join(lines), again)
        else:
            show = (_("Show its photos"), show_photos)
            self._pages.show_state("offline", title, "\n".join(lines), show, again)

    def show_no_near_copies(self, *, told_apart: bool) -> None:
        """A photo has no near copy, and lies in one place only.

        Args:
            told_apart: Whether some are known as no duplicates.
        """
        alone = _(
            "It lies in one place only, and no other photo is within a distance of {n}."
        ).format(n=figure(NEAR_COPY_BITS))
        self._pages.show_state(
            "done",
            _("This photo has no duplicates"),
            f"{alone}\n{_but_for()}" if told_apart else alone,
            (_("Find similar photos"), lambda: self._pages.widen_wanted.emit(None)),
        )

    def show_looking_for_duplicates(self) -> None:
        """All photos are being compared with each other."""
        self._pages.show_state(
            "copy",
            _("Looking for duplicates…"),
            _(
                "All photos of the library are compared with each other. With very many photos that"
                " takes some minutes; any other search ends it."
            ),
            (_("Stop looking"), self._window.searches.clear),
        )

    def show_no_duplicates(self, filters: str, *, told_apart: bool) -> None:
        """There are no two photos that are nearly the same, and none lies in two places.

        Args:
            filters: What they are set to; empty where all photos were compared.
            told_apart: Whether some are known as no duplicates.
        """
        alone = _(
            "Every photo lies in one place only, and no two photos are within a distance of {n}."
        ).format(n=figure(NEAR_COPY_BITS))
        if filters:
            self._pages.show_state(
                "done",
                _("There are no duplicates among the photos that pass the filters"),
                filters,
                (_("Clear filters"), self._pages.clear_filters_wanted.emit),
            )
        else:
            self._pages.show_state(
                "done",
                _("There are no duplicates in the library"),
                f"{alone}\n{_but_for()}" if told_apart else alone,
                (_("Show all photos"), self._window.library_listing.show_all),
            )


def _but_for() -> str:
    return _("Photos that were noted as no duplicates do not count.")
