"""What is asked of a training, and what it tells after each epoch. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights
from desktopsearch.hashing.training.health import CodeHealth


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is to be trained, and how."""

    objective: str
    """Its id in the registry."""
    bits: int
    seed: int = 0
    faithful: bool = False
    """Constants and quirks of the paper's code instead of mended ones."""
    epochs: int | None = None
    """By default as many as the objective wants for a set of this size."""
    steps: int | None = None
    """Of the optimiser, which ``epochs`` follow from; by default as many as the objective wants."""
    every_photo: bool = False
    """Learns also from the photos that would choose an epoch. With labels the last one is taken;
    without them these photos choose it all the same, since there is nothing to learn by heart."""
    until: int | None = None
    """Ends with this epoch. For a second training, of every photo, when a first one of as many
    ``epochs`` has chosen."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """The same seed gives the same layer on the CPU; elsewhere nearly."""


@dataclass(frozen=True, slots=True)
class DeepPlan(TrainingPlan):
    """What is to be trained with the network under the hash layer."""

    stages: int | None = None
    """How many of the backbone's last stages are trained; None is the whole network."""
    views: int = 4
    """Under frozen stages: the photo as it is and so many less one changed a little."""
    skip_stage: int | None = None
    """Stage whose mean is put behind the features, as ``Backbone.forward`` has it; only for an
    objective whose requirements name a skip."""


@dataclass(frozen=True, slots=True, eq=False)
class TunedNetwork:
    """What a deep training changed under the hash layer, as ``save_model`` takes it."""

    embedding: EmbeddingWeights
    backbone: Mapping[str, NDArray[np.generic]]
    """All of its weights, trained or not, kernels rounded to float16."""
    skip_stage: int | None


class Extent(NamedTuple):
    """What a training goes through if nothing ends it early."""

    epochs: int
    learnt: int
    """Photos in the steps of an epoch, as often as they are in one."""
    looked_at: int
    """Photos that are described after an epoch, and at the start."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochReport:
    """What an epoch came to; epoch 0 is the start, before any step."""

    epoch: int
    epochs: int
    """Planned."""
    terms: Mapping[str, float]
    """Each term of the loss, averaged over the batches that had it, without its weight."""
    validation: float | None
    """Higher is better: mean average precision by label on photos that are not learnt from, or for
    methods without labels the share of neighbours kept. None if there are none that say it."""
    health: CodeHealth
    """Of the codes of some training photos; training ends with an epoch that collapsed and never
    chooses it."""
    seconds: float
    """That the epoch took, validation included."""
    chosen: int | None = None
    """In the last report only: the epoch whose layer was taken (``choice`` says which)."""
    layer: HashLayer | None = None
    """In the last report only: the layer of that epoch."""
    tuned: TunedNetwork | None = None
    """In the last report of a deep training only: the network of that epoch."""
