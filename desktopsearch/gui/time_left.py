"""How long a run still takes, smoothed so that a person can believe it."""

from __future__ import annotations

import math
from typing import Final

from desktopsearch.gui.texts import _, plural

_SMOOTHING_S: Final = 15.0
# What the first seconds say is mostly the start of the encoder.
_SETTLING_S: Final = 4.0
_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3600.0


class TimeLeft:
    """Takes in what is left and how fast it goes; forgets all at ``reset``."""

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._last_at = 0.0
        self._seconds = 0.0

    def reset(self) -> None:
        """Begin anew, as after a pause."""
        self._began_at = None

    def after(self, left: int, a_second: float, now: float) -> float | None:
        """Take in a measurement.

        Args:
            left: What is still to be done.
            a_second: How much of it is done in a second lately.
            now: ``time.monotonic``.

        Returns:
            Seconds, or None as long as nothing can be said.
        """
        if a_second <= 0 or left <= 0:
            return None
        measured = left / a_second
        if self._began_at is None:
            self._began_at = self._last_at = now
            self._seconds = measured
        passed, self._last_at = now - self._last_at, now
        # In the meantime it has become less by itself.
        expected = max(0.0, self._seconds - passed)
        weight = 1.0 - math.exp(-passed / _SMOOTHING_S)
        self._seconds = expected + weight * (measured - expected)
        return self._seconds if now - self._began_at >= _SETTLING_S else None


def time_text(seconds: float) -> str:
    """A time left for people, no finer than can be known."""
    if seconds < _MINUTE_S:
        return _("less than a minute left")
    if seconds < _HOUR_S:
        return plural("{n} minute left", "{n} minutes left", round(seconds / _MINUTE_S))
    return plural("{n} hour left", "{n} hours left", round(seconds / _HOUR_S))
