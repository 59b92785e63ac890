"""Deep discrete hashing with self-supervised pair labels: neighbours of neighbours are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from desktopsearch.hashing.objectives.base import (
    Batch,
    Labels,
    Objective,
    Outputs,
    Requirements,
    Schedule,
    Task,
    Term,
    signs,
)
from desktopsearch.hashing.samplers import batch_count, shuffled

BATCH = 50
PAPER_NEAREST, PAPER_OVERLAPPING = 20, 30
PAPER_QUANTISATION, PAPER_PHOTOS = 15.0, 10_000
_ROWS_AT_ONCE = 1_024


class DeepDiscreteHashing(Objective):
    """Each batch is compared with the current outputs of all photos.

    Source: Song, He, Fan and Gao, "Deep Discrete Hashing with Self-supervised Pairwise Labels"
    (ECML-PKDD 2017, arXiv 1707.02112), and the authors' code (htconquer/ddh): the graph of 20
    nearest and 30 most overlapping photos, the pair term against the bank of all outputs, held
    constant, the quantisation weight of 15 and batches of 50.
    Differs: the bank starts with one pass over all photos, not with zeros. By default the sizes of
    the graph shrink with the set, the weight of 15, which belongs to 10,000 photos, is scaled to
    their number, and alike and unlike pairs weigh the same in sum, because codes cannot be opposite
    to most others; all of that is advice of ours, not the paper's. ``faithful`` takes 20, 30 and 15
    whatever the number, weighs all pairs alike and starts from zeros.
    """

    requirements = Requirements(Labels.NONE, bank=True)
    schedule = Schedule(learning_rate=3e-4, steps=1_000, spread=1.0)

    def __init__(self, task: Task, generator: np.random.Generator) -> None:
        count = len(task.features)
        self._generator = generator
        self._faithful = task.faithful
        nearest, overlapping = (
            (PAPER_NEAREST, PAPER_OVERLAPPING) if task.faithful else graph_sizes(count)
        )
        self._alike = alike_pairs(nearest_rows(task.features, nearest), overlapping)
        density = float(np.bitwise_count(self._alike).sum()) / max(1, count * count)
        self._unlike_weight = 1.0 if task.faithful else density / max(1 - density, 1e-6)
        self._quantisation = PAPER_QUANTISATION * (1.0 if task.faithful else count / PAPER_PHOTOS)
        self._bank = task.features.new_zeros(count, task.bits)

    @staticmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return the logits themselves."""
        return logits

    @property
    def epoch_steps(self) -> int:
        """Number of batches in an epoch."""
        return batch_count(len(self._bank), BATCH)

    def batches(self) -> Iterator[Batch]:
        """Yield all photos, shuffled."""
        for rows in shuffled(np.arange(len(self._bank)), BATCH, self._generator):
            yield Batch(rows)

    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:  # noqa: ARG002
        """Return the pair and the quantisation term; the bank learns of the batch before."""
        self._bank[batch.rows] = outputs.codes.detach().to(self._bank.dtype)
        bank = self._bank.to(outputs.codes.dtype)
        packed = self._alike[batch.rows.numpy()]
        unpacked = np.unpackbits(packed, axis=1, count=len(bank)).astype(np.bool_)
        alike = torch.from_numpy(unpacked).to(bank.device)
        return {
            "pairs": pairs(outputs.codes, bank, alike, self._unlike_weight),
            "quantisation": quantisation(outputs.codes, len(bank), self._quantisation),
        }

    def after_epoch(self, codes: torch.Tensor | None, head_accuracy: float | None) -> None:  # noqa: ARG002
        """Refresh the whole bank; the paper's knows outputs only from when they were visited."""
        assert codes is not None
        if not self._faithful:
            self._bank = codes

    def memory(self) -> dict[str, torch.Tensor]:
        """Return the bank."""
        return {"bank": self._bank}

    def recall(self, memory: Mapping[str, torch.Tensor]) -> None:
        """Take back the bank."""
        self._bank = memory["bank"].to(self._bank)


def graph_sizes(count: int) -> tuple[int, int]:
    """Return how many nearest and how many overlapping photos suit a set of ``count``."""
    nearest = min(PAPER_NEAREST, count // 500 + 5)
    return nearest, nearest


def nearest_rows(features: torch.Tensor, nearest: int) -> NDArray[np.int64]:
    """Return for each row itself and its nearest by cosine: (N, nearest + 1)."""
    unit = functional.normalize(features)
    count = min(nearest, len(features) - 1)
    found = []
    for start in range(0, len(unit), _ROWS_AT_ONCE):
        cosines = unit[start : start + _ROWS_AT_ONCE] @ unit.T
        rows = torch.arange(len(cosines), device=cosines.device)
        cosines[rows, rows + start] = torch.inf
        found.append(cosines.topk(count + 1, dim=1).indices)
    return torch.cat(found).cpu().numpy()


def alike_pairs(near: NDArray[np.int64], overlapping: int) -> NDArray[np.uint8]:
    """Build the graph of photos that count as alike.

    The neighbourhoods of the photos whose own neighbourhoods overlap most with one's are joined.

    Args:
        near: (N, n) rows of each neighbourhood, itself first.
        overlapping: How many photos' neighbourhoods are joined, its own included.

    Returns:
        (N, ceil(N / 8)) packed bits, symmetric.
    """
    count = len(near)
    owners: list[list[int]] = [[] for _ in range(count)]
    for row, neighbourhood in enumerate(near.tolist()):
        for member in neighbourhood:
            owners[member].append(row)
    owning = [np.array(rows) for rows in owners]
    packed = np.zeros((count, -(-count // 8)), dtype=np.uint8)
    for row in range(count):
        rows, overlaps = np.unique(
            np.concatenate([owning[member] for member in near[row]]), return_counts=True
        )
        most = rows[np.argsort(-overlaps, kind="stable")[:overlapping]]
        alike = np.zeros(count, dtype=np.bool_)
        alike[near[most]] = True
        alike[row] = True
        packed[row] |= np.packbits(alike)
        packed[alike, row // 8] |= np.uint8(128 >> row % 8)
    return packed


def pairs(
    codes: torch.Tensor, bank: torch.Tensor, alike: torch.Tensor, unlike_weight: float
) -> Term:
    """Squared error of the scaled inner products of codes with the bank.

    Args:
        codes: (B, K).
        bank: (N, K), constant.
        alike: (B, N) bool; the target is 1 there, else -1.
        unlike_weight: Of the pairs that are not alike.
    """
    bits = codes.shape[1]
    errors = (codes @ bank.T / bits - torch.where(alike, 1.0, -1.0).to(codes)) ** 2
    weights = torch.where(alike, 1.0, unlike_weight).to(codes)
    return Term(errors * weights, len(codes) * len(bank))


def quantisation(codes: torch.Tensor, photos: int, weight: float) -> Term:
    """Squared distance of (B, K) outputs from their signs, divided like the pair term."""
    return Term((codes - signs(codes.detach())) ** 2, len(codes) * photos, weight)
