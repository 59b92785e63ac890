"""``desktopsearch photos``: what the library holds, or a part of it."""

from __future__ import annotations

import argparse
import sys

from desktopsearch.cli.album_photos import photo_fields
from desktopsearch.cli.output import document, line, note
from desktopsearch.cli.searching import filter_of, publish_notices
from desktopsearch.cli.texts import _, figure
from desktopsearch.config import default_settings
from desktopsearch.domain.library import shown
from desktopsearch.domain.search import Query
from desktopsearch.services.session import ReadingSession


def run(arguments: argparse.Namespace) -> int:
    """List photos; changes nothing."""
    with ReadingSession.open(
        arguments.library_paths, default_settings(), publish_notices
    ) as session:
        answer = session.search(
            Query(
                all_photos=True,
                limit=arguments.limit or sys.maxsize,
                filter=filter_of(session.library, arguments),
            )
        )
    if arguments.json:
        document({"total": answer.listed, "photos": [photo_fields(hit) for hit in answer.hits]})
        return 0
    for hit in answer.hits:
        line(shown(hit.path))
    if not answer.hits:
        note(_("There are no such photos in the library."))
    elif arguments.limit and answer.listed > arguments.limit:
        note(
            _("These are the latest {limit} of {n} photos.").format(
                limit=figure(arguments.limit), n=figure(answer.listed)
            )
        )
    return 0
