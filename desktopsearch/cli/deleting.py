"""``desktopsearch delete-index``: throws away what the application keeps of photos."""

from __future__ import annotations

import argparse

from desktopsearch.cli.output import document, line
from desktopsearch.cli.texts import _, decimal
from desktopsearch.services import deletion
from desktopsearch.services.status import size_of


def run(arguments: argparse.Namespace) -> int:
    """Delete if that is confirmed, else say what would go."""
    paths = arguments.library_paths
    deletion.check_there(paths)
    freed = deletion.delete(paths, albums=arguments.albums) if arguments.yes else 0
    if arguments.json:
        document(
            {
                "deleted": arguments.yes,
                "albums": arguments.albums,
                "freed_bytes": freed,
                "size_bytes": size_of(paths),
            }
        )
    elif arguments.yes:
        line(_("The index is deleted; {size} MB are free again.").format(size=decimal(freed / 1e6)))
    else:
        _announce(size_of(paths), albums=arguments.albums)
    return 0


def _announce(size_bytes: int, *, albums: bool) -> None:
    line(
        _("The library takes {size} MB. With --yes, this is deleted:").format(
            size=decimal(size_bytes / 1e6)
        )
    )
    line(_("- which folders it has, what was found out about their photos, and small copies"))
    line(_("- what was looked for last, and a teaching that was interrupted"))
    if albums:
        line(_("- albums and labels, what was taught, and patterns of what to leave out"))
    else:
        line(_("Albums and labels stay; add --albums to delete these and what was taught, too."))
    line(_("The photos themselves are never touched."))
