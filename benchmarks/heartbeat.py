"""How long the window stands still while it indexes and answers queries.

``python -m benchmarks.heartbeat [--photos N] [--directory DIR]``: opens the real window without a
screen on a fresh library, adds a folder of N generated pictures (or DIR), asks for another picture
every second, scrolls, and measures with a timer on the GUI thread how far apart its ticks are. The
processor time that the thread spent in a gap, and, on Linux, how long it was ready to run and no
processor was free, tell the window's own work and locks from what other processes of a busy machine
take. Exit status 1 if a gap was too long.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread, get_ident
from types import FrameType

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from desktopsearch.config import LibraryPaths, default_settings

INTERVAL_MS = 10
"""Of the ticks; a gap is what is beyond it."""
LONGEST_MS = 50.0
_QUERY_INTERVAL_MS = 1_000
_SCROLL_INTERVAL_MS = 200
_AFTERWARDS_MS = 5_000
_SIZE_PX = (256, 192)
_PERCENTILES = (50.0, 95.0, 99.0, 99.9)


@dataclass
class Beats:
    """What was measured, in milliseconds."""

    gaps_ms: list[float] = field(default_factory=list)
    work_ms: list[float] = field(default_factory=list)
    """Processor time of the GUI thread in each gap."""
    waits_ms: list[float] = field(default_factory=list)
    """How long no processor was free for it in each gap; 0 where the system does not tell."""
    queries_ms: list[float] = field(default_factory=list)
    blocks: list[tuple[float, float, float, str]] = field(default_factory=list)
    """Gap, processor time, wait and what the GUI thread was seen at, of the long ones."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--directory", type=Path, help="real photos instead of generated ones")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.directory
        if folder is None:
            folder = Path(scratch) / "photos"
            draw(folder, arguments.photos)
        started_at = time.perf_counter()
        beats, indexed = _run(Path(scratch) / "library", folder)
        _report(beats, indexed, time.perf_counter() - started_at)


def draw(folder: Path, count: int) -> None:
    """Write so many small pictures, each unlike the others, a thousand a folder."""
    from PIL import Image

    chance = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"{number // 1_000:03}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        patches = chance.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(patches).resize(_SIZE_PX, Image.Resampling.BICUBIC).save(path, quality=85)


def _report(beats: Beats, indexed: int, seconds: float) -> None:
    gaps, work, waits = map(np.array, (beats.gaps_ms, beats.work_ms, beats.waits_ms))
    rows: list[list[object]] = [
        ["photos indexed", indexed],
        ["seconds", seconds],
        ["ticks", len(gaps)],
        ["queries answered", len(beats.queries_ms)],
        ["median of a query, ms", float(np.median(beats.queries_ms or [0.0]))],
        *([f"gap, percentile {p:g}, ms", float(np.percentile(gaps, p))] for p in _PERCENTILES),
        ["longest gap, ms", float(gaps.max())],
        [f"gaps above {LONGEST_MS:g} ms", int((gaps > LONGEST_MS).sum())],
        ["most processor time in a gap, ms", float(work.max())],
        *_without_waiting(gaps, waits),
    ]
    longest = sorted(beats.blocks, reverse=True)[:20]
    report.write(
        "heartbeat",
        ["what", "value"],
        rows,
        raw={
            "blocks": [
                {
                    "ms": round(gap, 1),
                    "work_ms": round(spent, 1),
                    "wait_ms": round(wait, 1),
                    "where": where,
                }
                for gap, spent, wait, where in longest
            ]
        },
    )
    if float(gaps.max()) > LONGEST_MS:
        sys.exit(1)


def _without_waiting(gaps: NDArray[np.float64], waits: NDArray[np.float64]) -> list[list[object]]:
    """What a system that tells of waits adds; the usual interval of a tick bears its own."""
    if not waits.any():
        return []
    held = gaps - np.clip(waits - INTERVAL_MS, 0.0, gaps)
    return [["longest gap without waiting for a processor, ms", float(held.max())]]


