"""The second stage of a search: the first photos by code are ordered anew by their embeddings.

These are compared as they are seen from the centre of the hash layer: where it was fitted to a
library about one subject, what all photos have in common counts no more than in the codes.

Belongs to the thread of the library, and gives it back after every few milliseconds: embeddings lie
scattered over their file, and a disk that has to look for them is slow.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.combining import combined
from desktopsearch.domain.rankings import cosines, unit_rows
from desktopsearch.domain.search import RERANKED
from desktopsearch.index import Ranking
from desktopsearch.services.library import Library
from desktopsearch.storage import caches

_STEP_S = 0.02
_READ_AT_ONCE = 100


class SecondStage:
    """Takes a ranking by Hamming distance and, after some steps, has a better one."""

    def __init__(
        self,
        library: Library,
        ranking: Ranking,
        embeddings: NDArray[np.float16],
        alike: NDArray[np.bool_],
        centre: NDArray[np.float32],
    ) -> None:
        """Begin with nothing read.

        Args:
            library: Whose embeddings are compared.
            ranking: By Hamming distance; its first ``RERANKED`` are ordered anew.
            embeddings: (P, D) of the query's pictures.
            alike: (P,) which of them are meant; the cosines are combined as distances are.
            centre: (D,) of the layer that made the ranking.
        """
        self._library = library
        self._ranking = ranking
        self._centre = centre
        self._pictures = unit_rows(embeddings - centre)
        self._alike = alike
        self._cosines: NDArray[np.float32] = np.full(len(ranking.photo_ids), np.nan, np.float32)
        self._first = min(RERANKED, len(ranking.photo_ids))
        self._read = 0

    @property
    def is_done(self) -> bool:
        """Whether all embeddings have been read."""
        return self._read == self._first

    def go_on(self) -> None:
        """Read embeddings for a little while."""
        until = time.perf_counter() + _STEP_S
        fingerprint = self._library.generation.fingerprint
        with self._library.database.read() as connection:
            while not self.is_done and time.perf_counter() < until:
                start, stop = self._read, min(self._read + _READ_AT_ONCE, self._first)
                photo_ids = self._ranking.photo_ids[start:stop].tolist()
                positions, vectors = caches.embeddings_of(connection, fingerprint, photo_ids)
                if positions.size:
                    found = cosines(self._pictures, unit_rows(vectors - self._centre))
                    self._cosines[start + positions] = -combined(-found, self._alike)
                self._read = stop

    def result(self) -> tuple[Ranking, NDArray[np.float32]]:
        """Return the better ranking and its cosines, NaN where there is none."""
        # The cache may lack an embedding, as after it was deleted. NaN sorts last and the sort is
        # stable: such photos stay in their order by code, behind those of which more is known.
        anew = np.argsort(-self._cosines[: self._first], kind="stable")
        order = np.concatenate([anew, np.arange(self._first, len(self._cosines))])
        ranking = Ranking(self._ranking.photo_ids[order], self._ranking.distances[order])
        return ranking, self._cosines[order]
