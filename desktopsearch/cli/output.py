"""What the command line prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import json
import os
import sys
import time
import unicodedata
from collections.abc import Mapping

from desktopsearch.cli.texts import _, figure, plural, said
from desktopsearch.services.events import (
    Event,
    GenerationFilling,
    Notice,
    RunProgress,
    TeachingPrepared,
    TeachingProgress,
)

_LINE_INTERVAL_S = 5.0
_CONTROLS = ("Cc", "Zl", "Zp")


def prepare() -> None:
    """Let every name be printed, also on a terminal or into a pipe that lacks its characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def document(content: Mapping[str, object]) -> None:
    """Print one JSON document; undecodable bytes of paths come as lone surrogates, escaped."""
    print(json.dumps(content, indent=2))  # noqa: T201 - the one way out


def line(text: str = "") -> None:
    """Print a line of a result for people."""
    print(_one_line(text))  # noqa: T201 - the one way out


def path_text(path: bytes) -> str:
    """A path as JSON holds it: ``os.fsencode`` gives the bytes back."""
    return os.fsdecode(path)


def note(text: str) -> None:
    """Print a line on standard error."""
    print(_one_line(text), file=sys.stderr, flush=True)  # noqa: T201 - the one way out


def _one_line(text: str) -> str:
    """A file name may hold anything; it must neither break a line nor command a terminal."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        ascii(character)[1:-1] if unicodedata.category(character) in _CONTROLS else character
        for character in safe
    )


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
            note(said(event.code, event.parameters))
        elif isinstance(event, RunProgress):
            self._show(event)
        elif isinstance(event, GenerationFilling):
            self.count("encoding", event.done, event.total)
        elif isinstance(event, TeachingPrepared):
            self.count("describing photos", event.done, event.total)
        elif isinstance(event, TeachingProgress):
            self._show_share("teaching", event.epoch.share)

    def count(self, phase: str, done: int, total: int) -> None:
        """Show how much of a phase is done, on a terminal only; the end of a phase keeps it."""
        if self._terminal:
            self._change(_how_far(phase, done, total))
            if done == total:
                self.end()

    def _show_share(self, phase: str, share: float) -> None:
        if self._terminal:
            percent = figure(int(100 * share))
            self._change(_("{phase}: {n} %").format(phase=_named(phase), n=percent))

    def end(self) -> None:
        """Leave the changing line as it is."""
        if self._open:
            note("")
            self._open = False

    def _show(self, progress: RunProgress) -> None:
        text = _how_far(progress.phase, progress.done, progress.total)
        if progress.paused:
            if progress.on_battery:
                text = _("paused (on battery), {text}").format(text=text)
            else:
                text = _("paused (see 'desktopsearch settings'), {text}").format(text=text)
        elif progress.images_per_second:
            speed = round(progress.images_per_second)
            text += ", " + plural("{n} photo/s", "{n} photos/s", speed)
        if progress.device:
            text += f" · {progress.device}"
        if self._terminal:
            self._change(text)
        elif time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + _LINE_INTERVAL_S
            note(text)

    def _change(self, text: str) -> None:
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
        self._open = True


def _named(phase: str) -> str:
    """The name of a phase of a run, an evaluation or an import, for people."""
    return {
        "scanning": _("looking for photos"),
        "reading": _("reading"),
        "encoding": _("encoding"),
        "comparing": _("comparing"),
        "describing photos": _("describing photos"),
        "learning codes": _("learning codes"),
        "teaching": _("learning and proving"),
    }[phase]


def _how_far(phase: str, done: int, total: int) -> str:
    return _("{phase}: {done} of {total}").format(
        phase=_named(phase), done=figure(done), total=figure(total)
    )
