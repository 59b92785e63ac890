"""Which epoch's layer a training ends with. Numpy only; knows no objective.

The start, ITQ, is a candidate too where photos are kept back to choose by, so that such a training
never ends below it by its own measure.
"""

from __future__ import annotations

from typing import Protocol

from desktopsearch.hashing.training.health import CodeHealth

LARGEST_LOSS = 0.02
"""Of neighbour preservation against the start."""


class Choice(Protocol):
    """Decides epoch by epoch, the start first, whether this one is taken for now."""

    def takes(self, validation: float | None, health: CodeHealth) -> bool:
        """Tell whether the epoch comes in the place of the one that was taken before.

        Args:
            validation: Figure on the held-out photos; None if they say nothing.
            health: Of the codes of training photos.
        """


class HighestValidation:
    """Takes the epoch with the highest figure, of equals the latest; for methods with labels.

    Few held-out photos are soon all found: of equal figures the longest training counts, and so it
    does where they say nothing. A collapsed epoch is never taken.
    """

    def __init__(self) -> None:
        self._best: float | None = None

    def takes(self, validation: float | None, health: CodeHealth) -> bool:
        """Compare with the best so far."""
        score = 0.0 if validation is None else validation
        if self._best is not None and (score < self._best or health.collapsed):
            return False
        self._best = score
        return True


class Latest:
    """Takes every epoch that has not collapsed; for a training whose end is known beforehand.

    A fifth of few labels chooses nearly by chance: of equal albums it took now the third epoch and
    now the last.
    """

    def takes(self, validation: float | None, health: CodeHealth) -> bool:  # noqa: ARG002
        """Look at the health alone."""
        return not health.collapsed


class LatestSound:
    """Takes the latest epoch that keeps neighbours nearly as the start; for methods without labels.

    The figure, neighbour preservation, says what the float embedding holds near, which ITQ keeps as
    well as any. A method that brings together what it holds to be alike gives some of that up, and
    the highest figure would only choose the epoch that moved least. So the figure is a limit, not
    the goal: it may fall by 2 points below the start, while the codes stay sound.
    """

    def __init__(self) -> None:
        self._start: tuple[float | None, CodeHealth] | None = None

    def takes(self, validation: float | None, health: CodeHealth) -> bool:
        """Compare with the start."""
        if self._start is None:
            self._start = validation, health
            return True
        before, start = self._start
        kept = validation is None or before is None or validation >= before - LARGEST_LOSS
        return kept and health.sound_beside(start)


def choice_for(*, by_label: bool, known: bool) -> Choice:
    """Return how a training chooses.

    Args:
        by_label: Whether the figure is mean average precision by label.
        known: Whether the end is known beforehand.
    """
    if known:
        return Latest()
    return HighestValidation() if by_label else LatestSound()
