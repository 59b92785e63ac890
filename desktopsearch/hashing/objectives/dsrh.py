"""Deep semantic ranking: the more labels two photos share, the nearer their codes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.hashing.objectives.base import (
    Batch,
    Labels,
    Objective,
    Outputs,
    Requirements,
    Schedule,
    Task,
    Term,
)
from desktopsearch.hashing.objectives.rejections import rejections_of
from desktopsearch.hashing.samplers import batch_count, drawn, rows_where, shuffled

QUERIES = 64
PAPER_MARGIN, PAPER_BITS = 5.0, 64
SMALLEST_MARGIN = 2.0
LARGEST_POOL = 5_000
"""Labelled photos that the lists of a batch are drawn from."""
REJECTED_SHARE = 0.5
"""Of the lists of queries whose classes reject photos: they end with one of these."""
BALANCE = 1.0
PAPER_CLASS_SIZE = 3_000


class DeepSemanticRanking(Objective):
    """Triplets drawn over the whole set, weighed by what they cost in a ranked list.

    Photos with one label each are a special case: one triplet a query, all of equal weight.
    Unlabelled photos are not used: that they share no label is not known.

    Source: Zhao, Huang, Wang and Tan, "Deep Semantic Ranking Based Hashing for Multi-Label Image
    Retrieval" (CVPR 2015, arXiv 1501.06272): the weighted triplet loss is recalled from the paper;
    its weights, lists of three, the margin of 5 at 64 bits and the balance weight of 1 were read
    in the authors' code (zhaofang0627/cuda-convnet-for-hashing). Averaging the loss over the
    queries of a batch, where the paper sums, is ours.
    Differs: stored embeddings have no skip connection; a deep training may have one, into the
    embedding that the hash layer reads, since one embedding a photo is stored. A query
    is never in its own list, which is drawn from 5,000 photos where there are more; a query without
    a middle level has one triplet instead of failing; the balance is not multiplied by the weights
    of triplets, an accident in the code. By default the margin grows with the code, not under 2,
    and rare classes are queried up to three times the size of a small class; a photo that is
    rejected from a class of the query ends every other of its lists. ``faithful`` takes the margin
    of 5 and the class size of 3,000 as they are and knows no rejections.
    """

    requirements = Requirements(Labels.MULTI, skip=True)
    schedule = Schedule(learning_rate=3e-3, steps=1_500, spread=2.0)

    def __init__(self, task: Task, generator: np.random.Generator) -> None:
        # Lists are drawn on the CPU, wherever the network is.
        labels = task.labels.cpu()
        self._labels = labels.float()
        self._generator = generator
        self._rows = rows_where(task.labelled)
        rejections = rejections_of(task).cpu()
        self._rejections = rejections.float() if rejections.any() else None
        self._denied_rows = rows_where(rejections.any(dim=1) & ~labels.any(dim=1))
        self._margin = PAPER_MARGIN if task.faithful else margin(task.bits)
        sizes = labels.sum(dim=0).numpy()
        wanted = PAPER_CLASS_SIZE if task.faithful else usual_size(sizes)
        self._chances = query_repeats(labels[self._rows].numpy(), sizes, wanted)

    @staticmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return codes from -1 to 1: twice the sigmoid, less one."""
        return torch.tanh(logits / 2)

    @property
    def epoch_steps(self) -> int:
        """Number of batches in an epoch."""
        return batch_count(len(self._rows), QUERIES)

    def batches(self) -> Iterator[Batch]:
        """Yield as many queries as there are labelled photos, each with its list."""
        chances = self._chances / self._chances.sum() if len(self._rows) else None
        queries = self._generator.choice(self._rows, len(self._rows), p=chances)
        for rows in shuffled(queries, QUERIES, self._generator):
            pool = self._rows
            if len(pool) > LARGEST_POOL:
                pool = self._generator.choice(pool, LARGEST_POOL, replace=False)
            pool = np.concatenate((pool, self._denied_rows))
            yield ranking_lists(
                rows, torch.from_numpy(pool), self._labels, self._generator, self._rejections
            )

    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:  # noqa: ARG002
        """Return the weighted triplets and the balance of the queries' bits."""
        assert batch.triplets is not None
        assert batch.triplet_weights is not None
        queries = batch.triplets[:, 0].bincount().nonzero()[:, 0]
        return {
            "ranking": weighted_triplets(
                outputs.codes, batch.triplets, batch.triplet_weights, self._margin
            ),
            "balance": query_balance(outputs.codes[queries]),
        }


