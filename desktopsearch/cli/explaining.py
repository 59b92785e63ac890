"""``desktopsearch explain``: why a photo is found by an image."""

from __future__ import annotations

import argparse

from desktopsearch.cli.output import document, line, note, path_text
from desktopsearch.cli.searching import image_of, publish_notices
from desktopsearch.cli.texts import _, decimal, figure, form
from desktopsearch.config import default_settings
from desktopsearch.domain.explaining import AlbumTrait, Explanation
from desktopsearch.domain.search import Query
from desktopsearch.services import albums
from desktopsearch.services.session import ReadingSession


def run(arguments: argparse.Namespace) -> int:
    """Explain one photo; changes nothing."""
    paths, settings = arguments.library_paths, default_settings()
    with ReadingSession.open(paths, settings, publish_notices) as session:
        image = image_of(arguments.image)
        [photo_id] = albums.photos_meant(session.library, [arguments.photo], recursive=False)
        answer = session.search(Query(path=image, limit=1, counted=True))
        found = session.explain(answer, photo_id)
    if arguments.json:
        document(
            {
                "query": path_text(image),
                "photo_id": found.photo_id,
                "generation": answer.generation_id,
                "code_bits": found.code_bits,
                "distance": found.distance,
                "nearer_than": found.nearer_than,
                "others": found.others,
                "albums": [_fields(trait) for trait in found.albums],
            }
        )
        return 0
    for text in _lines(found):
        line(text)
    if not found.albums:
        note(_("With albums of three photos or more it is also said which of them both look like."))
    return 0


def _lines(found: Explanation) -> list[str]:
    lines = [
        _("Distance {distance}: {agreeing} of {bits} bits agree.").format(
            distance=figure(found.distance),
            agreeing=figure(found.code_bits - found.distance),
            bits=figure(found.code_bits),
        )
    ]
    if found.nearer_than is not None:
        lines.append(
            form(
                "Nearer than {percent} % of the other {n} photo.",
                "Nearer than {percent} % of the other {n} photos.",
                found.others,
            ).format(n=figure(found.others), percent=decimal(100 * found.nearer_than))
        )
    return lines + [
        _(
            "Both look like {album}: they share {shared} of its {typical} typical bits; two photos"
            " at random share {chance}."
        ).format(
            album=trait.name,
            shared=figure(trait.shared),
            typical=figure(trait.typical),
            chance=figure(round(trait.by_chance)),
        )
        for trait in found.albums
        if trait.stands_out
    ]


def _fields(trait: AlbumTrait) -> dict[str, object]:
    return {
        "id": trait.album_id,
        "name": trait.name,
        "shared": trait.shared,
        "typical": trait.typical,
        "by_chance": round(trait.by_chance, 2),
        "chance": round(trait.chance, 4),
        "stands_out": trait.stands_out,
        "inside": trait.inside,
    }
