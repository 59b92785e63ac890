"""Reads the pictures of a query one by one, until there is an embedding of each.

What is known of a picture is used again; else the decoder and the encoder make it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.messages import Decoded, DecodeIdentified
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.known_pictures import KnownPictures
from desktopsearch.services.library import Library
from desktopsearch.services.query_job import QueryJob, milliseconds_since


class PictureReading:
    """Says in the job what the decoder is to be asked; the child is its owner's."""

    def __init__(
        self,
        library: Library,
        lane: EncoderLane,
        on_read: Callable[[QueryJob], None],
        on_failed: Callable[[DesktopSearchError], None],
    ) -> None:
        """Prepare.

        Args:
            library: Whose photos queries may be made of.
            lane: Encodes.
            on_read: Called when all pictures of a query have been read.
            on_failed: Called with why one of them cannot be had.
        """
        self._lane = lane
        self._on_read = on_read
        self._on_failed = on_failed
        self._known = KnownPictures(library)

    def begin(self, job: QueryJob) -> None:
        """Begin with the next picture of the query."""
        photo_id = job.begin_picture()
        if photo_id is not None:
            self._begin_with_photo(job, photo_id)

    def take_identified(self, job: QueryJob, digest: bytes) -> None:
        """The decoder has read a picture's bytes: go on with what is known of it, or decode it."""
        if job.spare is not None and job.spare.digest != digest:
            job.take_spare()
        elif not self._reuse(job, digest):
            job.request = DecodeIdentified(job.picture.framing)

    def take_decoded(self, job: QueryJob, decoded: Decoded) -> None:
        """Have the part of the picture that is looked for encoded."""
        whole = decoded.proxy
        proxy = whole if decoded.framed is None else decoded.framed
        job.take_proxy(whole, proxy)
        sent_at = time.perf_counter()

        def answer(result: NDArray[np.float16] | DesktopSearchError) -> None:
            if isinstance(result, DesktopSearchError):
                self._on_failed(job.named(result))
                return
            job.encode_ms += milliseconds_since(sent_at)
            self._known.remember(job.digest, job.picture.framing, whole, proxy, result[0])
            self._go_on(job, result[0])

        self._lane.encode([proxy], answer, query=True)

    def _begin_with_photo(self, job: QueryJob, photo_id: int) -> None:
        photo = self._known.stored(photo_id)
        framing = job.picture.framing
        if photo is None or not (framing or self._reuse(job, photo.digest)):
            self._on_failed(job.named(DesktopSearchError(ProblemCode.PHOTO_NOT_READY)))
        elif framing:
            job.ask_for_file(photo)

    def _reuse(self, job: QueryJob, digest: bytes) -> bool:
        """Go on at once if the embedding of the picture is known; else remember its digest."""
        job.digest = digest
        known = self._known.find(digest, job.picture.framing)
        if known is None:
            return False
        job.take_proxy(known.whole, known.proxy)
        self._go_on(job, known.embedding)
        return True

    def _go_on(self, job: QueryJob, embedding: NDArray[np.float16]) -> None:
        if job.take_embedding(embedding):
            self.begin(job)
        else:
            self._on_read(job)
