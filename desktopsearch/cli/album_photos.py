"""``desktopsearch albums show``: the photos of an album."""

from __future__ import annotations

import argparse

from desktopsearch.cli.albums import album_fields
from desktopsearch.cli.output import document, line, note, path_text
from desktopsearch.cli.texts import _, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.library import shown
from desktopsearch.domain.search import Query, SearchHit
from desktopsearch.services import albums
from desktopsearch.services.session import ReadingSession


def run(arguments: argparse.Namespace) -> int:
    """List photos; changes nothing."""
    paths, settings = arguments.library_paths, default_settings()
    with ReadingSession.open(paths, settings, lambda _event: None) as session:
        album = albums.named(session.library, arguments.name)
        hits = session.search(Query(album_id=album.id)).hits
    if arguments.json:
        document({"album": album_fields(album), "photos": [_photo_fields(hit) for hit in hits]})
        return 0
    for hit in hits:
        line(shown(hit.path))
    if album.photos > len(hits):
        gone = album.photos - len(hits)
        note(plural("One photo of the album is gone.", "{n} photos of the album are gone.", gone))
    elif not hits:
        note(_("There are no photos in this album."))
    return 0


def _photo_fields(hit: SearchHit) -> dict[str, object]:
    return {
        "photo_id": hit.photo_id,
        "path": path_text(hit.path),
        "copies": [path_text(copy) for copy in hit.copies],
        "offline": hit.offline,
    }
