"""Suggestions for one album on their way: what is learnt from, what is learnt, what is scored."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.suggesting import (
    FEWEST_PHOTOS,
    MOST_LEARNT,
    UNSAID,
    Membership,
    SuggestedPhoto,
    Suggestions,
    doubtful,
    most_likely,
    unlike_each_other,
)
from desktopsearch.domain.teaching import OVERLAPPING_SHARE
from desktopsearch.services.embedding_rows import EmbeddingRows
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, caches, photos

_STEP_S = 0.02


class SuggestionJob:
    """Does a few milliseconds of it at each call of ``go_on``."""

    def __init__(self, library: Library, rows: EmbeddingRows, album_id: int, limit: int) -> None:
        """Look at what is said of photos.

        Args:
            library: That has the album.
            rows: The embeddings of its photos.
            album_id: Of the album.
            limit: How many photos to suggest of each kind.

        Raises:
            DesktopSearchError: ALBUM_GONE or SUGGEST_TOO_FEW.
        """
        self._library = library
        self._rows = rows
        self._limit = limit
        searched = np.sort(library.snapshot.index.photo_ids)
        with library.database.read() as connection:
            album = albums.read(connection, album_id)
            if album is None:
                raise DesktopSearchError(ProblemCode.ALBUM_GONE)
            inside = albums.photo_ids(connection, album_id)
            outside = albums.photo_ids(connection, album_id, rejected=True)
            in_albums, times = np.unique(albums.memberships(connection), return_counts=True)
        self._album = album
        taken = np.array(inside + outside, dtype=np.int64)
        of_others = np.setdiff1d(in_albums, taken)
        if (times > 1).sum() < OVERLAPPING_SHARE * len(in_albums):
            # As it seems, a photo is in one album only.
            taken = np.concatenate([taken, of_others])
        self._taken = taken
        self._left = int((~np.isin(searched, taken)).sum())
        generator = np.random.default_rng(0)
        free = np.setdiff1d(searched, taken)
        self._learnt_from = [
            _some(inside, MOST_LEARNT, generator),
            _some(outside, MOST_LEARNT, generator),
            [*_some(free, UNSAID, generator), *_some(of_others, MOST_LEARNT, generator)],
        ]
        self._suggestions: Suggestions | None = None
        self._steps = self._all_steps()

    @property
    def suggestions(self) -> Suggestions | None:
        """What came of it; None as long as there is something to do."""
        return self._suggestions

    def go_on(self) -> None:
        """Do some more.

        Raises:
            DesktopSearchError: SUGGEST_TOO_FEW.
        """
        until = time.perf_counter() + _STEP_S
        for _ in self._steps:
            if time.perf_counter() >= until:
                break

    def _all_steps(self) -> Iterator[None]:
        parts: list[NDArray[np.float16]] = []
        for photo_ids in self._learnt_from:
            parts.append(self._embeddings(photo_ids))
            yield
        if len(parts[0]) < FEWEST_PHOTOS:
            raise DesktopSearchError(
                ProblemCode.SUGGEST_TOO_FEW,
                album=self._album.name,
                photos=len(parts[0]),
                needed=FEWEST_PHOTOS,
            )
        if not (self._left and len(parts[2])):
            self._suggestions = Suggestions(self._album, (), (), self._left)
            return
        membership = Membership(*parts)
        while not membership.is_learnt:
            membership.go_on()
            yield
        self._rows.begin()
        ids, scores = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        while not self._rows.is_over:
            some, vectors = self._rows.read()
            if len(some):
                ids.append(some)
                scores.append(membership.scores(vectors))
            yield
        yield from self._pick(np.concatenate(ids), np.concatenate(scores))

    def _pick(self, ids: NDArray[np.int64], scores: NDArray[np.float32]) -> Iterator[None]:
        free = ~np.isin(ids, self._taken)
        ids, scores = ids[free], scores[free]
        likely = most_likely(scores, self._limit)
        yield
        doubts = doubtful(scores, self._limit)
        doubts = doubts[unlike_each_other(self._embeddings(ids[doubts].tolist()), self._limit)]
        yield
        with self._library.database.read() as connection:
            places = photos.places(connection, ids[[*likely, *doubts]].tolist())

        def suggested(positions: NDArray[np.int64]) -> tuple[SuggestedPhoto, ...]:
            some = zip(ids[positions].tolist(), scores[positions].tolist(), strict=True)
            return tuple(
                SuggestedPhoto(
                    photo_id, places[photo_id][0].path, places[photo_id][0].offline, score
                )
                for photo_id, score in some
                if photo_id in places
            )

        self._suggestions = Suggestions(
            self._album, suggested(likely), suggested(doubts), self._left
        )

    def _embeddings(self, photo_ids: list[int]) -> NDArray[np.float16]:
        snapshot = self._library.snapshot
        with self._library.database.read() as connection:
            _, vectors = caches.embeddings_of(
                connection, snapshot.generation.fingerprint, photo_ids
            )
        return vectors if len(vectors) else np.empty((0, snapshot.layer.dimensions), np.float16)


def _some(
    photo_ids: list[int] | NDArray[np.int64], most: int, generator: np.random.Generator
) -> list[int]:
    """All of them, or so many at random if there are more."""
    if len(photo_ids) > most:
        photo_ids = np.sort(generator.choice(photo_ids, most, replace=False))
    return [int(each) for each in photo_ids]
