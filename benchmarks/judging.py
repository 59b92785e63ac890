"""The figures of one way of ranking under one protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.protocols import Protocol, Split
from desktopsearch.domain.metrics import (
    average_precision,
    average_precision_of_found,
    cumulative_gain_at,
    ndcg,
    nothing_within,
    precision_and_recall,
    precision_at,
    precision_within,
    weighted_average_precision,
)
from desktopsearch.domain.rankings import TiedRankings, blocks, shared_labels

MEAN_AP = "mAP"
RADIUS = 2
WEIGHTED_CUT = 5_000
"""Where the DSRH paper cuts its weighted mAP."""
_POINTS_OF_CURVE = 30

Rank = Callable[[slice, NDArray[np.int64]], TiedRankings]
"""From a run of the queries and their levels to rankings of the database."""
_PerQuery = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Means over the queries; those without any relevant photo count in no mean that needs one."""

    figures: Mapping[str, float]
    """By name; shares from 0 to 1, but for the graded ones."""
    precision: list[float]
    """At the cut-offs of ``curve_ranks``."""
    recall: list[float]
    without_relevant: int
    """How many queries there are to which no photo of the database is relevant."""

    @property
    def mean_ap(self) -> float:
        """The figure that all are compared by."""
        return self.figures[MEAN_AP]

    def with_figure(self, name: str, value: float) -> Judgement:
        """Return the same with one more figure."""
        return replace(self, figures={**self.figures, name: value})


def curve_ranks(photos: int) -> NDArray[np.int64]:
    """Return the cut-offs of a precision-recall curve, from 1 to all photos."""
    return np.unique(np.geomspace(1, photos, _POINTS_OF_CURVE).round().astype(np.int64))


def judge(
    rank: Rank, labels: NDArray[np.bool_], split: Split, protocol: Protocol, *, by_distance: bool
) -> Judgement:
    """Rank the database for all queries and measure it.

    Args:
        rank: The way of ranking.
        labels: (N, C) of all photos.
        split: Which of them ask and are searched.
        protocol: Says which figures are wanted.
        by_distance: Whether groups of ties are Hamming distances, so that radii mean something.
    """
    wanted, there = labels[split.queries], labels[split.database]
    ranks = curve_ranks(len(there))
    measured: list[_PerQuery] = []
    precisions, recalls = [], []
    for block in blocks(len(wanted), len(there)):
        rankings = rank(block, shared_labels(wanted[block], there))
        measured.append(_figures(rankings, protocol, by_distance=by_distance))
        precision, recall = precision_and_recall(rankings, ranks)
        precisions.append(precision)
        recalls.append(recall)
    together = {name: np.concatenate([part[name] for part in measured]) for name in measured[0]}
    judged = ~np.isnan(together[MEAN_AP])
    figures = {name: float(values[judged].mean()) for name, values in together.items()}
    return Judgement(
        figures,
        np.concatenate(precisions)[judged].mean(axis=0).tolist(),
        np.concatenate(recalls)[judged].mean(axis=0).tolist(),
        int((~judged).sum()),
    )


def _figures(rankings: TiedRankings, protocol: Protocol, *, by_distance: bool) -> _PerQuery:
    cut = protocol.cut
    figures = {
        MEAN_AP: average_precision(rankings),
        f"mAP@{cut}": average_precision(rankings, cut),
        f"mAP@{cut}(lit)": average_precision_of_found(rankings, cut),
        "precision@100": precision_at(rankings, 100),
    }
    if protocol.graded:
        figures |= {
            "NDCG@100": ndcg(rankings, 100),
            "ACG@100": cumulative_gain_at(rankings, 100),
            f"weighted mAP@{WEIGHTED_CUT}": weighted_average_precision(rankings, WEIGHTED_CUT),
        }
    if by_distance:
        figures |= {
            f"precision within {RADIUS}": precision_within(rankings, RADIUS),
            f"nothing within {RADIUS}": nothing_within(rankings, RADIUS).astype(np.float64),
        }
    return figures
