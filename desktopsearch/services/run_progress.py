"""How far a run has come: what is done since it began, what is left, and how fast that goes."""

from __future__ import annotations

import time

from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.encoding import Encoding
from desktopsearch.services.events import Phase, RunProgress
from desktopsearch.services.library import Library
from desktopsearch.services.pace import Counts, Rate
from desktopsearch.services.reading import Reading
from desktopsearch.services.scanning import Scanning

_COUNT_INTERVAL_S = 2.0


class Progress:
    """Looks at the parts of a run; does nothing itself."""

    def __init__(
        self,
        library: Library,
        lane: EncoderLane,
        scanning: Scanning,
        reading: Reading,
        encoding: Encoding,
    ) -> None:
        """Prepare.

        Args:
            library: Which the run brings up to date.
            lane: Tells on which device photos are encoded.
            scanning: Tells how many locations are gone.
            reading: Tells how many files were read.
            encoding: Tells how many photos got a code.
        """
        self._library = library
        self._lane = lane
        self._scanning = scanning
        self._reading = reading
        self._encoding = encoding
        self._base = Counts(0, 0, 0, 0)
        self._rate = Rate()
        self._counted, self._counted_phase = 0, Phase.SCANNING
        self._left = 0
        self._next_count = 0.0

    def begin(self) -> None:
        """A run begins."""
        self._base = self.counts()
        self._rate = Rate()

    def counts(self) -> Counts:
        """What the parts have done in all their runs."""
        return Counts(
            self._reading.filing.indexed,
            self._reading.filing.failed + self._encoding.failed,
            self._scanning.removed,
            self._encoding.encoded,
        )

    def of_run(self) -> Counts:
        """What has been done since the run began."""
        return self.counts() - self._base

    def now(self, *, paused: bool, on_battery: bool) -> RunProgress:
        """How far the run is.

        Args:
            paused: Whether it stands still, for whatever reason.
            on_battery: Whether that is the reason, or one of them.
        """
        counts = self.of_run()
        if self._reading.busy:
            phase, done = Phase.READING, counts.indexed + counts.failed
        elif self._scanning.busy:
            phase, done = Phase.SCANNING, counts.indexed + counts.failed
        else:
            phase, done = Phase.ENCODING, len(self._library.snapshot.index)
        total = self._total(phase, done)
        return RunProgress(
            phase=phase,
            done=done,
            total=max(done, total),
            left=max(0, self._left - counts.encoded),
            failed=counts.failed,
            images_per_second=self._rate.of(counts.encoded),
            device=self._lane.device,
            paused=paused,
            on_battery=on_battery,
        )

    def _total(self, phase: Phase, done: int) -> int:
        """Counting takes a while in a large library, so it is done anew only now and then."""
        now = time.monotonic()
        if phase is not self._counted_phase or now >= self._next_count:
            self._counted_phase, self._next_count = phase, now + _COUNT_INTERVAL_S
            totals = self._library.totals()
            self._counted = totals.photos if phase is Phase.ENCODING else done + totals.pending
            self._left = self.of_run().encoded + totals.pending + totals.unencoded
        return self._counted
