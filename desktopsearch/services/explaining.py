"""Explains why photos were found: a part of the loop that looks at an album a turn.

Touches no file, and no pictures: codes are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.albums import Album
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.combining import combined, shown_distances
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.explaining import (
    SAMPLE,
    AlbumTrait,
    Explanation,
    Typical,
    share_farther,
)
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.domain.suggesting import FEWEST_PHOTOS, MOST_LEARNT
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, codes

Answer = Callable[[Explanation | DesktopSearchError | Cancelled], None]


class Explaining:
    """One photo at a time; the newest question wins."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._job: _Job | None = None
        self._answer: Answer | None = None

    def explain(self, found: SearchAnswer, photo_id: int, answer: Answer) -> None:
        """Say why a photo was found.

        Args:
            found: The answer that it is in, to a query of pictures.
            photo_id: Of the photo.
            answer: Called once on the loop's thread: with the explanation, with QUERY_OUTDATED or
                PHOTO_NOT_READY, or with ``Cancelled`` when a newer question took its place.
        """
        self._finish(Cancelled())
        self._answer = answer
        try:
            self._job = _Job(self._library, found, photo_id)
        except DesktopSearchError as error:
            self._finish(error)

    def waitables(self) -> Iterable[Pipe]:
        """There are no pipes."""
        return ()

    def due_at(self) -> float:
        """At once while there is something to do."""
        return float("inf") if self._job is None else 0.0

    def turn(self) -> None:
        """Look at one album, or answer when there is none left."""
        if self._job is not None and not self._job.go_on():
            self._finish(self._job.explanation())

    def close(self) -> None:
        """There is no child to end."""

    def _finish(self, result: Explanation | DesktopSearchError | Cancelled) -> None:
        answer, self._answer, self._job = self._answer, None, None
        if answer is not None:
            answer(result)


class _Job:
    """One explanation on its way."""

    def __init__(self, library: Library, found: SearchAnswer, photo_id: int) -> None:
        snapshot = library.snapshot
        if snapshot.generation.id != found.generation_id:
            raise DesktopSearchError(ProblemCode.QUERY_OUTDATED)
        self._library = library
        self._found = found
        self._photo_id = photo_id
        self._generation_id = snapshot.generation.id
        self._mixed = found.query.taste < 1 and snapshot.own.generation is not None
        with library.database.read() as connection:
            code = codes.read_one(connection, self._generation_id, photo_id)
            known = albums.every(connection)
        if code is None:
            raise DesktopSearchError(ProblemCode.PHOTO_NOT_READY)
        self._photo = np.frombuffer(code, dtype=np.uint8)
        pictures = np.stack([np.frombuffer(each, dtype=np.uint8) for each in found.codes])
        self._alike = np.array([each.alike for each in found.query.pictures])
        self._distances = hamming_distances(self._photo, pictures)
        self._nearest = int(np.where(self._alike, self._distances, 8 * len(code) + 1).argmin())
        self._pair = np.stack([pictures[self._nearest], self._photo])
        self._left = [album for album in reversed(known) if album.photos >= FEWEST_PHOTOS]
        self._traits: list[AlbumTrait] = []
        self._typical = Typical(snapshot.index.spread(SAMPLE))

    def go_on(self) -> bool:
        """Look at one more album, or return that there is none."""
        if not self._left:
            return False
        album = self._left.pop()
        with self._library.database.read() as connection:
            inside = albums.photo_ids(connection, album.id)
            some = codes.read_some(connection, self._generation_id, inside[:MOST_LEARNT])
        photos = np.array([np.frombuffer(each, dtype=np.uint8) for each in some.values()])
        trait = self._trait(album, photos, inside=self._photo_id in inside)
        if trait is not None:
            self._traits.append(trait)
        return True

    def explanation(self) -> Explanation:
        """What it has come to."""
        bits = self._found.code_bits
        reckoned = shown_distances(combined(self._distances[:, None], self._alike), bits).item()
        hits = (hit.distance for hit in self._found.hits if hit.photo_id == self._photo_id)
        distance = next(hits, reckoned)
        counts = np.array(self._found.counts, dtype=np.int64)
        nearer_than, others = share_farther(counts, distance)
        traits = sorted(self._traits, key=lambda each: (each.chance, each.by_chance - each.shared))
        return Explanation(
            self._photo_id,
            distance,
            self._mixed,
            bits,
            tuple(self._distances.tolist()),
            self._nearest,
            nearer_than,
            others,
            tuple(traits),
        )

    def _trait(self, album: Album, photos: NDArray[np.uint8], *, inside: bool) -> AlbumTrait | None:
        """Judge an album by its photos, but for those that are one of the pair."""
        own = [hamming_distances(each, photos) == 0 for each in self._pair] if len(photos) else []
        others = photos[~np.any(own, axis=0)] if own else photos
        if len(others) < FEWEST_PHOTOS:
            return None
        shared, typical, by_chance, chance = self._typical.trait(others, self._pair)
        return AlbumTrait(album.id, album.name, shared, typical, by_chance, chance, inside)
