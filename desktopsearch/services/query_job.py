"""A query on its way: what it has come to so far, and the answer that this makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.search import Elapsed, Query, SearchAnswer, SearchHit
from desktopsearch.imaging.messages import CheckFiles, IdentifyBytes
from desktopsearch.ipc.messages import Message
from desktopsearch.services.folding import fold
from desktopsearch.services.known_pictures import StoredPhoto
from desktopsearch.services.library import SearchSnapshot
from desktopsearch.services.listing import Listing
from desktopsearch.services.ranking import Shortlist

Answer = Callable[[SearchAnswer | DesktopSearchError | Cancelled], None]


@dataclass(slots=True)
class QueryJob:
    """One query between its arrival and its answer."""

    query: Query
    answer: Answer
    started_at: float = field(default_factory=time.perf_counter)
    request: Message | None = None
    """What the decoder child is to be asked next."""
    asked: bool = False
    spare: StoredPhoto | None = None
    """What stands in for the file of a photo of the library; None once it has been taken."""
    digest: bytes = b""
    whole: bytes = b""
    proxy: bytes = b""
    decode_ms: float = 0.0
    encode_ms: float = 0.0
    shortlist: Shortlist | Listing | None = None

    def take_proxy(self, whole: bytes, proxy: bytes) -> None:
        """Keep the decoded picture, what its framing leaves, and how long it took to get there."""
        self.whole, self.proxy = whole, proxy
        self.decode_ms = milliseconds_since(self.started_at)

    def check_files(self) -> None:
        """Have the decoder asked, once the candidates are known, whether their files are there."""
        if self.shortlist is not None and self.shortlist.is_ready:
            candidates = self.shortlist.candidates
            self.request = CheckFiles([place.path for each in candidates for place in each.places])

    def take_spare(self) -> bool:
        """Have the stored proxy decoded in place of the file; return whether there was one."""
        spare, self.spare = self.spare, None
        if spare is not None:
            self.request = IdentifyBytes(spare.proxy)
        return spare is not None

    def answer_with(
        self, shortlist: Shortlist | Listing, hits: Sequence[SearchHit], snapshot: SearchSnapshot
    ) -> SearchAnswer:
        """Return the answer.

        Args:
            shortlist: That the hits are of.
            hits: In order; those beyond the query's limit are left out, but none of an album.
            snapshot: That was searched.
        """
        shown = hits[: self.query.limit] if self.query.album_id is None else hits
        return SearchAnswer(
            query=self.query,
            generation_id=snapshot.generation.id,
            code_bits=snapshot.generation.bits,
            hits=tuple(fold(snapshot.index, shown) if self.query.folded else shown),
            searched=len(snapshot.index),
            proxy=self.proxy,
            whole=self.whole,
            elapsed=Elapsed(
                self.decode_ms,
                self.encode_ms,
                shortlist.search_ms,
                milliseconds_since(self.started_at),
            ),
            counts=shortlist.counts,
        )


def milliseconds_since(started_at: float) -> float:
    """Return the time since a moment of ``time.perf_counter``, in milliseconds."""
    return (time.perf_counter() - started_at) * 1000
