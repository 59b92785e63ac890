"""How long a person waits on the first run: for the window, the first result, and for everything.

``python -m benchmarks.first_run [--photos N] [--directory DIR] [--runs N]``: starts the real
application, a process of its own without a screen, on a data folder that does not exist yet. As
soon as the library is open, a folder of N generated pictures (or DIR) is added and the first of its
photos is looked for. Times count from the start of the process. A run that takes more than an hour,
or whose query fails, ends the benchmark.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import report
from benchmarks.heartbeat import draw
from desktopsearch.imaging.formats import is_picture_name

WINDOW, OPENED, INDEXED, RESULT, ALL = (
    "window drawn",
    "library open, folder added",
    "first photo indexed",
    "first result",
    "all indexed",
)
_ORDER = (WINDOW, OPENED, INDEXED, RESULT, ALL)
LONGEST_S = 3_600.0


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1_000)
    parser.add_argument("--directory", type=Path, help="real photos instead of generated ones")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--window", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.window is not None:
        sys.exit(_show(*arguments.window))
    # Other work on the machine counts in full here.
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.directory
        if folder is None:
            folder = Path(scratch) / "photos"
            draw(folder, arguments.photos)
        files = len(_pictures(folder))
        if not files:
            raise SystemExit(f"there is no photo in {folder}")
        runs = [_timed(Path(scratch) / f"library {run}", folder) for run in range(arguments.runs)]
    rows: list[list[object]] = []
    for step in _ORDER:
        times = [run[step] for run in runs]
        rows.append([step, statistics.median(times), min(times), max(times)])
    summary = f"{files:,} photos, {len(runs)} runs; load average of the machine before: {load:.1f}."
    report.write(
        "first_run",
        ["seconds from the start until", "median", "shortest", "longest"],
        rows,
        summary=[summary, ""],
        raw={"files": files, "load_average": load, "runs": runs},
    )


def _timed(library: Path, folder: Path) -> dict[str, float]:
    """Start the window, and return the seconds until each step.

    Raises:
        SystemExit: It was not done in time, or something failed.
    """
    command = [sys.executable, "-m", "benchmarks.first_run", "--window", str(library), str(folder)]
    started_at = time.time()
    try:
        finished = subprocess.run(
            command,
            env={"QT_QPA_PLATFORM": "offscreen", **os.environ, "QT_LOGGING_RULES": "*=false"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"not everything was indexed within {LONGEST_S:,.0f} s") from error
    if finished.returncode:
        raise SystemExit(f"the window ended with status {finished.returncode}; nothing is reported")
    told = (line.rpartition(" ") for line in finished.stdout.splitlines())
    return {step: float(at) - started_at for step, _, at in told}


def _pictures(folder: Path) -> list[bytes]:
    files = (path for path in folder.rglob("*") if is_picture_name(os.fsencode(path.name)))
    return sorted(os.fsencode(path) for path in files if path.is_file())


def _show(library: Path, folder: Path) -> int:
    """Run the application with a window that tells each step once, with the time."""
    # The process that measures draws nothing.
    from PySide6.QtGui import QPaintEvent

    from desktopsearch.config import LibraryPaths, Settings, default_settings
    from desktopsearch.domain.search import SearchAnswer
    from desktopsearch.gui import app, application
    from desktopsearch.gui.bridge import Failure, Phase, RunFinished, RunProgress
    from desktopsearch.gui.main_window import MainWindow
    from desktopsearch.gui.theme import Theme

    told: set[str] = set()
    failures: list[Failure] = []

    def tell(step: str) -> None:
        if step not in told:
            told.add(step)
            print(step, time.time(), flush=True)

    class TellingWindow(MainWindow):
        """Begins as a person would, and closes when everything is done."""

        def __init__(self, paths: LibraryPaths, settings: Settings, theme: Theme) -> None:
            super().__init__(paths, settings, theme)
            self.bridge.opened.connect(self._begin)
            self.bridge.progressed.connect(self._on_progress)
            self.bridge.finished.connect(self._on_finished)
            self.searches.answered.connect(self._on_answered)
            self.searches.failed.connect(self._on_failed)

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            tell(WINDOW)

        def _begin(self) -> None:
            self.intake.add_folders([folder])
            tell(OPENED)
            # Asked anew whenever photos have come.
            self.intake.look_for_file(_pictures(folder)[0])

        def _on_progress(self, progress: RunProgress) -> None:
            if progress.phase is Phase.ENCODING and progress.done:
                tell(INDEXED)

        def _on_answered(self, answer: SearchAnswer) -> None:
            if answer.hits:
                tell(INDEXED)
                tell(RESULT)
                self._end()

        def _on_failed(self, failure: Failure) -> None:
            print(f"the query failed: {failure}", file=sys.stderr)
            failures.append(failure)
            self.close()

        def _on_finished(self, run: RunFinished) -> None:
            if run.indexed:
                tell(ALL)
                self._end()

        def _end(self) -> None:
            if {RESULT, ALL} <= told:
                self.close()

    setattr(application, "MainWindow", TellingWindow)  # noqa: B010 - it is no name of its own
    status = app.run(LibraryPaths(library), default_settings(), None)
    return 1 if failures else status


if __name__ == "__main__":
    main()
