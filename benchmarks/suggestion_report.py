"""Writes down what ``benchmarks.suggestions`` has measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.suggestion_questions import QUESTIONS, ROUNDS, Asked
from benchmarks.suggestion_trials import FIRST, HAMMING, TAUGHT, Precision

_SEEN_PACK = "miml"
_ABOUT = f"""\
What the penalty of the regression was chosen on is not recorded; it was not tuned on a validation
part of its own, so it may suit these photos. `{HAMMING}`: which of the photos at the same distance
come first is decided by their rows in the pack, and not averaged over.
"""


def write_results(
    measured: Sequence[Precision], asked: Sequence[Asked], packs: Sequence[str], folder: Path | None
) -> None:
    """Write the tables and the raw figures.

    Args:
        measured: Precision of suggestions.
        asked: What answers came to; may be empty.
        packs: All that are to be measured, those that are not yet done too.
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
    over = _over((each.pack, each.labels, each.method) for each in measured)
    summary = [
        *_told_of_packs(measured, packs),
        "",
        f"Precision of the first {FIRST} suggestions for an album (of as many as are left where it",
        f"has fewer), mean over albums; {over}.",
        "",
        _ABOUT,
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
            f"after {ROUNDS} times {QUESTIONS} answers, by how the photos were picked;",
            f"{_over((each.pack, each.how) for each in asked)}:",
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


def _told_of_packs(measured: Sequence[Precision], packs: Sequence[str]) -> list[str]:
    done = dict.fromkeys(each.pack for each in measured)
    lines = [f"- measured: {', '.join(done)}"]
    missing = [pack for pack in packs if pack not in done]
    if missing:
        lines.append(f"- not finished: {', '.join(missing)}")
    if _SEEN_PACK in done:
        lines.append(
            f"- {_SEEN_PACK}: the bundled embedding was made from these photos too (without"
            " labels); indicative only"
        )
    return lines


def _over(figures: Iterable[tuple[object, ...]]) -> str:
    """Say of how many seeds figures are, each named by what it is without its seed."""
    counts = sorted(set(Counter(figures).values()))
    if counts == [1]:
        return "of one seed, so without a spread"
    return f"mean and standard deviation over {' or '.join(map(str, counts))} seeds"


def _told(values: Iterable[float]) -> str:
    figures = np.array(list(values))
    if not len(figures):
        return ""
    if len(figures) == 1:
        return f"{figures[0]:.3f}"
    return f"{figures.mean():.3f} ± {figures.std(ddof=1):.3f}"
