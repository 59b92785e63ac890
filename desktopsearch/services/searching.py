"""Answers queries: read their pictures, rank, and leave out what is no longer there.

Owns a decoder child of its own, so that a query never waits behind the backlog. The newest query
wins: one that has not begun is dropped when another arrives, and so are duplicates that are still
being looked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing.connection import Connection as Pipe

import numpy as np

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
from desktopsearch.services.library import Library
from desktopsearch.services.listing import Listing
from desktopsearch.services.picture_reading import PictureReading
from desktopsearch.services.query_job import Answer, Found, QueryJob
from desktopsearch.services.ranking import Shortlist, hits_among
from desktopsearch.services.reading import DECODER

_log = logging.getLogger(__name__)

# Asking whether files are still there must not hang on a network share that has gone away.
_CHECK_DEADLINE_S = 2.0


class Searching:
    """A part of the loop: one query at a time, the newest next."""

    def __init__(self, library: Library, lane: EncoderLane, settings: Settings) -> None:
        self._library = library
        self._settings = settings
        self._child = ChildProcess(DECODER, log=library.database.paths.child_log)
        self._current: QueryJob | None = None
        self._next: QueryJob | None = None
        self._pictures = PictureReading(library, lane, self._rank, self._finish)

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
            self._pictures.begin(job)

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
                self._pictures.take_identified(job, message.digest)
            case Decoded():
                self._pictures.take_decoded(job, message)
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

    def _rank(self, job: QueryJob) -> None:
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
