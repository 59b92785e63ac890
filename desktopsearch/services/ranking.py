"""From a query's embedding to hits: the nearest codes, where those photos lie, what is still there.

Belongs to the thread of the library. Must never touch a user's file: whether files are there is
asked of a child by whoever calls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import pack
from desktopsearch.domain.library import PlacedFile
from desktopsearch.domain.search import RERANKED, Query, SearchHit
from desktopsearch.index import Ranking
from desktopsearch.services.differing import told_apart
from desktopsearch.services.filtering import photos_within
from desktopsearch.services.library import Library
from desktopsearch.services.nearness import Blend, Nearness, Pictures
from desktopsearch.services.reranking import SecondStage
from desktopsearch.storage import photos, roots

_SPARE_HITS = 32
_WIDENING = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo near the query, with all its places; some may be gone by now."""

    photo_id: int
    distance: int
    cosine: float | None
    places: tuple[PlacedFile, ...]
    compared: bool = True
    lead: int | None = None
    """The first photo of its group, if it has one and is not the first itself."""
    from_lead: int | None = None
    """Bits between its code and that of the first."""


class Shortlist:
    """The photos nearest to a query, in their order, more of them on demand."""

    listed = 0
    """Nothing is listed."""

    def __init__(self, library: Library, query: Query, embeddings: NDArray[np.float16]) -> None:
        """Rank by code, at once if there is one picture and one generation.

        Args:
            library: That is searched.
            query: For its limits, its filter, which of its pictures are meant and whether there is
                a second stage.
            embeddings: (P, D) of the query's pictures.

        Raises:
            DesktopSearchError: As ``photos_within``.
        """
        started_at = time.perf_counter()
        self.candidates: list[Candidate] = []
        self.search_ms = 0.0
        self._library = library
        self.apart = told_apart(library) if query.folded or query.near_copies else {}
        self.snapshot = library.snapshot
        """That is searched, to the end: a switch in between would mix codes of two generations."""
        self._query = query
        self._embeddings = embeddings
        self._alike = np.array([each.alike for each in query.pictures])
        self._logits = self.snapshot.layer.logits(embeddings)
        self.codes = tuple(code.tobytes() for code in pack(self._logits))
        self._among = self._without_strangers(photos_within(library, query.filter))
        self._reach = query.limit + _SPARE_HITS
        self._second: SecondStage | None = None
        self._nearness: Nearness | None = None
        self._ranked = False
        self.counts: tuple[int, ...] = ()
        blend = self._blend()
        if len(embeddings) > 1 or blend is not None:
            pictures = Pictures(self._logits, self._alike)
            self._nearness = Nearness(self.snapshot.index, pictures, blend, self._among)
        else:
            self._rank()
        self._count_time(started_at)

    @property
    def is_ready(self) -> bool:
        """Whether ``candidates`` holds them; until then ``go_on`` is to be called."""
        return self._ranked and self._second is None

    @property
    def is_cut(self) -> bool:
        """Whether other photos may stand behind the candidates."""
        return len(self.candidates) == self._reach

    def go_on(self) -> None:
        """Do a few milliseconds of what takes longer than one picture in one generation."""
        started_at = time.perf_counter()
        if self._nearness is not None and not self._nearness.is_done:
            self._nearness.go_on()
        elif not self._ranked:
            self._rank()
        elif self._second is not None:
            self._second.go_on()
            if self._second.is_done:
                ranking, cosines = self._second.result()
                self._second = None
                self._place(ranking, cosines)
        self._count_time(started_at)

    def widen(self) -> None:
        """Look at many more photos."""
        started_at = time.perf_counter()
        self._reach *= _WIDENING
        self._rank()
        self._count_time(started_at)

    def _without_strangers(self, among: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
        """Leave out what was told apart from the photo, if its near copies are wanted."""
        photo_id = self._query.photo_id
        if not self._query.near_copies or photo_id is None or photo_id not in self.apart:
            return among
        known = self.snapshot.index.photo_ids if among is None else among
        return np.setdiff1d(known, list(self.apart[photo_id]))

    def _blend(self) -> Blend | None:
        own, share = self.snapshot.own, 1 - self._query.taste
        if not share or own.generation is None:
            return None
        return Blend(own, own.layer.logits(self._embeddings), share)

    def _rank(self) -> None:
        self._ranked = True
        rerank = self._query.rerank
        limit = max(self._reach, RERANKED) if rerank else self._reach
        ranking = self._nearest(limit)
        if self._query.counted and not self.counts:
            self.counts = tuple(self._count().tolist())
        if rerank:
            self._second = SecondStage(
                self._library, ranking, self._embeddings, self._alike, self.snapshot.layer.centre
            )
        else:
            self._place(ranking, np.full(len(ranking.photo_ids), np.nan, dtype=np.float32))

    def _nearest(self, limit: int) -> Ranking:
        if self._nearness is not None:
            return self._nearness.ranking(limit, self._query.max_distance)
        return self.snapshot.index.search(
            pack(self._logits[0]),
            self._logits[0],
            limit=limit,
            max_distance=self._query.max_distance,
            among=self._among,
        )

    def _count(self) -> NDArray[np.int64]:
        if self._nearness is not None:
            return self._nearness.counts()
        return self.snapshot.index.counts(pack(self._logits[0]), among=self._among)

    def _place(self, ranking: Ranking, cosines: NDArray[np.float32]) -> None:
        photo_ids = ranking.photo_ids[: self._reach].tolist()
        with self._library.database.read() as connection:
            places = photos.places(connection, photo_ids)
        self.candidates = [
            Candidate(
                photo_id,
                distance,
                None if math.isnan(cosine) else cosine,
                wanted_first(self._query.filter.folder, places.get(photo_id, [])),
            )
            for photo_id, distance, cosine in zip(
                photo_ids, ranking.distances.tolist(), cosines.tolist(), strict=False
            )
        ]

    def _count_time(self, started_at: float) -> None:
        self.search_ms += (time.perf_counter() - started_at) * 1000


def hits_among(candidates: Sequence[Candidate], present: Sequence[bool]) -> list[SearchHit]:
    """The candidates that are still there, or whose folder is offline.

    Args:
        candidates: In their order.
        present: Whether each place of each candidate is there, one after the other.
    """
    is_present = iter(present)
    hits = []
    for candidate in candidates:
        there = [place for place in candidate.places if next(is_present) or place.offline]
        if there:
            hits.append(
                SearchHit(
                    candidate.photo_id,
                    candidate.distance,
                    there[0].path,
                    tuple(copy.path for copy in there[1:]),
                    there[0].offline,
                    candidate.cosine,
                    candidate.compared,
                    candidate.lead,
                    candidate.from_lead,
                )
            )
    return hits


def wanted_first(folder: bytes | None, places: list[PlacedFile]) -> tuple[PlacedFile, ...]:
    """The places of a photo, those in a folder that is asked for before the others."""
    if folder is None:
        return tuple(places)
    return tuple(sorted(places, key=lambda place: not roots.covers(folder, place.path)))
