"""Makes the background work heed what a person has set, and stand still on battery if so wished.

The settings file is the truth: whoever changes it, the window or the command line, the work
follows within seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe

from desktopsearch.config import Settings
from desktopsearch.domain.preferences import Preferences
from desktopsearch.services import preferences
from desktopsearch.services.events import PreferencesChanged, Publish
from desktopsearch.services.power import on_battery
from desktopsearch.services.session import WritingSession

LOOK_INTERVAL_S = 3.0


class Pacing:
    """A part of the loop: looks at the settings and at the battery now and then."""

    def __init__(self, session: WritingSession, settings: Settings, publish: Publish) -> None:
        """Attach to a session's loop and heed the settings as they are now.

        Args:
            session: Before its children have been started, so that none is started twice.
            settings: How the machine is used at full speed.
            publish: Told of the preferences at once and whenever they change.
        """
        self._session = session
        self._settings = settings
        self._publish = publish
        self._paths = session.library.database.paths
        self._stamp = preferences.stamp(self._paths)
        kept = preferences.load(self._paths)
        self._preferences = kept.preferences
        self._anyway = False
        self._next_look = 0.0
        if kept.damage is not None:
            publish(kept.damage)
        self._apply()
        session.loop.attach(self)

    @property
    def rescan_interval_s(self) -> float:
        """Between two looks at every folder."""
        return self._preferences.rescan_minutes * 60.0

    def change(self, change: Callable[[Preferences], Preferences]) -> None:
        """Change what is set and heed it at once.

        Raises:
            DesktopSearchError: As ``preferences.change`` has it.
        """
        self._preferences = preferences.change(self._paths, change)
        self._stamp = preferences.stamp(self._paths)
        self._apply()

    def go_on_anyway(self) -> None:
        """Work on battery until the machine has been plugged in once."""
        self._anyway = True
        self._look_at_battery()

    def waitables(self) -> Iterable[Pipe]:
        """None of its own."""
        return ()

    def due_at(self) -> float:
        """When the next look is due."""
        return self._next_look

    def turn(self) -> None:
        """Look, if it is time; a few small files are read."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_INTERVAL_S
        stamp = preferences.stamp(self._paths)
        if stamp != self._stamp or self._pause_is_over():
            self._stamp = stamp
            self._preferences = preferences.load(self._paths).preferences
            self._apply()
        else:
            self._look_at_battery()

    def close(self) -> None:
        """Nothing of its own to end."""

    def _apply(self) -> None:
        self._session.use(preferences.applied(self._preferences, self._settings))
        if self._preferences.paused:
            self._session.ingest.pause()
        else:
            self._session.ingest.resume()
        self._look_at_battery()
        self._publish(PreferencesChanged(self._preferences))

    def _look_at_battery(self) -> None:
        low = self._preferences.pause_on_battery and on_battery(self._settings.power_supplies)
        self._anyway &= low
        wait = low and not self._anyway
        self._session.ingest.wait_for_mains(wait)
        self._session.switching.stand_still(held=bool(self._preferences.paused) or wait)
        self._session.teaching.stand_still(paused=bool(self._preferences.paused), on_battery=wait)

    def _pause_is_over(self) -> bool:
        until = self._preferences.paused
        # By the clock on the wall: an hour is over even if the machine slept through it.
        return isinstance(until, datetime) and until <= datetime.now(UTC)
