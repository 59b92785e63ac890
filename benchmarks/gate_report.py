"""From the results of simulated teachings before the gate to marks, a table and raw figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
Behind a share its interval of 95 % (Wilson). `least kept` is what is left of the neighbours that
the bundled layer keeps; below .5 the product would not use the layer, whatever the verdict.
"""


def write_results(results: Sequence[GateResult], folder: Path | None) -> None:
    """Write marks, table and raw figures.

    Args:
        results: All that is known.
        folder: None is where results lie.
    """
    if not results:
        raise SystemExit("nothing was measured yet")
    groups: dict[tuple[bool, str, int], list[GateResult]] = {}
    for each in results:
        epochs = "as the product" if each.trial.epochs is None else str(each.trial.epochs)
        groups.setdefault((each.trial.real, epochs, each.trial.bits), []).append(each)
    rows: list[list[object]] = []
    for (real, epochs, bits), group in sorted(groups.items()):
        head = ["real" if real else "meaningless", epochs, bits]
        rows.append([*head, "all", *_row(group)])
        for objective in sorted({each.objective for each in group}):
            part = [each for each in group if each.objective == objective]
            rows.append([*head, objective, *_row(part)])
    report.write(
        "gate",
        [
            *("albums", "epochs", "bits", "objective", "runs", "better", "share"),
            *("too few", "of those with enough", "gain", "least kept", "processor s a run"),
        ],
        rows,
        summary=[
            _ABOUT,
            f"- commits: {', '.join(sorted({each.commit for each in results}))}",
            *(f"- {line}" for line in _marks(groups.values())),
            "",
        ],
        raw={"results": [msgspec.to_builtins(each) for each in results]},
        folder=folder or report.RESULTS,
    )


def _marks(groups: Iterable[Sequence[GateResult]]) -> list[str]:
    lines = []
    for group in groups:
        trial = group[0].trial
        better = sum(each.finding is Finding.BETTER for each in group) / len(group)
        met = better >= LEAST_TRUE if trial.real else better <= MOST_FALSE
        albums = "real albums" if trial.real else "albums that mean nothing"
        wanted = f"at least {LEAST_TRUE:.0%}" if trial.real else f"at most {MOST_FALSE:.0%}"
        epochs = "" if trial.epochs is None else f", {trial.epochs} epochs a training"
        lines.append(
            f"{albums}, {trial.bits} bits{epochs}: {better:.1%} of {len(group)} runs better "
            f"(wanted {wanted}: {'met' if met else 'missed'})"
        )
    return lines


def _row(group: Sequence[GateResult]) -> list[object]:
    better = sum(each.finding is Finding.BETTER for each in group)
    few = sum(each.finding is Finding.TOO_FEW for each in group)
    gains = [each.gain for each in group]
    return [
        *(len(group), better, _share(better, len(group)), few, _share(better, len(group) - few)),
        f"{np.mean(gains):+.3f} [{min(gains):+.3f}, {max(gains):+.3f}]",
        f"{min(each.kept for each in group):.2f}",
        float(np.median([each.processor_s for each in group])),
    ]


def _share(count: int, runs: int) -> str:
    """Show a share with its interval of 95 % (Wilson, JASA 1927)."""
    if not runs:
        return ""
    share, square = count / runs, _NORMAL**2
    middle = share + square / (2 * runs)
    half = _NORMAL * math.sqrt(share * (1 - share) / runs + square / (4 * runs**2))
    low, high = ((middle + sign * half) / (1 + square / runs) for sign in (-1, 1))
    return f"{share:.1%} [{max(low, 0.0):.1%}, {min(high, 1.0):.1%}]"
