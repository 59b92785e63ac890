"""Teaches a new generation from the albums, beside everything else, and uses it if it is better.

The trainer is a child of its own with low priority. The old generation answers meanwhile; the new
one and its report appear in one transaction, and are used only if the proof says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.teaching.messages import (
    TRAINER_ROLE,
    EpochTaught,
    Taught,
    Teach,
    TrainerOptions,
    TrainerReply,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message, Ready
from desktopsearch.services import teaching_job
from desktopsearch.services.events import Publish, TeachingHeld, TeachingProgress
from desktopsearch.services.generations import of_job
from desktopsearch.services.library import Library
from desktopsearch.services.switching import Switching
from desktopsearch.services.teaching_forecast import TimeLeft
from desktopsearch.services.teaching_job import Gathering, Job, Wish
from desktopsearch.services.teaching_material import material
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
        self._gathering: Gathering | None = None
        self._teach: Teach | None = None
        self._over: Outcome | None = None
        self._answer: Answer | None = None
        self._paused = self._on_battery = False
        self._whole = True
        self._left = TimeLeft()
        self._spent = self._since = 0.0

    @property
    def held(self) -> bool:
        """Whether teachings stand still, for whatever reason."""
        return self._paused or self._on_battery

    @property
    def busy(self) -> bool:
        """Whether a teaching is under way."""
        return self._job is not None

    def start(self, wish: Wish, answer: Answer) -> Job:
        """Begin, or go on with a job that was interrupted if it is the same.

        Args:
            wish: What is asked for.
            answer: Gets, on the loop's thread, the new generation and its report, or why there is
                none. A generation that was accepted is then being switched to.

        Returns:
            What is learnt from.

        Raises:
            DesktopSearchError: TEACHING_UNDER_WAY.
        """
        if self.busy:
            raise DesktopSearchError(ProblemCode.TEACHING_UNDER_WAY)
        found, kept = material(self._library), teaching_job.interrupted(self._library)
        self._spent, self._left = 0.0, TimeLeft()
        self._whole = kept is None or (kept.job.wish, kept.job.said) != (wish, found.said)
        if kept is not None and not self._whole:
            self._job, self._teach = kept.job, kept.teach
            self._over = of_job(self._library, kept.job.id)
            self._begin()
        else:
            epochs = self._settings.teaching_epochs
            self._gathering = Gathering(self._library, wish, found, epochs)
            self._job = self._gathering.job
        self._answer = answer
        if self.held:
            self._publish(TeachingHeld(held=True, on_battery=self._on_battery))
        return self._job

    def stand_still(self, *, paused: bool, on_battery: bool) -> None:
        """Stand still, or go on.

        Meanwhile there is no trainer: another one goes on after the last epoch that was over.
        """
        if (paused, on_battery) == (self._paused, self._on_battery):
            return
        self._paused, self._on_battery = paused, on_battery
        if not self.busy:
            return
        if self.held:
            self._stop()
        elif self._child is None:
            self._begin()
        self._publish(TeachingHeld(self.held, on_battery))

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from now on; a trainer is replaced by another."""
        before, self._settings = self._settings, settings
        if self._child is not None and _options(before) != _options(settings):
            self._stop()
            self._begin()

    def cancel(self) -> None:
        """End the teaching and forget what it came to."""
        self._end(Cancelled())
        teaching_job.discard(self._library.database.paths)

    def waitables(self) -> Iterable[Pipe]:
        """The trainer's pipe."""
        return self._child.waitables if self._child else ()

    def due_at(self) -> float:
        """When the trainer has been silent for too long; at once while there is none needed."""
        if self._gathering is not None or self._over is not None:
            return 0.0
        return self._child.expires_at if self._child else float("inf")

    def turn(self) -> None:
        """Read on what is to be learnt from, or take in what the trainer says."""
        if self._over is not None:
            self._end(self._use(self._over))
            teaching_job.discard(self._library.database.paths)
        elif self._gathering is not None:
            self._gather(self._gathering)
        if self._child is None:
            return
        for message in self._child.receive():
            self._take_in(message)

    def close(self) -> None:
        """End the trainer; the job stays and can be gone on with."""
        self._stop()

    def _gather(self, gathering: Gathering) -> None:
        try:
            kept = gathering.turn()
        except DesktopSearchError as error:
            self._end(error)
            return
        if kept is not None:
            self._gathering, self._teach = None, kept.teach
            self._begin()

    def _begin(self) -> None:
        """Start a trainer if there is something for it to do now."""
        if self._teach is None or self._over is not None or self.held:
            return
        self._since = time.monotonic()
        self._left.begin()
        log = self._library.database.paths.child_log
        self._child = ChildProcess(TRAINER, _options(self._settings), log, _NICENESS)
        self._child.start()

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.state is not ChildState.STOPPED:
            child.stop()
        self._spent += time.monotonic() - self._since if child is not None else 0.0

    def _take_in(self, message: Message | Lost) -> None:
        job, child, teach = self._job, self._child, self._teach
        if job is None or child is None or teach is None:
            return
        match message:
            case Ready():
                child.request(teach, _SILENCE_S)
            case EpochTaught():
                progress = TeachingProgress(message, child.detail)
                left_s = self._left.after(progress.share, time.monotonic())
                self._publish(replace(progress, left_s=left_s))
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
        spent = self._spent + time.monotonic() - self._since
        report = report_of(job, taught, spent, whole=self._whole)
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
        return self._use((generation, report))

    def _use(self, outcome: Outcome) -> Outcome:
        generation, report = outcome
        if self._job is not None and report.accepted and self._job.wish.activate:
            self._switching.switch_to(generation)
        return outcome

    def _end(self, outcome: Outcome | DesktopSearchError | Cancelled) -> None:
        self._stop()
        answer = self._answer
        self._job = self._gathering = self._teach = self._over = self._answer = None
        if answer is not None:
            answer(outcome)


def _options(settings: Settings) -> TrainerOptions:
    return TrainerOptions(settings.encoder_device, settings.encoder_threads)