def margin(bits: int) -> float:
    """Return the margin in bits of a code: as much of it as in the paper, at least two."""
    return max(SMALLEST_MARGIN, PAPER_MARGIN * bits / PAPER_BITS)


def usual_size(sizes: NDArray[np.int64]) -> float:
    """Return three times the size of a small class, the 20th percentile of (C,) sizes."""
    return 3.0 * float(np.percentile(sizes[sizes > 0], 20)) if (sizes > 0).any() else 0.0


def query_repeats(
    labels: NDArray[np.bool_], sizes: NDArray[np.int64], wanted: float
) -> NDArray[np.float64]:
    """Return how often each photo is a query relative to the others, by its rarest class.

    Args:
        labels: (N, C), at least one each.
        sizes: (C,) photos of each class.
        wanted: Size that classes are brought up to.
    """
    repeats = np.floor(wanted / np.maximum(sizes, 1)) + 1
    rarest: NDArray[np.float64] = np.where(labels, repeats, 0.0).max(axis=1, initial=0.0)
    return rarest


def ranking_lists(
    queries: torch.Tensor,
    pool: torch.Tensor,
    labels: torch.Tensor,
    generator: np.random.Generator,
    rejections: torch.Tensor | None = None,
) -> Batch:
    """Draw for each query a list: most labels shared, fewer where there are such, none.

    Args:
        queries: (Q,) rows; a query may come twice.
        pool: (P,) rows to draw from, labelled or rejected from a class.
        labels: (N, C) float.
        generator: Draws.
        rejections: (N, C) float, if there are any.

    Returns:
        A batch with one or three weighted triplets a query; queries without a list have none.
    """
    levels = labels[queries] @ labels[pool].T
    others = queries[:, None] != pool[None]
    highest = levels.masked_fill(~others, 0).max(dim=1, keepdim=True).values
    most, has_most = drawn(others & (levels == highest) & (levels > 0), generator)
    fewer, has_fewer = drawn(others & (levels < highest) & (levels > 0), generator)
    known = labels[pool].any(dim=1)
    none, has_none = drawn(others & (levels == 0) & known, generator)
    if rejections is not None:
        refused = (labels[queries] @ rejections[pool].T > 0) & (levels == 0)
        rejected, has_rejected = drawn(refused, generator)
        lots = torch.from_numpy(generator.random(len(queries)) < REJECTED_SHARE)
        none = torch.where(has_rejected & (lots | ~has_none), rejected, none)
        has_none |= has_rejected
    at = torch.arange(len(queries))
    one, two, three = at + len(queries), at + 2 * len(queries), at + 3 * len(queries)
    gain_most, gain_fewer = 2 ** levels[at, most] - 1, 2 ** levels[at, fewer] - 1
    listed, short = has_most & has_fewer, has_most & ~has_fewer & has_none
    ideal = torch.where(listed, gain_most / math.log(2) + gain_fewer / math.log(3), 1.0)
    lists = (
        (one, two, (gain_most - gain_fewer) / ideal, listed),
        (one, three, gain_most / ideal, listed & has_none),
        (two, three, gain_fewer / ideal, listed & has_none),
        (one, three, torch.full_like(ideal, math.log(2)), short),
    )
    triplets = torch.cat([torch.stack((at, near, far), 1)[ok] for near, far, _, ok in lists])
    weights = torch.cat([weight[ok] for *_, weight, ok in lists])
    return Batch(torch.cat((queries, pool[most], pool[fewer], pool[none])), triplets, weights)


def weighted_triplets(
    codes: torch.Tensor, triplets: torch.Tensor, weights: torch.Tensor, margin_bits: float
) -> Term:
    """Hinge on the difference of relaxed Hamming distances, weighed, averaged over queries.

    Args:
        codes: (B, K) from -1 to 1.
        triplets: (T, 3) positions of query, nearer, farther.
        weights: (T,).
        margin_bits: By how many bits the farther one must be farther.
    """
    query, nearer, farther = (codes[triplets[:, column]] for column in range(3))
    difference = 0.5 * ((query * farther).sum(dim=1) - (query * nearer).sum(dim=1))
    values = weights.to(codes) * (difference + margin_bits).clamp(min=0)
    queries = int((triplets[:, 0].bincount() > 0).sum())
    return Term(values, queries)


def query_balance(codes: torch.Tensor) -> Term:
    """Half the squared length of the mean of (Q, K) codes; of one query it means nothing."""
    if len(codes) < 2:
        return Term(codes.new_zeros(0), 0, BALANCE)
    return Term(0.5 * codes.mean(dim=0) ** 2, 1, BALANCE)
