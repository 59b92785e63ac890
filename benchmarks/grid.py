"""How smooth the grid of photos stays with half a million of them.

``python -m benchmarks.grid [--hits N]``: the window's own grid, model and delegate, at one and at
two pixels a point, drawn by Qt's raster engine without a screen. Pixmaps are at hand, as they are
when their thread has kept up; reading them is not measured. A step is all that the GUI thread does
until it waits again, in its own processor time, so that other work on the machine counts for
little; above 50 ms a person begins to feel it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from benchmarks import report
from desktopsearch.config import LibraryPaths
from desktopsearch.domain.search import SearchHit
from desktopsearch.gui.garbage import GarbageCollection
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.results_model import ResultsModel
from desktopsearch.gui.results_view import ResultsView
from desktopsearch.gui.theme import Theme
from desktopsearch.gui.thumbnails import Thumbnails

SCALES = (1, 2)
SIZE_PX = (1_600, 1_000)
PAGES = 200
REPEATS = 10
_LARGEST_DISTANCE = 128
_PICTURES = 97


class DrawnThumbnails(Thumbnails):
    """Has a pixmap for every photo."""

    def __init__(self, folder: Path, scale: int) -> None:
        super().__init__(LibraryPaths(folder))
        shapes = random.Random(0)
        self._pixmaps = []
        for _ in range(_PICTURES):
            pixmap = QPixmap(*(shapes.randint(120, 192) * scale for _ in "wh"))
            pixmap.fill(QColor.fromHsv(shapes.randrange(360), 120, 200))
            self._pixmaps.append(pixmap)

    def get(self, photo_id: int) -> QPixmap | None:
        """One of a few pixmaps."""
        return self._pixmaps[photo_id % _PICTURES]

    def want(self, photo_ids: Sequence[int], edge_px: int) -> None:
        """All are there."""


def main() -> None:
    """Measure at each scale, in a process of its own, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=500_000)
    parser.add_argument("--scale", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.scale is not None:
        print(json.dumps(list(measured(arguments.hits, arguments.scale))))
        return
    steps: dict[str, list[object]] = {}
    for scale in SCALES:
        for name, median_ms, longest_ms in _in_process(arguments.hits, scale):
            steps.setdefault(name, [name]).extend([median_ms, longest_ms])
    columns = ["step"]
    for scale in SCALES:
        columns += [f"median ms, {scale}x", f"longest ms, {scale}x"]
    report.write(
        "grid",
        columns,
        list(steps.values()),
        summary=[
            f"{arguments.hits:,} hits in a grid of {SIZE_PX[0]} x {SIZE_PX[1]} points.",
            "",
        ],
        raw={"hits": arguments.hits, "size": list(SIZE_PX), "scrolls": PAGES, "repeats": REPEATS},
    )


def measured(count: int, scale: int) -> Iterator[tuple[str, float, float]]:
    """Yield what is done to the grid with its median and its longest time in milliseconds."""
    application = QApplication([])
    # As in the window: Python by itself would look through half a million hits now and then.
    garbage = GarbageCollection(application)
    theme = Theme(application)
    with tempfile.TemporaryDirectory() as folder:
        model = ResultsModel()
        view = ResultsView(theme, Icons(theme), DrawnThumbnails(Path(folder), scale), model)
        view.resize(*SIZE_PX)
        view.show()
        hits = _hits(count)
        yield from _steps(view, model, hits, tuple(reversed(hits)))
        view.close()
    garbage.stop()


def _steps(
    view: ResultsView,
    model: ResultsModel,
    hits: Sequence[SearchHit],
    reordered: Sequence[SearchHit],
) -> Iterator[tuple[str, float, float]]:
    bar = view.verticalScrollBar()

    def answers() -> list[Callable[[], object]]:
        return [partial(model.set_hits, each) for each in (reordered, hits) * (REPEATS // 2)]

    yield _timed("first answer", [partial(model.set_hits, hits)])
    page = bar.maximum() // PAGES
    yield _timed("scroll far", [partial(bar.setValue, page * each) for each in range(PAGES)])
    middle = bar.maximum() // 2
    pages = [middle + bar.pageStep() * each for each in range(PAGES)]
    yield _timed("scroll by a page", [partial(bar.setValue, value) for value in pages])
    steps = [middle + bar.singleStep() * each for each in range(PAGES)]
    yield _timed("scroll by a step", [partial(bar.setValue, value) for value in steps])
    yield _timed("draw all that is visible", [view.viewport().repaint] * REPEATS)
    view.setCurrentIndex(model.index(len(hits) // 2))
    yield _timed("answer in another order, one selected", answers())
    yield _timed("select all", [view.selectAll] * REPEATS)
    yield _timed("answer in another order, all selected", answers())
    yield _timed("select none", [view.clearSelection])
    cuts = (64, 20, 100, None) * (REPEATS // 2)
    yield _timed("move the largest distance", [partial(model.set_cut, cut) for cut in cuts])
    ends = [model.index(0), model.index(len(hits) - 1)] * (REPEATS // 2)
    yield _timed(
        "go to the first or the last", [partial(view.setCurrentIndex, end) for end in ends]
    )
    yield _timed("zoom", [partial(view.set_zoom, px) for px in (112, 176) * (REPEATS // 2)])


def _hits(count: int) -> tuple[SearchHit, ...]:
    return tuple(
        SearchHit(
            number,
            number * _LARGEST_DISTANCE // count,
            b"/home/somebody/Pictures/2024/IMG_%07d.JPG" % number,
            (),
            offline=False,
        )
        for number in range(count)
    )


def _timed(name: str, calls: Sequence[Callable[[], object]]) -> tuple[str, float, float]:
    """Time calls, each with the layout and the painting that it puts off."""
    times = []
    for call in calls:
        started_at = time.thread_time()
        call()
        QApplication.processEvents()
        times.append((time.thread_time() - started_at) * 1000)
    return name, statistics.median(times), max(times)


def _in_process(count: int, scale: int) -> list[tuple[str, float, float]]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "QT_LOGGING_RULES": "*=false",
    }
    command = [sys.executable, "-m", "benchmarks.grid", "--hits", str(count)]
    finished = subprocess.run(
        [*command, "--scale", str(scale)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    rows: list[tuple[str, float, float]] = json.loads(finished.stdout)
    return rows


if __name__ == "__main__":
    main()
