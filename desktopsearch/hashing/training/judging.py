"""What has come of an epoch: how much its codes find, whether they are sound, and if it counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import unpack
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Labels
from desktopsearch.hashing.training.choice import choice_for
from desktopsearch.hashing.training.features import Features
from desktopsearch.hashing.training.health import CodeHealth, code_health
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.preparation import Preparation
from desktopsearch.hashing.training.validation import (
    LabelRanking,
    NeighbourPreservation,
    Validation,
)

MOST_STRANGERS = 1_000
"""That photos are judged among."""


class Judging:
    """Looks at layers over the photos of one training, epoch by epoch."""

    def __init__(self, source: Features, prepared: Preparation, plan: TrainingPlan) -> None:
        """Draw the training photos whose codes are looked at.

        Args:
            source: Of embeddings, as the network is now.
            prepared: The photos and the objective; the draw is its generator's.
            plan: What is trained.
        """
        self._source = source
        training, judged = prepared.training, prepared.judged
        self._held_out, self._judged = prepared.held_out, judged
        supervised = prepared.kind.requirements.labels is not Labels.NONE
        known = plan.until is not None or (supervised and plan.every_photo)
        self._choice = choice_for(by_label=supervised, known=known)
        photos = len(training.labels)
        self._sample = prepared.generator.permutation(photos)[: source.largest_sample]
        self._strangers = np.flatnonzero(prepared.strangers[self._sample])[:MOST_STRANGERS]
        among = training.subset(self._sample[self._strangers])
        self._validate: Validation = (
            LabelRanking(
                np.concatenate([judged.labels, among.labels]),
                np.concatenate([judged.groups, among.groups]),
            )
            if supervised
            else NeighbourPreservation(judged.embeddings)
        )
        self._different = len(np.unique(training.embeddings[self._sample], axis=0))
        sampled = training.labels[self._sample]
        self._classes = int(sampled.any(axis=0).sum()) if supervised else 0

    @property
    def photos(self) -> int:
        """How many are looked at each time."""
        return len(self._sample) + len(self._held_out.embeddings)

    def takes(self, validation: float | None, health: CodeHealth) -> bool:
        """Tell whether an epoch counts in the place of the one that did before."""
        return self._choice.takes(validation, health)

    def judge(
        self, layer: HashLayer, held_out: NDArray[np.float16]
    ) -> tuple[float | None, CodeHealth]:
        """Look at the codes that a layer makes now.

        Args:
            layer: Of the epoch.
            held_out: (H, D) embeddings of the held-out photos.

        Returns:
            The figure to choose by, None if there is nothing to take it of; and the health.
        """
        # A network that is trained is judged on the held-out photos alone.
        judged = held_out if self._judged is self._held_out else self._judged.embeddings
        sampled = layer.codes(self._source.embeddings(self._sample))
        among = np.concatenate([layer.codes(judged), sampled[self._strangers]])
        validation = self._validate(among) if len(judged) else None
        return validation, code_health(unpack(sampled), self._different, self._classes)
