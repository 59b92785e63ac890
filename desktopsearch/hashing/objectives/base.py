"""What an objective is to the training loop, and how its terms become one number.

Owns the protocol. An objective decides which photos make a batch, what is measured on them and what
it remembers in between; it never steps an optimiser and never touches the network's weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray


class Labels(StrEnum):
    """Which labels a method was made for; those with labels also bear the other kinds."""

    NONE = "none"
    SINGLE = "single"
    SINGLE_AND_UNLABELLED = "single+unlabelled"
    MULTI = "multi"


class Head(StrEnum):
    """What a classifier reads, where the method has one."""

    NONE = "none"
    ON_CODE = "on_code"
    ON_FEATURE = "on_feature"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a method needs beside embeddings."""

    labels: Labels
    head: Head = Head.NONE
    views: bool = False
    """Embeddings of rotated photos; without them the terms on them stay out."""
    bank: bool = False
    """The current outputs of all photos after each epoch."""
    skip: bool = False
    """The mean of an earlier stage behind the features, where a deep plan names the stage; a
    training on stored embeddings goes without."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a layer on frozen embeddings is trained; all of it is ours, not the papers'."""

    learning_rate: float
    """Of Adam, at the start; it falls to nothing along half a cosine."""
    steps: int
    """Wanted in all, in whole epochs; an objective may want fewer for what it is given."""
    spread: float
    """Root mean square of the logits at the start: where the activation is neither flat nor
    linear, and as far from the quantised values as the method expects."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What an objective is prepared with; features and labels are on the network's device."""

    features: torch.Tensor
    """(N, D) float, standardised embeddings."""
    labels: torch.Tensor
    """(N, C) bool; a row without any is an unlabelled photo."""
    belonging: torch.Tensor
    """(N,) float from 0 to 1: how likely a photo belongs to any class; 1 if it is labelled."""
    bits: int
    faithful: bool
    """Whether constants and quirks are those of the paper's code, else mended ones."""
    rotated: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(M,) rows of which rotated embeddings exist."""
    angles: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """(V,) degrees."""
    rejections: torch.Tensor | None = None
    """(N, C) bool, which photos are said not to be of a class."""

    @property
    def labelled(self) -> torch.Tensor:
        """(N,) bool."""
        return self.labels.any(dim=1)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The photos of one step; all of it stays on the CPU, where it is drawn."""

    rows: torch.Tensor
    """(B,) long."""
    triplets: torch.Tensor | None = None
    """(T, 3) long, positions in ``rows``: query, nearer, farther."""
    triplet_weights: torch.Tensor | None = None
    """(T,) float."""
    view_positions: torch.Tensor | None = None
    """(R,) long, positions in ``rows`` of photos of which rotated embeddings exist."""
    views: torch.Tensor | None = None
    """(R,) long, which of the rotated photos these are."""


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What the network says of a batch."""

    codes: torch.Tensor
    """(B, K) float, relaxed codes: activated logits."""
    scores: torch.Tensor | None = None
    """(B, C) float, of the classifier."""
    views: torch.Tensor | None = None
    """(V, R, K) float, relaxed codes of the rotated photos."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One summand of a loss, not yet averaged."""

    values: torch.Tensor
    """Of any shape, differentiable."""
    count: int
    """What their sum is divided by; 0 if the batch held nothing to measure."""
    weight: float = 1.0


class Objective(ABC):
    """A paper's method, prepared for one training."""

    requirements: ClassVar[Requirements]
    schedule: ClassVar[Schedule]

    @abstractmethod
    def __init__(self, task: Task, generator: np.random.Generator) -> None:
        """Prepare: whatever is computed once from the whole set."""

    @staticmethod
    @abstractmethod
    def activate(logits: torch.Tensor) -> torch.Tensor:
        """Return relaxed codes; above the activation's middle exactly where a logit is above 0."""

    @property
    def steps(self) -> int:
        """Wanted in all, for these photos."""
        return self.schedule.steps

    @property
    @abstractmethod
    def epoch_steps(self) -> int:
        """Number of batches in an epoch."""

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """Yield the batches of one epoch."""

    @abstractmethod
    def terms(self, outputs: Outputs, batch: Batch, progress: float) -> dict[str, Term]:
        """Return the summands of the loss by name.

        Args:
            outputs: Of the batch.
            batch: One that this objective composed.
            progress: From 0 at the first step towards 1 at the last.
        """

    def after_epoch(  # noqa: B027 - most need none
        self, codes: torch.Tensor | None, head_accuracy: float | None
    ) -> None:
        """Look at the whole before the first and after every epoch.

        Args:
            codes: (N, K) the current outputs of all photos, if ``requirements.bank`` says so.
            head_accuracy: Share of held-out photos that the classifier gets right, if it is known;
                of learnt ones where every photo is.
        """

    def memory(self) -> dict[str, torch.Tensor]:
        """Return what was learned since the preparation beside the network, to go on from."""
        return {}

    def recall(self, memory: Mapping[str, torch.Tensor]) -> None:  # noqa: B027 - most have none
        """Take back what ``memory`` gave."""


def reduced(terms: Mapping[str, Term], zero: torch.Tensor) -> dict[str, torch.Tensor]:
    """Average each term, unweighted; one without a count becomes ``zero``.

    Args:
        terms: Summands by name.
        zero: A scalar 0 that hangs on the network's outputs, so that it has a gradient.
    """
    return {
        name: term.values.sum() / term.count if term.count else zero for name, term in terms.items()
    }


def total(terms: Mapping[str, Term], averages: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Add up the averages by the weights of their terms."""
    weighted = [terms[name].weight * average for name, average in averages.items()]
    return torch.stack(weighted).sum()


def signs(outputs: torch.Tensor) -> torch.Tensor:
    """Return the code as -1 and +1; unlike ``torch.sign`` it knows no third value at 0."""
    return torch.where(outputs > 0, 1.0, -1.0).to(outputs.dtype)


def squared_distances(vectors: torch.Tensor) -> torch.Tensor:
    """Return (B, B) squared distances of (B, D) vectors.

    One product, and one on the way back, cost less than to gather rows for each pair that is asked
    about. Of vectors that are almost equal it is not exact.
    """
    lengths = (vectors**2).sum(dim=1)
    return (lengths[:, None] + lengths - 2 * vectors @ vectors.T).clamp(min=0)
