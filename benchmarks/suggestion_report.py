"""Writes down what ``benchmarks.suggestions`` has measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.suggestion_questions import QUESTIONS, ROUNDS, Asked
from benchmarks.suggestion_trials import FIRST, TAUGHT, Precision


def write_results(
    measured: Sequence[Precision], asked: Sequence[Asked], folder: Path | None
) -> None:
    """Write the tables and the raw figures.

    Args:
        measured: Precision of suggestions.
        asked: What answers came to; may be empty.
        folder: Where the files go; None for that of all results.
    """
    methods = list(dict.fromkeys(each.method for each in measured))
    settings = list(dict.fromkeys((each.pack, each.labels) for each in measured))
    rows = [
        [pack, labels]
        + [
            _told(
                each.precision
                for each in measured
                if (each.pack, each.labels, each.method) == (pack, labels, method)
            )
            for method in methods
        ]
        for pack, labels in settings
    ]
    summary = [
        f"Precision of the first {FIRST} suggestions for an album (of as many as are left where it",
        "has fewer), mean over albums; mean and standard deviation over seeds.",
        "",
    ]
    if asked:
        ways = list(dict.fromkeys(each.how for each in asked))
        lines = [
            [
                pack,
                *(
                    _told(e.average_precision for e in asked if (e.pack, e.how) == (pack, how))
                    for how in ways
                ),
            ]
            for pack in dict.fromkeys(each.pack for each in asked)
        ]
        summary += [
            "Average precision on photos that are never asked about, of albums of 5 photos",
            f"after {ROUNDS} times {QUESTIONS} answers, by how the photos were picked:",
            "",
            *report.table(["photos", *ways], lines),
            "",
        ]
    raw = {
        "precision": [asdict(each) for each in measured],
        "asked": [asdict(each) for each in asked],
    }
    report.write(
        "suggestions",
        ["photos", "labels", *methods],
        rows,
        part="taught" if TAUGHT in methods else "",
        summary=summary,
        raw=raw,
        folder=folder or report.RESULTS,
    )


def _told(values: Iterable[float]) -> str:
    figures = np.array(list(values))
    if not len(figures):
        return ""
    if len(figures) == 1:
        return f"{figures[0]:.3f}"
    return f"{figures.mean():.3f} ± {figures.std(ddof=1):.3f}"
