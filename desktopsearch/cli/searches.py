"""``desktopsearch searches``: searches that are saved under a name."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from desktopsearch.cli.album_photos import photo_fields
from desktopsearch.cli.albums import act_fields, told
from desktopsearch.cli.output import document, line, note, path_text
from desktopsearch.cli.searching import (
    answer_fields,
    image_of,
    pictures_of,
    publish_notices,
    query_of,
    tell_hits,
)
from desktopsearch.cli.texts import _, plural
from desktopsearch.config import default_settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.examples import Example
from desktopsearch.domain.framing import WHOLE
from desktopsearch.domain.kept_queries import (
    KeptPicture,
    KeptQuery,
    SavedQuery,
    SavedSearch,
    circumstances,
)
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.services import generations, saved_searches
from desktopsearch.services.library import Library
from desktopsearch.services.saved_searches import SavedSearches
from desktopsearch.services.session import ReadingSession
from desktopsearch.services.status import facts_of

_USUAL_LIMIT = 20


def run(arguments: argparse.Namespace) -> int:
    """List saved searches, ask one again, or do something to them and say what it was."""
    if arguments.act == "list":
        with Library.open_reader(arguments.library_paths) as library:
            _list(library, arguments)
        return 0
    if arguments.act == "run":
        return _run(arguments)
    with Library.open_writer(arguments.library_paths) as library:
        acts = SavedSearches(library, publish=lambda _event: None)
        if arguments.act == "save":
            saved = _query_to_save(library, arguments)
            act = acts.save(arguments.name, saved, replacing=arguments.replace)
        else:
            search_id = saved_searches.named(library, arguments.name).id
            if arguments.act == "rename":
                act = acts.rename(search_id, arguments.new)
            else:
                act = acts.delete(search_id)
        if arguments.json:
            document({"act": act_fields(act), **_all_fields(library)})
        else:
            line(told(arguments.act, act))
    return 0


def _list(library: Library, arguments: argparse.Namespace) -> None:
    if arguments.json:
        document(_all_fields(library))
        return
    found = saved_searches.every(library)
    for search in found:
        line(f"{search.name}  ({_made_of(search.query)})")
    if not found:
        note(_("No search is saved."))


def _query_to_save(library: Library, arguments: argparse.Namespace) -> SavedQuery:
    query = query_of(library, arguments)
    if arguments.image is None:
        _check_lists(arguments)
        return SavedQuery(circumstances(replace(query, all_photos=True)))
    first, *further = pictures_of(arguments)
    return SavedQuery(
        circumstances(query),
        KeptQuery(
            title=_title(first),
            picture=b"",
            path=first.path,
            framing=first.framing,
            further=tuple(
                KeptPicture(_title(each), each.alike, path=each.path) for each in further
            ),
        ),
    )


def _check_lists(arguments: argparse.Namespace) -> None:
    """Refuse what a list of photos has no use for."""
    given = {
        "--like": arguments.like,
        "--unlike": arguments.unlike,
        "--crop": arguments.crop != WHOLE,
        "--turn": arguments.turn,
        "--mirror": arguments.mirror,
        "--max-distance": arguments.max_distance is not None,
    }
    options = [name for name, value in given.items() if value]
    if options:
        raise DesktopSearchError(ProblemCode.SEARCH_NEEDS_IMAGE, options=" ".join(options))


def _title(picture: Example) -> str:
    return shown(os.fsencode(Path(os.fsdecode(picture.path or b"")).name))


def _run(arguments: argparse.Namespace) -> int:
    with ReadingSession.open(
        arguments.library_paths, default_settings(), publish_notices
    ) as session:
        search = saved_searches.named(session.library, arguments.name)
        query = saved_searches.query_of(session.library, search)
        usual = sys.maxsize if query.is_listing else _USUAL_LIMIT
        limit = arguments.k or usual
        query = replace(query, limit=limit)
        if generations.untaught(session.library) is None:
            # What was taught when it was saved is not in use now.
            query = replace(query, taste=1.0)
        for each in query.pictures if not query.is_listing else ():
            if each.path is not None:
                image_of(Path(os.fsdecode(each.path)))
        answer = session.search(query)
        named = _named(session.library, search, query)
    if query.is_listing:
        _tell_listing(search, answer, limit, as_json=arguments.json)
    elif arguments.json:
        document({"search": search.name, **answer_fields(named, answer)})
    else:
        tell_hits(query, answer)
    return 0


def _tell_listing(search: SavedSearch, answer: SearchAnswer, limit: int, *, as_json: bool) -> None:
    # An album is listed whole all the same.
    hits = answer.hits[:limit]
    if as_json:
        photos = [photo_fields(hit) for hit in hits]
        document({"search": search.name, "total": answer.listed, "photos": photos})
        return
    for hit in hits:
        line(shown(hit.path))
    if not hits:
        note(_("There are no such photos in the library."))


def _named(library: Library, search: SavedSearch, query: Query) -> Query:
    """The query with a path for each picture, or its name where it is no file."""
    kept = search.query.pictures
    if kept is None:
        return query
    names = (kept.title, *kept.names)
    pictures = [
        replace(each, path=_path_of(library, each, name), photo_id=None, data=None)
        for each, name in zip(query.pictures, names, strict=True)
    ]
    return query.with_pictures(pictures)


def _path_of(library: Library, picture: Example, name: str) -> bytes:
    if picture.path is not None:
        return picture.path
    facts = None if picture.photo_id is None else facts_of(library, picture.photo_id)
    return facts.paths[0] if facts is not None and facts.paths else os.fsencode(name)


def _made_of(saved: SavedQuery) -> str:
    """What a search is made of, in short."""
    how = saved.how
    if saved.pictures is None:
        if how.duplicates:
            text = _("duplicates")
        elif how.folder is not None:
            text = shown(how.folder)
        else:
            text = _("the photos of an album") if how.album_id is not None else _("all photos")
    else:
        text = saved.pictures.title
        if saved.pictures.further:
            count = len(saved.pictures.further)
            text += ", " + plural("one more picture", "{n} more pictures", count)
    return f"{text}, {_('filtered')}" if how.filter or saved.lately else text


def _all_fields(library: Library) -> dict[str, object]:
    return {"searches": [_fields(each) for each in saved_searches.every(library)]}


def _fields(search: SavedSearch) -> dict[str, object]:
    saved, how = search.query, search.query.how
    kept, wanted = saved.pictures, search.query.how.filter
    pictures: list[tuple[str, KeptQuery | KeptPicture, bool]] = []
    if kept is not None:
        pictures = [
            (kept.title, kept, True),
            *((each.name, each, each.alike) for each in kept.further),
        ]
    return {
        "id": search.id,
        "name": search.name,
        "pictures": [
            {
                "name": name,
                "alike": alike,
                "path": None if each.path is None else path_text(each.path),
                "framed": each.framing is not None,
            }
            for name, each, alike in pictures
        ],
        "lists": _listed(how),
        "max_distance": how.max_distance,
        "reranked": how.rerank,
        "taste": how.taste,
        "near_copies": how.near_copies,
        "folded": how.folded,
        "filter": {
            "folder": None if wanted.folder is None else path_text(wanted.folder),
            "taken_after": None if wanted.first_day is None else wanted.first_day.isoformat(),
            "taken_before": None if wanted.last_day is None else wanted.last_day.isoformat(),
            "lately": None if saved.lately is None else saved.lately.value,
            "formats": sorted(wanted.formats),
            "albums": sorted(wanted.album_ids),
            "no_album": wanted.without_album,
        },
    }


def _listed(how: Query) -> str | None:
    if how.folder is not None:
        return path_text(how.folder)
    if how.album_id is not None:
        return "album"
    if how.duplicates:
        return "duplicates"
    return "photos" if how.all_photos else None
