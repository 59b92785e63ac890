"""A teaching that never was, for pictures of it: its epochs and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from desktopsearch.domain.library import Generation
from desktopsearch.domain.teaching import Reason
from desktopsearch.hashing.teaching.messages import EpochTaught
from desktopsearch.hashing.teaching.proof import (
    EMBEDDING,
    ITQ,
    NEW,
    OLD,
    AlbumProof,
    Figures,
    Proof,
)
from desktopsearch.hashing.teaching.verdict import Finding, Verdict
from desktopsearch.services.events import TeachingProgress
from desktopsearch.services.generations import GenerationEntry
from desktopsearch.services.teaching_material import TaughtAlbum
from desktopsearch.services.teaching_report import ShownSearch, TeachingReport

_EPOCHS, _LESSONS, _BITS = 40, 6, 64
_MADE_AT = 1_790_000_000


def epochs() -> Iterator[TeachingProgress]:
    """Yield what a teaching tells until it is in its fourth lesson."""
    for lesson in range(4):
        last = _EPOCHS if lesson < 3 else _EPOCHS // 3
        for epoch in range(last + 1):
            found = 0.64 - 0.02 * lesson + 0.26 * (1 - math.exp(-epoch / 9))
            # The first learns from every label: there is nothing to judge it by.
            validation = found + 0.01 * math.sin(epoch) if lesson else None
            share = (lesson + epoch / _EPOCHS) / _LESSONS
            told = EpochTaught(lesson, _LESSONS, epoch, _EPOCHS, {}, validation, share)
            yield TeachingProgress(told, "CPU")


def outcome(
    albums: list[TaughtAlbum], finding: Finding, photo_ids: Sequence[int] = ()
) -> tuple[GenerationEntry, TeachingReport]:
    """Return a generation with the report of its teaching.

    Args:
        albums: That were taught from.
        finding: What the proof came to; its generation is used if that is ``BETTER``.
        photo_ids: Of photos for its examples.
    """
    better = finding is Finding.BETTER
    figures = {OLD: 0.61, NEW: 0.84 if better else 0.6, ITQ: 0.63, EMBEDDING: 0.68}
    photos = sum(album.photos for album in albums)
    gain = figures[NEW] - figures[OLD]
    verdict = Verdict(finding, gain, gain - 0.04, gain + 0.05, photos)
    proofs = [
        AlbumProof(
            number,
            album.photos,
            {name: Figures(found + 0.015 * (number % 5), found) for name, found in figures.items()},
        )
        for number, album in enumerate(albums)
    ]
    whole = {name: Figures(found, min(1.0, found + 0.07)) for name, found in figures.items()}
    report = TeachingReport(
        objective="ssdh_semi",
        reason=Reason.MANY_UNLABELLED,
        bits=_BITS,
        albums=albums,
        labelled=photos,
        unlabelled=1_200,
        epoch=31,
        seconds=74.0,
        proof=Proof(verdict, whole, proofs, _LESSONS - 1),
        kept_before=0.9,
        kept=0.85 if better else 0.3,
        examples=list(_examples(photo_ids)),
    )
    generation = Generation(2, "taught", "general-1", "", _BITS, b"", _MADE_AT)
    return GenerationEntry(generation, active=better, report=report, fitted_to=None), report


def _examples(photo_ids: Sequence[int]) -> Iterator[ShownSearch]:
    for query in photo_ids[:2]:
        others = [each for each in photo_ids if each != query]
        before, after = others[:6], [*others[6:8], *others[:4]]
        yield ShownSearch(query, before, after, after[:4])
