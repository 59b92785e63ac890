"""Teaches a new generation from the albums, beside everything else, and uses it if it is better.

The trainer is a child of its own with low priority. The old generation answers meanwhile; the new
one and its report appear in one transaction, and are used only if the proof says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.teaching.messages import EpochTaught, Foretold, Prepared, Taught, Teach
from desktopsearch.ipc.child import Lost
from desktopsearch.ipc.messages import Broken, Failed, Message, Ready
from desktopsearch.services import taught_models, teaching_job
from desktopsearch.services.events import Notice, Publish, TeachingHeld
from desktopsearch.services.generations import of_job
from desktopsearch.services.library import Library
from desktopsearch.services.switching import Switching
from desktopsearch.services.teaching_gathering import Gathering
from desktopsearch.services.teaching_job import Job, Wish
from desktopsearch.services.teaching_material import material
from desktopsearch.services.teaching_outcome import Outcome as Outcome
from desktopsearch.services.teaching_outcome import keep
from desktopsearch.services.teaching_progress import Progress
from desktopsearch.services.teaching_report import report_of
from desktopsearch.services.teaching_trainer import Trainer

_log = logging.getLogger(__name__)

_OF_THE_DISK = {ProblemCode.LIBRARY_DISK_FULL, ProblemCode.LIBRARY_UNWRITABLE}
"""Problems after which a teaching can be gone on with."""

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
        self._trainer = Trainer(settings, library.database.paths.child_log)
        self._job: Job | None = None
        self._gathering: Gathering | None = None
        self._teach: Teach | None = None
        self._over: Outcome | None = None
        self._answer: Answer | None = None
        self._paused = self._on_battery = False
        self._progress = Progress(library, publish)
        self._unsettled = False
        teaching_job.discard_if_in_use(library)
        self.resumed = False
        """Whether the latest teaching went on with a job that was interrupted."""

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
            DesktopSearchError: TEACHING_UNDER_WAY, TEACHING_DURING_SWITCH, TEACHING_ON_TAUGHT.
        """
        if self.busy:
            raise DesktopSearchError(ProblemCode.TEACHING_UNDER_WAY)
        if self._switching.busy:
            raise DesktopSearchError(ProblemCode.TEACHING_DURING_SWITCH)
        taught_models.refuse_if_taught(self._library)
        found = material(self._library, wish.depth)
        kept = teaching_job.interrupted(self._library)
        self._trainer.reset()
        self._progress.reset()
        self._unsettled = False
        self.resumed = kept is not None and (kept.job.wish, kept.job.said) == (wish, found.said)
        if kept is not None and self.resumed:
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
            self._trainer.stop()
        elif not self._trainer.running:
            self._begin()
        self._publish(TeachingHeld(self.held, on_battery))

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from now on; a trainer is replaced by another."""
        self._settings = settings
        if self._trainer.use(settings):
            self._trainer.stop()
            self._begin()

    def cancel(self) -> None:
        """End the teaching and forget what it came to."""
        self._end(Cancelled())
        self._discard()

    def waitables(self) -> Iterable[Pipe]:
        """The trainer's pipe."""
        return self._trainer.waitables()

    def due_at(self) -> float:
        """When the trainer has been silent for too long; at once while there is none needed."""
        if self._gathering is not None or self._over is not None:
            return 0.0
        return self._trainer.expires_at

    def turn(self) -> None:
        """Read on what is to be learnt from, or take in what the trainer says."""
        if self._unsettled and not self._switching.busy:
            self._discard()
        if self._over is not None:
            self._succeed(self._over)
        elif self._gathering is not None:
            self._gather(self._gathering)
        for message in self._trainer.receive():
            self._take_in(message)

    def close(self) -> None:
        """End the trainer; the job stays and can be gone on with."""
        self._trainer.stop()

    def _gather(self, gathering: Gathering) -> None:
        try:
            kept = gathering.turn()
        except DesktopSearchError as error:
            self._end(error)
            self._discard()
            return
        if kept is not None:
            self._gathering, self._job, self._teach = None, kept.job, kept.teach
            self._begin()

    def _begin(self) -> None:
        """Start a trainer if there is something for it to do now."""
        if self._teach is None or self._over is not None or self.held:
            return
        self._progress.begin()
        self._trainer.begin()

    def _take_in(self, message: Message | Lost) -> None:
        job, teach = self._job, self._teach
        if job is None or teach is None:
            return
        match message:
            case Ready():
                self._trainer.request(teach)
            case Foretold() | Prepared() | EpochTaught():
                self._progress.tell(message, self._trainer.device, used=job.wish.activate)
            case Taught():
                self._take_outcome(job, message)
            case Failed():
                if message.problem not in _OF_THE_DISK:
                    self._discard()
                self._end(DesktopSearchError(message.problem, **message.parameters))
            case Broken():
                _log.error("The trainer met a bug:\n%s", message.traceback)
                reason = message.traceback.strip().rsplit("\n", 1)[-1]
                self._end(DesktopSearchError(ProblemCode.TEACHING_STOPPED, reason=reason))
            case Lost():
                reason = "no answer" if message.timed_out else message.detail
                code = ProblemCode.TEACHING_STOPPED
                self._end(DesktopSearchError(code, reason=reason))

    def _take_outcome(self, job: Job, taught: Taught) -> None:
        report = report_of(job, taught, self._trainer.spent_s, whole=not self.resumed)
        try:
            self._succeed((keep(self._library, job, taught, report), report))
        except DesktopSearchError as error:
            self._end(error)

    def _succeed(self, outcome: Outcome) -> None:
        """Use what is better; the job stays until the switch is over, so that another can do it."""
        generation, report = outcome
        if self._job is not None and report.accepted and self._job.wish.activate:
            try:
                self._switching.switch_to(generation)
                self._unsettled = True
            except DesktopSearchError as error:
                self._publish(Notice(error.code, error.parameters))
        if not self._unsettled:
            self._discard()
        self._end(outcome)

    def _discard(self) -> None:
        self._unsettled = False
        teaching_job.discard(self._library)

    def _end(self, outcome: Outcome | DesktopSearchError | Cancelled) -> None:
        self._trainer.stop()
        answer = self._answer
        self._job = self._gathering = self._teach = self._over = self._answer = None
        if answer is not None:
            answer(outcome)
