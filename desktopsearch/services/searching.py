"""Answers queries: decode, encode, rank, and leave out what is no longer there.

Owns a decoder child of its own, so that a query never waits behind the backlog. The newest query
wins: one that has not begun is dropped when another arrives, and so are duplicates that are still
being looked for. Pictures are read one by one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing.connection import Connection as Pipe

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.imaging.messages import (
    CheckFiles,
    Decoded,
    DecodeIdentified,
    FilesChecked,
    Identified,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost
from desktopsearch.ipc.messages import Broken, Done, Failed, Message
from desktopsearch.services.duplicate_listing import DuplicateListing
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.known_pictures import KnownPictures
from desktopsearch.services.library import Library
from desktopsearch.services.listing import Listing
from desktopsearch.services.query_job import Answer, Found, QueryJob, milliseconds_since
from desktopsearch.services.ranking import Shortlist, hits_among
from desktopsearch.services.reading import DECODER

_log = logging.getLogger(__name__)

# Asking whether files are still there must not hang on a network share that has gone away.
_CHECK_DEADLINE_S = 2.0


class Searching:
    """A part of the loop: one query at a time, the newest next."""

    def __init__(self, library: Library, lane: EncoderLane, settings: Settings) -> None:
        self._library = library
        self._lane = lane
        self._settings = settings
        self._child = ChildProcess(DECODER, log=library.database.paths.child_log)
        self._current: QueryJob | None = None
        self._next: QueryJob | None = None
        self._known = KnownPictures(library)

    @property
    def busy(self) -> bool:
        """Whether a query is under way or waits."""
        return self._current is not None or self._next is not None

    def search(self, query: Query, answer: Answer) -> None:
        """Queue a query.

        Args:
            query: What to look for.
            answer: Called once on the loop's thread: with hits, with what went wrong, or with
                ``Cancelled`` when a newer query took its place.
        """
        if self._next is not None:
            self._next.answer(Cancelled())
        self.give_up_duplicates()
        self._next = QueryJob(query, answer)

    def give_up_duplicates(self) -> None:
        """End a search for duplicates, which may take minutes; its answer is ``Cancelled``."""
        job = self._current
        if job is None or not isinstance(job.shortlist, DuplicateListing):
            return
        if not job.shortlist.is_ready:
            self._current = None
            job.answer(Cancelled())

    def warm_up(self) -> None:
        """Start the child before the first query arrives."""
        if self._child.state is ChildState.STOPPED:
            self._child.start()

    def waitables(self) -> Iterable[Pipe]:
        """Pipes whose readiness calls for a turn."""
        return self._child.waitables

    def due_at(self) -> float:
        """At once if a query can be taken a step on, else when the child's deadline ends."""
        job = self._current
        if job is not None and job.shortlist is not None and not job.shortlist.is_ready:
            return 0.0
        ready = self._next is not None if job is None else job.request is not None
        return 0.0 if ready and self._child.is_free else self._child.expires_at

    def turn(self) -> None:
        """Take the query under way one step on, or begin the next."""
        for message in self._child.receive():
            self._take(message)
        if self._current is None and self._next is not None:
            self._current, self._next = self._next, None
            self._begin(self._current)
        job = self._current
        if job is not None and job.shortlist is not None and not job.shortlist.is_ready:
            job.shortlist.go_on()
            job.check_files()
        if job is not None and job.request is not None:
            self.warm_up()
            if self._child.state is ChildState.IDLE:
                self._ask(job, job.request)

    def close(self) -> None:
        """End the child."""
        self._child.stop()

    def _begin(self, job: QueryJob) -> None:
        if job.query.duplicates:
            self._find(job, partial(DuplicateListing, self._library, job.query))
        elif job.query.is_listing:
            self._find(job, partial(Listing, self._library, job.query))
        else:
            self._begin_picture(job)

    def _begin_picture(self, job: QueryJob) -> None:
        photo_id = job.begin_picture()
        if photo_id is not None:
            self._begin_with_photo(job, photo_id)

    def _begin_with_photo(self, job: QueryJob, photo_id: int) -> None:
        photo = self._known.stored(photo_id)
        framing = job.picture.framing
        if photo is None or not (framing or self._reuse(job, photo.digest)):
            self._finish(job.named(DesktopSearchError(ProblemCode.PHOTO_NOT_READY)))
        elif framing:
            job.ask_for_file(photo)

    def _ask(self, job: QueryJob, request: Message) -> None:
        job.request, job.asked = None, True
        match request:
            case CheckFiles():
                deadline_s = _CHECK_DEADLINE_S
            case DecodeIdentified():
                deadline_s = self._settings.decode_deadline_s
            case _:
                deadline_s = self._settings.identify_deadline_s
        self._child.request(request, deadline_s)

    def _take(self, message: Message | Lost) -> None:
        job = self._current
        if isinstance(message, Broken):
            _log.error("The decoder met a bug with a query:\n%s", message.traceback)
        if job is None or not (job.asked or isinstance(message, Lost)):
            return
        match message:
            case Identified():
                if job.spare is not None and job.spare.digest != message.digest:
                    job.take_spare()
                elif not self._reuse(job, message.digest):
                    job.request = DecodeIdentified(job.picture.framing)
            case Decoded():
                framed = message.proxy if message.framed is None else message.framed
                self._encode(job, message.proxy, framed)
            case FilesChecked():
                if job.shortlist is not None:
                    self._answer(job, job.shortlist, message.present)
            case Failed():
                self._fail(job, DesktopSearchError(message.problem, **message.parameters))
            case Broken():
                self._fail(job, DesktopSearchError(ProblemCode.FILE_CRASHED))
            case Lost():
                self._lose(job, message)
            case Done():
                job.asked = False
            case _:
                pass

    def _reuse(self, job: QueryJob, digest: bytes) -> bool:
        """Rank at once if the embedding of the picture is known; else remember its digest."""
        job.digest = digest
        known = self._known.find(digest, job.picture.framing)
        if known is None:
            return False
        job.take_proxy(known.whole, known.proxy)
        self._go_on(job, known.embedding)
        return True

    def _encode(self, job: QueryJob, whole: bytes, proxy: bytes) -> None:
        job.take_proxy(whole, proxy)
        sent_at = time.perf_counter()

        def answer(result: NDArray[np.float16] | DesktopSearchError) -> None:
            if isinstance(result, DesktopSearchError):
                self._finish(job.named(result))
                return
            job.encode_ms += milliseconds_since(sent_at)
            self._known.remember(job.digest, job.picture.framing, whole, proxy, result[0])
            self._go_on(job, result[0])

        self._lane.encode([proxy], answer, query=True)

    def _go_on(self, job: QueryJob, embedding: NDArray[np.float16]) -> None:
        """Read the next picture of the query, or rank when all have been read."""
        if job.take_embedding(embedding):
            self._begin_picture(job)
        else:
            embeddings = np.stack(job.embeddings)
            self._find(job, partial(Shortlist, self._library, job.query, embeddings))

    def _find(self, job: QueryJob, find: Callable[[], Found]) -> None:
        try:
            job.shortlist = find()
        except DesktopSearchError as error:
            self._finish(error)
            return
        job.check_files()

    def _answer(self, job: QueryJob, shortlist: Found, present: list[bool]) -> None:
        hits = hits_among(shortlist.candidates, present)
        if isinstance(shortlist, Shortlist) and len(hits) < job.query.limit and shortlist.is_cut:
            # Many of the nearest are gone, and others may be waiting behind them.
            shortlist.widen()
            job.check_files()
            return
        self._finish(job.answer_with(shortlist, hits, shortlist.snapshot))

    def _lose(self, job: QueryJob, lost: Lost) -> None:
        if lost.during_start:
            self._finish(
                DesktopSearchError(ProblemCode.CHILD_FAILED, role=DECODER.name, reason=lost.detail)
            )
        elif not job.asked:
            return  # it died idle, and is started again when there is something to ask
        elif job.shortlist is not None and not job.shortlist.is_ready:
            job.asked = False  # it had answered already
        elif job.shortlist is not None:
            places = sum(len(each.places) for each in job.shortlist.candidates)
            self._answer(job, job.shortlist, [True] * places)
        elif lost.timed_out:
            seconds = round(self._settings.decode_deadline_s)
            self._fail(job, DesktopSearchError(ProblemCode.FILE_TIMED_OUT, seconds=seconds))
        else:
            self._fail(job, DesktopSearchError(ProblemCode.FILE_CRASHED))

    def _fail(self, job: QueryJob, error: DesktopSearchError) -> None:
        """Go on with what is stored of the photo, if the file was one of the library's."""
        job.asked = False
        if not job.take_spare():
            self._finish(job.named(error))

    def _finish(self, result: SearchAnswer | DesktopSearchError) -> None:
        job, self._current = self._current, None
        if job is not None:
            job.answer(result)
