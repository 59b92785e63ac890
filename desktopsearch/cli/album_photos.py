"""``desktopsearch albums show`` and ``suggest``: the photos of an album, and which may belong."""

from __future__ import annotations

import argparse

from desktopsearch.cli.albums import album_fields
from desktopsearch.cli.output import document, line, note, path_text
from desktopsearch.cli.texts import _, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.albums import Album
from desktopsearch.domain.library import shown
from desktopsearch.domain.search import Query, SearchHit
from desktopsearch.domain.suggesting import SuggestedPhoto
from desktopsearch.services import albums
from desktopsearch.services.session import ReadingSession


def run(arguments: argparse.Namespace) -> int:
    """List photos; changes nothing."""
    paths, settings = arguments.library_paths, default_settings()
    with ReadingSession.open(paths, settings, lambda _event: None) as session:
        album = albums.named(session.library, arguments.name)
        return (_show if arguments.act == "show" else _suggest)(session, album, arguments)


def _show(session: ReadingSession, album: Album, arguments: argparse.Namespace) -> int:
    hits = session.search(Query(album_id=album.id)).hits
    if arguments.json:
        document({"album": album_fields(album), "photos": [photo_fields(hit) for hit in hits]})
        return 0
    for hit in hits:
        line(shown(hit.path))
    if album.photos > len(hits):
        gone = album.photos - len(hits)
        note(plural("One photo of the album is gone.", "{n} photos of the album are gone.", gone))
    elif not hits:
        note(_("There are no photos in this album."))
    return 0


def _suggest(session: ReadingSession, album: Album, arguments: argparse.Namespace) -> int:
    found = session.suggest(album.id, arguments.limit, ask=arguments.ask)
    photos = found.informative if arguments.ask else found.likely
    if arguments.json:
        document(
            {
                "album": album_fields(album),
                "ask": arguments.ask,
                "photos": [_suggestion_fields(photo) for photo in photos],
                "left": found.left,
            }
        )
        return 0
    for photo in photos:
        line(f"{photo.score:6.2f}  {shown(photo.path)}")
    if not photos:
        note(_("There is no photo left to suggest."))
    return 0


def _suggestion_fields(photo: SuggestedPhoto) -> dict[str, object]:
    return {
        "photo_id": photo.photo_id,
        "path": path_text(photo.path),
        "score": round(photo.score, 6),
        "offline": photo.offline,
    }


def photo_fields(hit: SearchHit) -> dict[str, object]:
    """What is told of a listed photo."""
    return {
        "photo_id": hit.photo_id,
        "path": path_text(hit.path),
        "copies": [path_text(copy) for copy in hit.copies],
        "offline": hit.offline,
    }
