"""What the command line prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping

from desktopsearch.domain.problems import sentence
from desktopsearch.services.events import Event, Notice, Phase, RunProgress

_LINE_INTERVAL_S = 5.0

_PHASES = {
    Phase.SCANNING: "looking for photos",
    Phase.READING: "reading",
    Phase.ENCODING: "encoding",
}


def document(content: Mapping[str, object]) -> None:
    """Print one JSON document; undecodable bytes of paths come as lone surrogates, escaped."""
    print(json.dumps(content, indent=2))  # noqa: T201 - the one way out


def line(text: str = "") -> None:
    """Print a line of a result for people."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    print(safe.replace("\n", "\\n"))  # noqa: T201 - the one way out


def path_text(path: bytes) -> str:
    """A path as JSON holds it: ``os.fsencode`` gives the bytes back."""
    return os.fsdecode(path)


def note(text: str) -> None:
    """Print a line on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one way out


class ProgressLine:
    """Shows a run's progress on standard error: one line that changes, or one now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next_at = 0.0
        self._open = False

    def publish(self, event: Event) -> None:
        """Take in an event of a run."""
        if isinstance(event, Notice):
            self.end()
            note(sentence(event.code, event.parameters))
        elif isinstance(event, RunProgress):
            self._show(event)

    def end(self) -> None:
        """Leave the changing line as it is."""
        if self._open:
            note("")
            self._open = False

    def _show(self, progress: RunProgress) -> None:
        text = f"{_PHASES[progress.phase]}: {progress.done:,} of {progress.total:,}"
        if progress.images_per_second:
            text += f", {progress.images_per_second:.0f} images/s"
        if progress.device:
            text += f" on {progress.device}"
        if self._terminal:
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()
            self._open = True
        elif time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + _LINE_INTERVAL_S
            note(text)
