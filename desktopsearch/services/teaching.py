"""Teaches a new generation from the albums, beside everything else, and uses it if it is better.

The trainer is a child of its own with low priority. The old generation answers meanwhile; the new
one and its report appear in one transaction, and are used only if the proof says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.teaching.messages import (
    TRAINER_ROLE,
    EpochTaught,
    Taught,
    TrainerOptions,
    TrainerReply,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message, Ready
from desktopsearch.services import teaching_job
from desktopsearch.services.events import Publish, TeachingProgress
from desktopsearch.services.library import Library
from desktopsearch.services.switching import Switching
from desktopsearch.services.teaching_job import Job, Wish
from desktopsearch.services.teaching_report import TeachingReport, report_of, to_json
from desktopsearch.storage import generations

TRAINER = Role(TRAINER_ROLE, TrainerReply, "trainer")
_NICENESS = 10
# ITQ and the look at near-copies come without a word, and so may an epoch on a slow machine.
_SILENCE_S = 900.0

Outcome = tuple[Generation, TeachingReport]
Answer = Callable[[Outcome | DesktopSearchError | Cancelled], None]


class Teaching:
    """A part of the loop; one teaching at a time."""

    def __init__(
        self, library: Library, switching: Switching, settings: Settings, publish: Publish
    ) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            switching: Encodes the library with what was taught; attached to the loop by its owner.
            settings: Which device.
            publish: Takes progress.
        """
        self._library = library
        self._switching = switching
        self._settings = settings
        self._publish = publish
        self._child: ChildProcess | None = None
        self._job: Job | None = None
        self._answer: Answer | None = None
        self._began = 0.0

    @property
    def busy(self) -> bool:
        """Whether a teaching is under way."""
        return self._job is not None

    def start(self, wish: Wish, answer: Answer) -> Job:
        """Begin, or go on with a job that was interrupted if it is the same.

        Args:
            wish: What is asked for.
            answer: Called on the loop's thread with the new generation and its report, or with why
                there is none. A generation that was accepted is then being switched to.

        Returns:
            What is learnt from.

        Raises:
            DesktopSearchError: TEACHING_UNDER_WAY.
        """
        if self.busy:
            raise DesktopSearchError(ProblemCode.TEACHING_UNDER_WAY)
        self._job = teaching_job.prepare(self._library, wish)
        self._answer = answer
        self._began = time.monotonic()
        options = TrainerOptions(self._settings.encoder_device, self._settings.encoder_threads)
        log = self._library.database.paths.child_log
        self._child = ChildProcess(TRAINER, options, log, _NICENESS)
        self._child.start()
        return self._job

    def cancel(self) -> None:
        """End the teaching and forget what it came to."""
        self._end(Cancelled())
        teaching_job.discard(self._library.database.paths)

    def waitables(self) -> Iterable[Pipe]:
        """The trainer's pipe."""
        return self._child.waitables if self._child else ()

    def due_at(self) -> float:
        """When the trainer has been silent for too long."""
        return self._child.expires_at if self._child else float("inf")

    def turn(self) -> None:
        """Take in what the trainer says."""
        if self._child is None:
            return
        for message in self._child.receive():
            self._take_in(message)

    def close(self) -> None:
        """End the trainer; the job stays and can be gone on with."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _take_in(self, message: Message | Lost) -> None:
        job, child = self._job, self._child
        if job is None or child is None:
            return
        match message:
            case Ready():
                child.request(job.teach, _SILENCE_S)
            case EpochTaught():
                self._publish(TeachingProgress(message, child.detail))
            case Taught():
                self._end(self._keep(job, message))
                teaching_job.discard(self._library.database.paths)
            case Failed():
                teaching_job.discard(self._library.database.paths)
                self._end(DesktopSearchError(message.problem, **message.parameters))
            case Broken():
                teaching_job.discard(self._library.database.paths)
                raise BugError(f"the trainer broke:\n{message.traceback}")
            case Lost():
                reason = "no answer" if message.timed_out else message.detail
                code = ProblemCode.TEACHING_STOPPED
                self._end(DesktopSearchError(code, reason=reason))

    def _keep(self, job: Job, taught: Taught) -> Outcome:
        report = report_of(job, taught, time.monotonic() - self._began)
        before = self._library.snapshot.generation
        with self._library.database.write() as connection:
            generation = generations.add(
                connection,
                name=time.strftime("taught %Y-%m-%d %H:%M"),
                model=before.model,
                fingerprint=before.fingerprint,
                bits=report.bits,
                hash_layer=taught.hash_layer,
            )
            generations.keep_report(connection, generation.id, to_json(report))
        if report.accepted and job.wish.activate:
            self._switching.switch_to(generation)
        return generation, report

    def _end(self, outcome: Outcome | DesktopSearchError | Cancelled) -> None:
        child, answer = self._child, self._answer
        self._child = self._job = self._answer = None
        if child is not None and child.state is not ChildState.STOPPED:
            child.stop()
        if answer is not None:
            answer(outcome)