def _run(library: Path, folder: Path) -> tuple[Beats, int]:
    """Run the window until everything is indexed and a little longer."""
    # Qt must not be loaded before its platform is chosen.
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from desktopsearch.gui.application import end, make_window
    from desktopsearch.gui.bridge import RunFinished
    from desktopsearch.gui.garbage import GarbageCollection

    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    garbage = GarbageCollection(application)
    window = make_window(application, LibraryPaths(library), default_settings(), garbage)
    beats, indexed = Beats(), 0
    pictures = sorted(os.fsencode(path) for path in folder.rglob("*") if path.is_file())
    chance = random.Random(0)
    asked_at = 0.0

    def every(interval_ms: int, function: Callable[[], object]) -> QTimer:
        timer = QTimer(application, interval=interval_ms)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(function)
        return timer

    def ask() -> None:
        nonlocal asked_at
        asked_at = time.perf_counter()
        window.intake.look_for_file(chance.choice(pictures))

    def answered() -> None:
        beats.queries_ms.append((time.perf_counter() - asked_at) * 1_000)

    def scroll() -> None:
        bar = window.results.verticalScrollBar()
        bar.setValue(chance.randint(0, bar.maximum()))

    def finished(run: RunFinished) -> None:
        nonlocal indexed
        indexed += run.indexed
        if indexed:
            QTimer.singleShot(_AFTERWARDS_MS, close)

    def close() -> None:
        # From here on nobody sees the window.
        for timer in (ticking, asking, scrolling):
            timer.stop()
        window.close()

    window.searches.answered.connect(answered)
    window.bridge.finished.connect(finished)
    asking, scrolling = every(_QUERY_INTERVAL_MS, ask), every(_SCROLL_INTERVAL_MS, scroll)

    def begin() -> None:
        window.intake.add_folders([folder])
        asking.start()
        scrolling.start()

    window.bridge.opened.connect(begin)
    window.show()
    window.start()
    with _measured(beats) as tick:
        ticking = every(INTERVAL_MS, tick)
        ticking.start()
        application.exec()
    end(window, garbage)
    return beats, indexed


@contextmanager
def _measured(beats: Beats) -> Iterator[Callable[[], None]]:
    """Note gaps between ticks, and look from outside what the thread does in long ones."""
    gui_thread, ended = get_ident(), Event()
    last, spent, waited = time.perf_counter(), time.thread_time(), _waited_s()
    seen: list[str] = []

    def tick() -> None:
        nonlocal last, spent, waited
        now, spent_now, waited_now = time.perf_counter(), time.thread_time(), _waited_s()
        gap_ms, work_ms = max(0.0, (now - last) * 1_000 - INTERVAL_MS), (spent_now - spent) * 1_000
        wait_ms = (waited_now - waited) * 1_000
        last, spent, waited = now, spent_now, waited_now
        beats.gaps_ms.append(gap_ms)
        beats.work_ms.append(work_ms)
        beats.waits_ms.append(wait_ms)
        if gap_ms > LONGEST_MS:
            beats.blocks.append((gap_ms, work_ms, wait_ms, _often(seen)))
        seen.clear()

    def watch() -> None:
        while not ended.wait(0.01):
            if time.perf_counter() - last > 0.5 * LONGEST_MS / 1_000:
                frame = sys._current_frames().get(gui_thread)  # noqa: SLF001 - as documented
                seen.append(_where(frame))

    watcher = Thread(target=watch, name="watcher", daemon=True)
    watcher.start()
    try:
        yield tick
    finally:
        ended.set()
        watcher.join()


def _waited_s() -> float:
    """Return how long this thread has been ready to run while no processor was free."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except FileNotFoundError:
        return 0.0


def _where(frame: FrameType | None) -> str:
    """The functions that a thread is in, the innermost last."""
    stack = traceback.extract_stack(frame)[-6:]
    return " > ".join(f"{Path(each.filename).stem}.{each.name}:{each.lineno}" for each in stack)


def _often(stacks: Sequence[str]) -> str:
    return max(set(stacks), key=stacks.count) if stacks else "not seen"


if __name__ == "__main__":
    main()
