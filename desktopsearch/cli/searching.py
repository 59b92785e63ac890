"""``desktopsearch search``: what looks like what."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from desktopsearch.cli.framing import document_of, framing_of
from desktopsearch.cli.output import document, line, note, path_text
from desktopsearch.cli.texts import _, said
from desktopsearch.config import default_settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.examples import MOST_PICTURES, Example
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query, SearchAnswer, SearchHit, grouped
from desktopsearch.services import albums, generations
from desktopsearch.services.events import Event, Notice
from desktopsearch.services.library import Library
from desktopsearch.services.session import ReadingSession


def run(arguments: argparse.Namespace) -> int:
    """Search; changes nothing."""
    with ReadingSession.open(
        arguments.library_paths, default_settings(), publish_notices
    ) as session:
        query = query_of(session.library, arguments).with_pictures(pictures_of(arguments))
        query = replace(query, limit=arguments.k)
        answer = session.search(query)
    if arguments.json:
        document(answer_fields(query, answer))
    else:
        tell_hits(query, answer)
    return 0


def query_of(library: Library, arguments: argparse.Namespace) -> Query:
    """What is asked for, without pictures.

    Raises:
        DesktopSearchError: TASTE_UNTAUGHT or ALBUM_UNKNOWN.
    """
    if arguments.taste < 1 and generations.untaught(library) is None:
        raise DesktopSearchError(ProblemCode.TASTE_UNTAUGHT)
    return Query(
        max_distance=arguments.max_distance,
        filter=filter_of(library, arguments),
        rerank=arguments.rerank,
        taste=arguments.taste,
        folded=arguments.group_copies,
    )


def tell_hits(query: Query, answer: SearchAnswer) -> None:
    """Print what was found, for people."""
    if query.rerank and answer.hits:
        note(_("Ordered by the cosine of embeddings; the figures are the distances of the codes."))
    for hit, near in grouped(answer.hits):
        line(f"{hit.distance:5d}  {shown(hit.path)}")
        for copy in near:
            line(f"{copy.distance:5d}    {shown(copy.path)}")
    if not answer.hits:
        note(_("Nothing in the library is that close."))


def pictures_of(arguments: argparse.Namespace) -> list[Example]:
    """The images that are given, the one that leads first.

    Raises:
        DesktopSearchError: QUERY_NOT_FOUND or QUERY_TOO_MANY_PICTURES.
    """
    pictures = [
        Example(image_of(arguments.image), framing=framing_of(arguments)),
        *(Example(image_of(image)) for image in arguments.like),
        *(Example(image_of(image), alike=False) for image in arguments.unlike),
    ]
    if len(pictures) > MOST_PICTURES:
        raise DesktopSearchError(ProblemCode.QUERY_TOO_MANY_PICTURES, limit=MOST_PICTURES)
    return pictures


def image_of(image: Path) -> bytes:
    """The absolute path of an image that is looked for.

    Raises:
        DesktopSearchError: QUERY_NOT_FOUND.
    """
    path = os.fsencode(image.absolute())
    if not image.exists():
        raise DesktopSearchError(ProblemCode.QUERY_NOT_FOUND, path=shown(path))
    return path


def filter_of(library: Library, arguments: argparse.Namespace) -> Filter:
    """The filter that is asked for.

    Raises:
        DesktopSearchError: ALBUM_UNKNOWN.
    """
    return Filter(
        folder=os.fsencode(arguments.folder.resolve()) if arguments.folder else None,
        first_day=arguments.taken_after,
        last_day=arguments.taken_before,
        formats=frozenset(arguments.format),
        album_ids=frozenset(albums.named(library, name).id for name in arguments.album),
        without_album=arguments.no_album,
    )


def answer_fields(query: Query, answer: SearchAnswer) -> dict[str, object]:
    """A query whose pictures have paths, and its answer, as JSON has them."""
    elapsed = answer.elapsed
    return {
        "query": path_text(query.path or b""),
        **document_of(query.framing),
        "like": [path_text(each.path or b"") for each in query.examples if each.alike],
        "unlike": [path_text(each.path or b"") for each in query.examples if not each.alike],
        "generation": answer.generation_id,
        "code_bits": answer.code_bits,
        "reranked": query.rerank,
        "taste": query.taste,
        "hits": [
            _hit(query, hit)
            | ({"near_copies": [_hit(query, copy) for copy in near]} if query.folded else {})
            for hit, near in grouped(answer.hits)
        ],
        "elapsed_ms": {
            "decode": round(elapsed.decode_ms, 3),
            "encode": round(elapsed.encode_ms, 3),
            "search": round(elapsed.search_ms, 3),
            "total": round(elapsed.total_ms, 3),
        },
    }


def _hit(query: Query, hit: SearchHit) -> dict[str, object]:
    return {
        "photo_id": hit.photo_id,
        "path": path_text(hit.path),
        "distance": hit.distance,
        **({"cosine": _rounded(hit.cosine)} if query.rerank else {}),
        "copies": [path_text(copy) for copy in hit.copies],
    }


def _rounded(cosine: float | None) -> float | None:
    return None if cosine is None else round(cosine, 6)


def publish_notices(event: Event) -> None:
    """Print what should be known, and nothing else."""
    if isinstance(event, Notice):
        note(said(event.code, event.parameters))
