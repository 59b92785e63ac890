"""The one training loop: from stored embeddings to a hash layer, an epoch at a time.

Owns the optimiser, the choice of the epoch and the watch for collapse; what is learned is up to the
objective. The start is ITQ and takes part in the choice, so on the held-out photos of the inner
split nothing worse than it comes out, or without labels hardly worse (``choice`` says how much).
Everything random hangs on the seed of the plan.

Adam, its learning rates and the number of steps are ours: the papers train whole networks by plain
gradient descent for hours, which says nothing about one layer on frozen embeddings.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import torch

from desktopsearch.domain.codes import check_bits, unpack
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.objectives.base import (
    Batch,
    Head,
    Labels,
    Objective,
    Outputs,
    Task,
    reduced,
    total,
)
from desktopsearch.hashing.objectives.registry import objective_named
from desktopsearch.hashing.training.choice import Choice, HighestValidation, LatestSound
from desktopsearch.hashing.training.health import code_health
from desktopsearch.hashing.training.inner_split import split_blindly, split_by_label
from desktopsearch.hashing.training.network import HeadNetwork, Standardisation
from desktopsearch.hashing.training.plan import EpochReport, TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet, limited
from desktopsearch.hashing.training.validation import (
    LabelRanking,
    NeighbourPreservation,
    Validation,
)

FEWEST_EPOCHS, MOST_EPOCHS = 5, 100
FEWEST_STEPS_OF_EPOCH = 10
"""An epoch passes over few photos several times: a report on less would tell nothing."""
_LARGEST_SAMPLE = 5_000


def train_head(training: TrainingSet, plan: TrainingPlan) -> Iterator[EpochReport]:
    """Train a hash layer on embeddings; yield a report for the start and for each epoch.

    Closing the iterator ends training. What is asked for is checked before anything is yielded.

    Args:
        training: The photos; at most 20,000 without a label are used.
        plan: What to train.

    Raises:
        DesktopSearchError: TRAINING_OBJECTIVE_UNKNOWN, TRAINING_TOO_FEW_LABELS,
            TRAINING_TOO_FEW_PHOTOS, TRAINING_NOT_FINITE, BITS_INVALID.
    """
    kind = objective_named(plan.objective)
    check_bits(plan.bits, training.embeddings.shape[1])
    _check_finite(training)
    generator = np.random.default_rng(plan.seed)
    by_label = kind.requirements.labels is not Labels.NONE
    chosen = limited(training, generator, keep_labelled=by_label)
    split = (split_by_label if by_label else split_blindly)(chosen, generator)
    return HeadTraining(
        chosen.subset(split.training), chosen.subset(split.held_out), kind, plan, generator
    ).run()


def _check_finite(training: TrainingSet) -> None:
    broken = int((~np.isfinite(training.embeddings).all(axis=1)).sum())
    if training.rotations is not None:
        finite = np.isfinite(training.rotations.embeddings).all(axis=(0, 2))
        broken += int((~finite).sum())
    if broken:
        raise DesktopSearchError(ProblemCode.TRAINING_NOT_FINITE, photos=broken)


class HeadTraining:
    """One training: the parts that belong together, and what they remember between epochs.

    Its parts are given; ``train_head`` checks and splits what a caller has.
    """

    def __init__(
        self,
        training: TrainingSet,
        held_out: TrainingSet,
        kind: type[Objective],
        plan: TrainingPlan,
        generator: np.random.Generator,
    ) -> None:
        requirements = kind.requirements
        self._plan = plan
        self._schedule = kind.schedule
        self._held_out = held_out
        self._start = fit_itq(training.embeddings, plan.bits, plan.seed)
        standardisation = Standardisation.of(training.embeddings)
        self._features = standardisation.apply(training.embeddings)
        self._held_out_features = standardisation.apply(held_out.embeddings)
        self._views: torch.Tensor | None = None
        task = Task(self._features, torch.from_numpy(training.labels), plan.bits, plan.faithful)
        if requirements.views and training.rotations is not None:
            self._views = standardisation.apply(training.rotations.embeddings)
            turned, angles, _ = training.rotations
            task = replace(task, rotated=turned, angles=angles)
        self._objective = kind(task, generator)
        self._network = HeadNetwork(
            self._start, standardisation, self._features, kind.schedule.spread
        )
        if requirements.head is not Head.NONE:
            classes = training.labels.shape[1]
            self._network.add_classifier(requirements.head, classes, generator)
        self._supervised = requirements.labels is not Labels.NONE
        self._validate: Validation = (
            LabelRanking(held_out.embeddings, held_out.labels, held_out.groups)
            if self._supervised
            else NeighbourPreservation(held_out.embeddings)
        )
        sample = generator.permutation(len(self._features))[:_LARGEST_SAMPLE]
        self._sample = training.embeddings[sample]
        self._different = len(np.unique(self._sample, axis=0))
        self._classes = int(training.labels[sample].any(axis=0).sum()) if self._supervised else 0

    def run(self) -> Iterator[EpochReport]:
        """Yield the start and the epochs; the last report brings the layer."""
        passes = math.ceil(FEWEST_STEPS_OF_EPOCH / self._objective.epoch_steps)
        steps_an_epoch = passes * self._objective.epoch_steps
        epochs = self._epochs(steps_an_epoch)
        steps = epochs * steps_an_epoch
        optimiser = torch.optim.Adam(self._network.parameters(), lr=self._schedule.learning_rate)
        falling = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
        )
        choice: Choice = HighestValidation() if self._supervised else LatestSound()
        chosen, chosen_layer = 0, self._start
        for epoch in range(epochs + 1):
            began = time.perf_counter()
            terms: dict[str, float] = {}
            if epoch:
                batches = chain.from_iterable(self._objective.batches() for _ in range(passes))
                terms = self._learn(
                    optimiser, falling, batches, (epoch - 1) * steps_an_epoch, steps
                )
            layer = self._network.export() if epoch else self._start
            validation = self._validate(layer)
            health = code_health(unpack(layer.codes(self._sample)), self._different, self._classes)
            self._tell_objective()
            if choice.takes(validation, health):
                chosen, chosen_layer = epoch, layer
            last = epoch == epochs or bool(epoch and health.collapsed)
            yield EpochReport(
                epoch=epoch,
                epochs=epochs,
                terms=terms,
                validation=validation,
                distinct=health.distinct,
                bit_entropy=health.bit_entropy,
                collapsed=health.collapsed,
                seconds=time.perf_counter() - began,
                chosen=chosen if last else None,
                layer=chosen_layer if last else None,
            )
            if last:
                return

    def _epochs(self, steps_an_epoch: int) -> int:
        if self._plan.epochs is not None:
            return self._plan.epochs
        wanted = round(self._schedule.steps / steps_an_epoch)
        return min(max(wanted, FEWEST_EPOCHS), MOST_EPOCHS)

    def _learn(
        self,
        optimiser: torch.optim.Optimizer,
        falling: torch.optim.lr_scheduler.LambdaLR,
        batches: Iterator[Batch],
        done: int,
        steps: int,
    ) -> dict[str, float]:
        """Take the steps of one epoch; return the mean of each term over the batches with it."""
        seen: dict[str, list[float]] = {}
        for step, batch in enumerate(batches, start=done):
            outputs = self._outputs(batch)
            terms = self._objective.terms(outputs, batch, step / steps)
            averages = reduced(terms, 0.0 * outputs.codes.sum())
            loss = total(terms, averages)
            if not torch.isfinite(loss):
                raise BugError(f"{self._plan.objective} diverged at step {step}")
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            falling.step()
            for name, term in terms.items():
                if term.count:
                    seen.setdefault(name, []).append(float(averages[name].detach()))
        return {name: float(np.mean(values)) for name, values in seen.items()}

    def _outputs(self, batch: Batch) -> Outputs:
        features = self._features[batch.rows]
        codes = self._objective.activate(self._network(features))
        views: torch.Tensor | None = None
        if self._views is not None and batch.views is not None:
            views = self._objective.activate(self._network(self._views[:, batch.views]))
        return Outputs(codes, self._scores(features, codes), views)

    def _scores(self, features: torch.Tensor, codes: torch.Tensor) -> torch.Tensor | None:
        classifier = self._network.classifier
        if classifier is None:
            return None
        on_code = self._objective.requirements.head is Head.ON_CODE
        scores: torch.Tensor = classifier(codes if on_code else features)
        return scores

    @torch.no_grad()
    def _tell_objective(self) -> None:
        codes: torch.Tensor | None = None
        if self._objective.requirements.bank:
            codes = self._objective.activate(self._network(self._features))
        features = self._held_out_features
        scores = self._scores(features, self._objective.activate(self._network(features)))
        accuracy: float | None = None
        if scores is not None and len(scores):
            guesses = scores.argmax(dim=1).numpy()
            accuracy = float(self._held_out.labels[np.arange(len(guesses)), guesses].mean())
        self._objective.after_epoch(codes, accuracy)
