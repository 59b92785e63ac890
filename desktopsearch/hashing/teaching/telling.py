"""What is told of the lessons of a teaching while they go on."""

from __future__ import annotations

from desktopsearch.hashing.teaching.messages import EpochTaught
from desktopsearch.hashing.training.plan import EpochReport


class Telling:
    """Knows how far each lesson is."""

    def __init__(self, lessons: int) -> None:
        self._shares = [0.0] * lessons

    def epoch(self, lesson: int, second: bool, report: EpochReport) -> EpochTaught:
        """Return the message of an epoch.

        Args:
            lesson: Its number.
            second: Whether it is of the second of its two trainings, which may end early.
            report: Of the training.
        """
        self._shares[lesson] = (second + report.epoch / max(1, report.epochs)) / 2
        return EpochTaught(
            lesson,
            len(self._shares),
            second,
            report.epoch,
            report.epochs,
            dict(report.terms),
            report.validation,
            sum(self._shares) / len(self._shares),
        )

    def ended(self, lesson: int) -> None:
        """Take a lesson for done, also one that was before."""
        self._shares[lesson] = 1.0
