"""Suggestions for one album on their way: what is learnt from, what is learnt, what is scored."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.albums import Album
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


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What is said of photos."""

    album: Album
    inside: list[int]
    outside: list[int]
    of_others: NDArray[np.int64]
    """Photos in other albums of which nothing is said for this one."""
    taken: NDArray[np.int64]
    """Photos that are not to be suggested."""


class SuggestionJob:
    """Does a few milliseconds of it at each call of ``go_on``."""

    def __init__(
        self, library: Library, rows: EmbeddingRows, album_id: int, limit: int, *, ask: bool
    ) -> None:
        """Prepare.

        Args:
            library: That has the album.
            rows: The embeddings of its photos.
            album_id: Of the album.
            limit: How many photos to suggest of each kind.
            ask: Whether to suggest also those of which the answer teaches most.
        """
        self._library = library
        self._rows = rows
        self._album_id = album_id
        self._limit = limit
        self._ask = ask
        self._suggestions: Suggestions | None = None
        self._steps = self._all_steps()

    @property
    def suggestions(self) -> Suggestions | None:
        """What came of it; None as long as there is something to do."""
        return self._suggestions

    def go_on(self) -> None:
        """Do some more.

        Raises:
            DesktopSearchError: ALBUM_GONE or SUGGEST_TOO_FEW.
        """
        until = time.perf_counter() + _STEP_S
        for _ in self._steps:
            if time.perf_counter() >= until:
                break

    def _all_steps(self) -> Iterator[None]:
        self._rows.begin()
        searched = self._rows.photo_ids
        yield
        said = self._read()
        yield
        free = searched[_not_among(searched, said.taken)]
        yield
        generator = np.random.default_rng(0)
        inside = self._embeddings(_some(said.inside, MOST_LEARNT, generator))
        yield
        outside = self._embeddings(_some(said.outside, MOST_LEARNT, generator))
        yield
        unsaid = self._embeddings(
            [*_some(free, UNSAID, generator), *_some(said.of_others, MOST_LEARNT, generator)]
        )
        yield
        if len(inside) < FEWEST_PHOTOS:
            raise DesktopSearchError(
                ProblemCode.SUGGEST_TOO_FEW,
                album=said.album.name,
                photos=len(inside),
                needed=FEWEST_PHOTOS,
            )
        if not (len(free) and len(unsaid)):
            self._suggestions = Suggestions(said.album, (), (), len(free))
            return
        membership = Membership(inside, outside, unsaid)
        while not membership.is_learnt:
            membership.go_on()
            yield
        ids, scores = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        while not self._rows.is_over:
            some, vectors = self._rows.read()
            if len(some):
                ids.append(some)
                scores.append(membership.scores(vectors))
            yield
        all_ids, all_scores = np.concatenate(ids), np.concatenate(scores)
        yield
        left = _not_among(all_ids, said.taken)
        all_ids, all_scores = all_ids[left], all_scores[left]
        yield
        likely = most_likely(all_scores, self._limit)
        yield
        doubts = self._doubts(all_ids, all_scores) if self._ask else likely[:0]
        yield
        with self._library.database.read() as connection:
            places = photos.places(connection, all_ids[[*likely, *doubts]].tolist())

        def suggested(positions: NDArray[np.int64]) -> tuple[SuggestedPhoto, ...]:
            some = zip(all_ids[positions].tolist(), all_scores[positions].tolist(), strict=True)
            return tuple(
                SuggestedPhoto(
                    photo_id, places[photo_id][0].path, places[photo_id][0].offline, score
                )
                for photo_id, score in some
                if photo_id in places
            )

        self._suggestions = Suggestions(said.album, suggested(likely), suggested(doubts), len(free))

    def _read(self) -> _Said:
        with self._library.database.read() as connection:
            album = albums.read(connection, self._album_id)
            if album is None:
                raise DesktopSearchError(ProblemCode.ALBUM_GONE)
            inside = albums.photo_ids(connection, self._album_id)
            outside = albums.photo_ids(connection, self._album_id, rejected=True)
            in_albums, times = np.unique(albums.memberships(connection), return_counts=True)
        taken = np.array(inside + outside, dtype=np.int64)
        of_others = in_albums[_not_among(in_albums, taken)]
        if (times > 1).sum() < OVERLAPPING_SHARE * len(in_albums):
            # As it seems, a photo is in one album only.
            taken = np.concatenate([taken, of_others])
        return _Said(album, inside, outside, of_others, taken)

    def _doubts(self, ids: NDArray[np.int64], scores: NDArray[np.float32]) -> NDArray[np.int64]:
        doubts = doubtful(scores, self._limit)
        with self._library.database.read() as connection:
            # Rows are kept in memory, so an embedding may have gone since it was scored.
            there, vectors = caches.embeddings_of(
                connection, self._library.generation.fingerprint, ids[doubts].tolist()
            )
        return doubts[there][unlike_each_other(vectors, self._limit)]

    def _embeddings(self, photo_ids: list[int]) -> NDArray[np.float16]:
        snapshot = self._library.snapshot
        with self._library.database.read() as connection:
            _, vectors = caches.embeddings_of(
                connection, snapshot.generation.fingerprint, photo_ids
            )
        return vectors if len(vectors) else np.empty((0, snapshot.layer.dimensions), np.float16)


def _not_among(photo_ids: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of (N,) ascending ids are none of (n,) others; a million in some milliseconds."""
    kept: NDArray[np.bool_] = np.ones(len(photo_ids), dtype=np.bool_)
    places = np.searchsorted(photo_ids, others)
    inside = places < len(photo_ids)
    places, others = places[inside], others[inside]
    kept[places[photo_ids[places] == others]] = False
    return kept


def _some(
    photo_ids: list[int] | NDArray[np.int64], most: int, generator: np.random.Generator
) -> list[int]:
    """All of them, or so many at random if there are more."""
    if len(photo_ids) > most:
        photo_ids = np.sort(generator.choice(photo_ids, most, replace=False))
    return [int(each) for each in photo_ids]
