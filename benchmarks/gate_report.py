"""From the results of simulated teachings before the gate to marks, a table and raw figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from benchmarks import report
from benchmarks.gate_trials import ALBUMS, OF_ALBUM, PHOTOS, REAL_LABELS, GateResult
from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES, Finding

MOST_FALSE = 0.05
LEAST_TRUE = 0.9
_NORMAL = 1.96
_ABOUT = f"""\
Libraries of {PHOTOS} real photos without near copies, of flowers17, caltech101 (34 classes), voc5
and miml in turn. Albums that mean nothing: {ALBUMS[0]} to {ALBUMS[1]} of {OF_ALBUM[0]} to
{OF_ALBUM[1]} random photos, every fourth round with albums that share photos. Real albums:
{ALBUMS[0]} to {ALBUMS[1]} of the pack's, {REAL_LABELS} labels each. Objective, folds, proof and
verdict are the product's; with fewer than {FEWEST_QUERIES} labelled photos it claims nothing.
Such runs are no evidence and are counted apart. Behind a share of the others its interval of 95 %
(Wilson); a mark is met or missed where the whole interval says so, and not shown yet otherwise.
`least kept` is what is left of the neighbours that the bundled layer keeps; below .5 the product
would not use the layer, whatever the verdict. Runs of different commits are not put together; a `+`
behind a commit says that the program had changes which no commit holds, and maybe not always the
same.
"""

_Kind = tuple[bool, str, int, str]
"""Whether albums are real; epochs, bits and commit."""


def write_results(results: Sequence[GateResult], folder: Path | None) -> None:
    """Write marks, table and raw figures.

    Args:
        results: All that is known.
        folder: None is where results lie.
    """
    if not results:
        raise SystemExit("nothing was measured yet")
    groups: dict[_Kind, list[GateResult]] = {}
    for each in results:
        epochs = "as the product" if each.trial.epochs is None else str(each.trial.epochs)
        kind = each.trial.real, epochs, each.trial.bits, each.commit
        groups.setdefault(kind, []).append(each)
    groups = dict(sorted(groups.items()))
    rows: list[list[object]] = []
    for (real, *rest), group in groups.items():
        head = ["real" if real else "meaningless", *rest]
        rows.append([*head, "all", *_row(group)])
        for objective in sorted({each.objective for each in group}):
            part = [each for each in group if each.objective == objective]
            rows.append([*head, objective, *_row(part)])
    report.write(
        "gate",
        [
            *("albums", "epochs", "bits", "commit", "objective", "runs", "too few", "better"),
            *("of those with enough", "gain", "least kept", "processor s a run"),
        ],
        rows,
        summary=[
            _ABOUT,
            *(f"- {line}" for line in _marks(groups)),
            "",
        ],
        raw={"results": [msgspec.to_builtins(each) for each in results]},
        folder=folder or report.RESULTS,
    )


def _marks(groups: Mapping[_Kind, Sequence[GateResult]]) -> list[str]:
    lines = []
    for (real, _, bits, commit), group in groups.items():
        better, enough = _counts(group)
        albums = "real albums" if real else "albums that mean nothing"
        wanted = f"at least {LEAST_TRUE:.0%}" if real else f"at most {MOST_FALSE:.0%}"
        epochs = group[0].trial.epochs
        shorter = "" if epochs is None else f", {epochs} epochs a training"
        lines.append(
            f"{albums}, {bits} bits{shorter}, commit {commit}: {_share(better, enough)} of "
            f"{enough} runs better, {len(group) - enough} more had too few photos "
            f"(wanted {wanted}: {_judged(real, better, enough)})"
        )
    return lines


def _judged(real: bool, better: int, enough: int) -> str:
    """Say whether the mark is met, as far as the runs can tell."""
    low, high = _interval(better, enough)
    met = low >= LEAST_TRUE if real else high <= MOST_FALSE
    missed = high < LEAST_TRUE if real else low > MOST_FALSE
    return "met" if met else "missed" if missed else "not shown yet"


def _row(group: Sequence[GateResult]) -> list[object]:
    better, enough = _counts(group)
    gains = [each.gain for each in group]
    return [
        *(len(group), len(group) - enough, better, _share(better, enough)),
        f"{np.mean(gains):+.3f} [{min(gains):+.3f}, {max(gains):+.3f}]",
        f"{min(each.kept for each in group):.2f}",
        float(np.median([each.processor_s for each in group])),
    ]


def _counts(group: Sequence[GateResult]) -> tuple[int, int]:
    """Return how many taught layers pass, and how many of the runs had enough photos."""
    better = sum(each.finding is Finding.BETTER for each in group)
    return better, sum(each.finding is not Finding.TOO_FEW for each in group)


def _share(count: int, runs: int) -> str:
    """Show a share with its interval."""
    if not runs:
        return "none"
    low, high = _interval(count, runs)
    return f"{count / runs:.1%} [{low:.1%}, {high:.1%}]"


def _interval(count: int, runs: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share (Wilson, JASA 1927); without runs it can be any."""
    if not runs:
        return 0.0, 1.0
    share, square = count / runs, _NORMAL**2
    middle = share + square / (2 * runs)
    half = _NORMAL * math.sqrt(share * (1 - share) / runs + square / (4 * runs**2))
    low, high = ((middle + sign * half) / (1 + square / runs) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)
