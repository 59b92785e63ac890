"""The one training loop: from features to a hash layer, an epoch at a time.

Owns the optimiser, the end at a collapse, and going on after an interruption; what is learned is up
to the objective, what features are to their source, and which epoch counts to ``judging``. The
start is ITQ and takes part where one is chosen (``choice`` says how): then, on the photos that are
judged, nothing worse than it comes out, or without labels hardly worse. All draws hang on the seed.

Adam, its learning rates and the number of steps are ours: the papers train whole networks by plain
gradient descent for hours, which says nothing about one layer on frozen embeddings.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import torch

from desktopsearch.domain.errors import BugError, Cancelled
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Batch, Head, Outputs, Task, reduced, total
from desktopsearch.hashing.training.adam import Adam
from desktopsearch.hashing.training.checkpoints import Checkpoint, State
from desktopsearch.hashing.training.features import Features
from desktopsearch.hashing.training.judging import Judging
from desktopsearch.hashing.training.network import HeadNetwork
from desktopsearch.hashing.training.plan import EpochReport, Extent, TrainingPlan
from desktopsearch.hashing.training.preparation import Preparation, never
from desktopsearch.hashing.training.records import (
    layer_of,
    layer_tensors,
    part_of,
    prefixed,
    record_of,
    reports_of,
)

FEWEST_EPOCHS, MOST_EPOCHS = 5, 100
FEWEST_STEPS_OF_EPOCH = 10
"""An epoch passes over few photos several times: a report on less would tell nothing."""
BELOW_HEAD = 0.1
"""Learning rate of what lies below the hash layer, relative to that of the layer."""


class Training:
    """One training: the parts that belong together, and what they remember between epochs."""

    def __init__(
        self,
        source: Features,
        prepared: Preparation,
        plan: TrainingPlan,
        stop: Callable[[], bool] = never,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """Put the parts together; the caller has checked what is asked for.

        Args:
            source: Of features; closed when the training ends.
            prepared: The photos and the objective.
            plan: What to train.
            stop: Asked at each step whether to end.
            checkpoint: Where the state is kept after each epoch.
        """
        self._source = source
        self._plan = plan
        self._stop = stop
        self._checkpoint = checkpoint or Checkpoint(None, "")
        self._generator = prepared.generator
        training, self._held_out = prepared.training, prepared.held_out
        requirements, self._schedule = prepared.kind.requirements, prepared.kind.schedule
        rejections: torch.Tensor | None = None
        if training.rejections is not None:
            rejections = torch.from_numpy(training.rejections).to(source.device)
        task = Task(
            source.untuned,
            torch.from_numpy(training.labels).to(source.device),
            torch.from_numpy(prepared.belonging).to(source.device),
            plan.bits,
            plan.faithful,
            source.rotated,
            source.angles,
            rejections,
        )
        self._objective = prepared.kind(task, self._generator)
        self._start = fit_itq(training.embeddings, plan.bits, plan.seed)
        self._network = HeadNetwork(
            self._start, source.standardisation, source.untuned, self._schedule.spread
        )
        if requirements.head is not Head.NONE:
            classes = training.labels.shape[1]
            self._network.add_classifier(requirements.head, classes, self._generator)
        self._judging = Judging(source, prepared, plan)
        rate = self._schedule.learning_rate
        self._optimiser = Adam(
            [(list(self._network.parameters()), rate), (source.trained(), BELOW_HEAD * rate)]
        )
        self._passes = math.ceil(FEWEST_STEPS_OF_EPOCH / self._objective.epoch_steps)
        self._steps_an_epoch = self._passes * self._objective.epoch_steps
        self._epochs = self._wanted_epochs()
        self._chosen: tuple[int, HashLayer, dict[str, torch.Tensor]] = (0, self._start, {})

    def run(self) -> Iterator[EpochReport]:
        """Yield the start and the epochs; the last report brings the layer.

        Raises:
            Cancelled: It was asked to stop.
        """
        try:
            reports = self._resumed()
            yield from reports
            while not reports or reports[-1].chosen is None:
                reports.append(self._epoch(len(reports)))
                self._keep(reports)
                yield reports[-1]
            self._checkpoint.remove()
        finally:
            self._source.close()

    def extent(self) -> Extent:
        """Reckon what it will go through; it draws for that, so it must not be run any more."""
        batches = list(self._objective.batches())
        turned = sum(len(batch.views) for batch in batches if batch.views is not None)
        learnt = sum(len(batch.rows) for batch in batches) + turned * len(self._source.angles)
        looked_at = self._judging.photos
        if self._objective.requirements.bank:
            looked_at += len(self._source.untuned)
        return Extent(self._epochs, self._passes * learnt, looked_at)

    def _wanted_epochs(self) -> int:
        if self._plan.epochs is not None:
            return self._plan.epochs
        wanted = round((self._plan.steps or self._objective.steps) / self._steps_an_epoch)
        return min(max(wanted, FEWEST_EPOCHS), MOST_EPOCHS)

    def _epoch(self, epoch: int) -> EpochReport:
        """Learn, except before the first epoch, and look at what has come of it."""
        began = time.perf_counter()
        terms = self._learn(epoch) if epoch else {}
        layer = self._network.export() if epoch else self._start
        held_out = self._source.held_out_embeddings()
        validation, health = self._judging.judge(layer, held_out)
        self._tell_objective(self._source.standardisation.apply(held_out).to(self._source.device))
        if self._judging.takes(validation, health):
            self._chosen = epoch, layer, self._source.state()
        report = EpochReport(
            epoch, self._epochs, terms, validation, health, time.perf_counter() - began
        )
        last = epoch in (self._epochs, self._plan.until) or bool(epoch and health.collapsed)
        return self._with_result(report) if last else report

    def _with_result(self, report: EpochReport) -> EpochReport:
        epoch, layer, state = self._chosen
        self._source.load(state)
        return replace(report, chosen=epoch, layer=layer, tuned=self._source.export())

    def _learn(self, epoch: int) -> dict[str, float]:
        """Take the steps of one epoch; return the mean of each term over the batches with it."""
        seen: dict[str, list[float]] = {}
        steps = self._epochs * self._steps_an_epoch
        batches = chain.from_iterable(self._objective.batches() for _ in range(self._passes))
        for step, batch in enumerate(batches, start=(epoch - 1) * self._steps_an_epoch):
            if self._stop():
                raise Cancelled
            outputs = self._outputs(batch)
            terms = self._objective.terms(outputs, batch, step / steps)
            averages = reduced(terms, 0.0 * outputs.codes.sum())
            loss = total(terms, averages)
            if not torch.isfinite(loss):
                raise BugError(f"{self._plan.objective} diverged at step {step}")
            falling = 0.5 * (1 + math.cos(math.pi * step / steps))
            self._optimiser.clear()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step(falling)
            self._source.after_step(falling)
            for name, term in terms.items():
                if term.count:
                    seen.setdefault(name, []).append(float(averages[name].detach()))
        return {name: float(np.mean(values)) for name, values in seen.items()}

    def _outputs(self, batch: Batch) -> Outputs:
        features = self._source.of_step(batch.rows)
        codes = self._objective.activate(self._network(features))
        views: torch.Tensor | None = None
        if batch.views is not None and len(batch.views):
            views = self._objective.activate(self._network(self._source.of_turned(batch.views)))
        return Outputs(codes, self._scores(features, codes), views)

    def _scores(self, features: torch.Tensor, codes: torch.Tensor) -> torch.Tensor | None:
        classifier = self._network.classifier
        if classifier is None:
            return None
        on_code = self._objective.requirements.head is Head.ON_CODE
        scores: torch.Tensor = classifier(codes if on_code else features)
        return scores

    @torch.no_grad()
    def _tell_objective(self, held_out: torch.Tensor) -> None:
        codes: torch.Tensor | None = None
        if self._objective.requirements.bank:
            codes = self._objective.activate(self._network(self._source.of_all()))
        scores = self._scores(held_out, self._objective.activate(self._network(held_out)))
        accuracy: float | None = None
        if scores is not None and len(scores):
            guesses = scores.argmax(dim=1).cpu().numpy()
            accuracy = float(self._held_out.labels[np.arange(len(guesses)), guesses].mean())
        self._objective.after_epoch(codes, accuracy)

    def _keep(self, reports: list[EpochReport]) -> None:
        """Write down all that a later process needs to take the next step as this one would."""
        epoch, layer, state = self._chosen
        tensors = {
            **prefixed("network", self._network.state_dict()),
            **prefixed("source", self._source.state()),
            **prefixed("optimiser", self._optimiser.state()),
            **prefixed("objective", self._objective.memory()),
            **prefixed("chosen source", state),
            **prefixed("chosen layer", layer_tensors(layer)),
        }
        self._checkpoint.write(State(tensors, record_of(reports, epoch, self._generator)))

    def _resumed(self) -> list[EpochReport]:
        """Go back to where an earlier process came to; return the reports that it gave."""
        found = self._checkpoint.read()
        if found is None:
            return []
        tensors = found.tensors
        self._network.load_state_dict(part_of("network", tensors))
        self._source.load(part_of("source", tensors))
        self._optimiser.load(part_of("optimiser", tensors))
        self._objective.recall(part_of("objective", tensors))
        self._generator.bit_generator.state = found.record["generator"]
        layer = layer_of(part_of("chosen layer", tensors))
        self._chosen = int(found.record["chosen"]), layer, part_of("chosen source", tensors)
        reports = reports_of(found.record["reports"])
        for report in reports:
            self._judging.takes(report.validation, report.health)
        if reports[-1].chosen is not None:
            reports[-1] = self._with_result(reports[-1])
        return reports
