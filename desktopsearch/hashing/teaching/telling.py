"""What is told of the lessons of a teaching while they go on."""

from __future__ import annotations

from desktopsearch.hashing.teaching.messages import EpochTaught
from desktopsearch.hashing.training.plan import EpochReport


class Telling:
    """Knows how far each lesson is."""

    def __init__(self, lessons: int, trainings: int = 1) -> None:
        """Begin.

        Args:
            lessons: How many.
            trainings: Of each lesson at most; the last may end early.
        """
        self._shares = [0.0] * lessons
        self._trainings = trainings

    def epoch(self, lesson: int, report: EpochReport, training: int = 0) -> EpochTaught:
        """Return the message of an epoch.

        Args:
            lesson: Its number.
            report: Of the training.
            training: Its number within the lesson. Later ones learn from what the first is
                validated on; nothing is told of that.
        """
        done = training + report.epoch / max(1, report.epochs)
        self._shares[lesson] = done / self._trainings
        return EpochTaught(
            lesson,
            len(self._shares),
            report.epoch,
            report.epochs,
            dict(report.terms),
            None if training else report.validation,
            sum(self._shares) / len(self._shares),
        )

    def ended(self, lesson: int) -> None:
        """Take a lesson for done, also one that was before."""
        self._shares[lesson] = 1.0
