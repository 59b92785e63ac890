"""A query on its way: what it has come to so far, and the answer that this makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.examples import Example
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Elapsed, Query, SearchAnswer, SearchHit
from desktopsearch.imaging.messages import CheckFiles, IdentifyBytes, IdentifyFile
from desktopsearch.ipc.messages import Message
from desktopsearch.services.duplicate_listing import DuplicateListing
from desktopsearch.services.duplicates import regrouped
from desktopsearch.services.folding import fold
from desktopsearch.services.known_pictures import StoredPhoto
from desktopsearch.services.listing import Listing
from desktopsearch.services.ranking import Shortlist
from desktopsearch.services.snapshots import SearchSnapshot

Found = Shortlist | Listing | DuplicateListing
"""What finds the photos of an answer."""
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
    proxies: list[bytes] = field(default_factory=list)
    embeddings: list[NDArray[np.float16]] = field(default_factory=list)
    decode_ms: float = 0.0
    encode_ms: float = 0.0
    shortlist: Found | None = None

    @property
    def picture(self) -> Example:
        """The picture that is being read."""
        return self.query.pictures[len(self.embeddings)]

    def begin_picture(self) -> int | None:
        """Have the decoder asked for the picture; of a photo of the library, return the id."""
        picture, self.spare = self.picture, None
        if picture.path is not None:
            self.request = IdentifyFile(picture.path)
        elif picture.data is not None:
            self.request = IdentifyBytes(picture.data)
        elif picture.photo_id is None:
            raise BugError("a query without a picture")
        return picture.photo_id

    def ask_for_file(self, photo: StoredPhoto) -> None:
        """Have the decoder asked for a photo's file, which alone has the detail of a part."""
        self.spare = photo
        if photo.paths:
            self.request = IdentifyFile(photo.paths[0])
        else:
            self.take_spare()

    def take_proxy(self, whole: bytes, proxy: bytes) -> None:
        """Keep a decoded picture, what its framing leaves, and how long it took to get there."""
        self.whole = self.whole or whole
        self.proxies.append(proxy)
        self.decode_ms = milliseconds_since(self.started_at) - self.encode_ms

    def take_embedding(self, embedding: NDArray[np.float16]) -> bool:
        """Keep the embedding of a picture; return whether another picture is to be read."""
        self.embeddings.append(embedding)
        return len(self.embeddings) < len(self.query.pictures)

    def named(self, error: DesktopSearchError) -> DesktopSearchError:
        """The error, or one that says which of several pictures cannot be had."""
        if not self.query.examples:
            return error
        number = len(self.embeddings) + 1
        return DesktopSearchError(ProblemCode.QUERY_PICTURE_UNREADABLE, number=number)

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
        self, shortlist: Found, hits: Sequence[SearchHit], snapshot: SearchSnapshot
    ) -> SearchAnswer:
        """Return the answer.

        Args:
            shortlist: That the hits are of.
            hits: In order; those beyond the query's limit are left out, but none of a listing,
                which has heeded it.
            snapshot: That was searched.
        """
        shown = hits if self.query.is_listing else hits[: self.query.limit]
        if self.query.duplicates:
            shown = regrouped(hits, snapshot.index)
        elif self.query.folded:
            shown = fold(snapshot.index, shown, shortlist.apart)
        return SearchAnswer(
            query=self.query,
            generation_id=snapshot.generation.id,
            code_bits=snapshot.generation.bits,
            hits=tuple(shown),
            searched=len(snapshot.index),
            proxy=self.proxies[0] if self.proxies else b"",
            whole=self.whole,
            elapsed=Elapsed(
                self.decode_ms,
                self.encode_ms,
                shortlist.search_ms,
                milliseconds_since(self.started_at),
            ),
            counts=shortlist.counts,
            examples=tuple(self.proxies[1:]),
            codes=shortlist.codes,
            listed=shortlist.listed,
            told_apart=bool(shortlist.apart),
        )


def milliseconds_since(started_at: float) -> float:
    """Return the time since a moment of ``time.perf_counter``, in milliseconds."""
    return (time.perf_counter() - started_at) * 1000
