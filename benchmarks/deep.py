"""Trains the network under the hash layer, and describes all photos of a pack with it.

What a finished training came to is kept, and an unfinished one goes on, so that a benchmark of days
can be stopped. Files know the model and the plan, not the code: remove ``deep`` below the cache
folder when training has changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.comparison import Tuned
from benchmarks.photo_packs import keep_array
from benchmarks.pixels import PixelFiles
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.weights import load_backbone, stored_state, with_state
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import Model, write_whole
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.deep import deep_training
from desktopsearch.hashing.training.inputs import AT_ONCE, FrozenInputs, Inputs, LiveInputs, Photos
from desktopsearch.hashing.training.plan import DeepPlan, EpochReport, TrainingPlan, TunedNetwork
from desktopsearch.hashing.training.preparation import never
from desktopsearch.hashing.training.records import reports_as_json, reports_of
from desktopsearch.hashing.training.training_set import DeepTrainingSet, TrainingSet
from desktopsearch.hashing.training.views import as_it_is

_CODES, _REPORTS = "codes.npy", "reports.json"


class DeepTrainer:
    """Trains on the photos of one pack, always from the same network."""

    def __init__(
        self,
        model: Model,
        folder: Path,
        pixels: PixelFiles,
        photos: int,
        cache: Path,
        name: str,
        stages: int | None = None,
        epochs: int | None = None,
    ) -> None:
        """Prepare.

        Args:
            model: To begin with.
            folder: Of the model.
            pixels: Of all photos.
            photos: Their number.
            cache: Folder of all that is kept; its name must tell pack and size.
            name: Of the split, for files of its own.
            stages: How many stages are trained; None is all of them.
            epochs: None is as many as the objective wants.
        """
        # The backbone as a model folder would hold it: what is judged is what could be stored.
        state = stored_state(load_backbone(model.manifest, folder))
        self._base = _with_state(model.manifest.backbone, state)
        self._embedding = model.embedding
        self._pixels = pixels
        self._photos = photos
        self._stages = stages
        self._epochs = epochs
        self._cache = cache
        self._name = name
        self._key = f"{model.manifest.fingerprint[:16]}-{stages or 'whole'}"
        self._device = choose_device("auto")

    def untuned(self) -> NDArray[np.float16]:
        """Return (N, D) embeddings of all photos by the network before training."""
        file = self._cache / f"{self._key}-untuned.npy"
        if not file.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            before = TunedNetwork(self._embedding, stored_state(self._base), None)
            keep_array(file, self._described(before))
        found: NDArray[np.float16] = np.load(file)
        return found

    def train(
        self, training: TrainingSet, rows: NDArray[np.int64], of_layer: TrainingPlan
    ) -> Tuned:
        """Train, or return what an earlier run of the same plan on as many photos came to.

        Args:
            training: The photos to learn from.
            rows: Where they are among all.
            of_layer: The plan of the hash layer.
        """
        plan = DeepPlan(
            of_layer.objective,
            of_layer.bits,
            of_layer.seed,
            epochs=self._epochs,
            stages=self._stages,
        )
        epochs = f"-{plan.epochs}" if plan.epochs else ""
        name = (
            f"{self._name}-{self._key}-{plan.objective}-{plan.bits}-{plan.seed}-{len(rows)}{epochs}"
        )
        folder = self._cache / name
        if not (folder / _CODES).exists():
            self._train(training, rows, plan, folder)
        told = json.loads((folder / _REPORTS).read_bytes())
        reports = reports_of(told)
        return Tuned(np.load(folder / _CODES), reports, sum(each.seconds for each in reports))

    def _train(
        self, training: TrainingSet, rows: NDArray[np.int64], plan: DeepPlan, folder: Path
    ) -> None:
        reports = []
        for report in deep_training(
            DeepTrainingSet(training, lambda asked: self._pixels(rows[asked])),
            plan,
            self._base,
            self._embedding,
            checkpoints=folder,
            cache=self._cache / "frozen",
        ).run():
            print(_told(plan, report), file=sys.stderr)
            reports.append(report)
            if report.layer is not None and report.tuned is not None:
                # Before the training forgets its state.
                codes = report.layer.codes(self._described(report.tuned))
                write_whole(folder / _REPORTS, json.dumps(reports_as_json(reports)).encode())
                keep_array(folder / _CODES, codes)

    @torch.no_grad()
    def _described(self, tuned: TunedNetwork) -> NDArray[np.float16]:
        """Return (N, D) embeddings of all photos by a network as it is stored."""
        backbone = _with_state(self._base.name, tuned.backbone)
        unused = HashLayer(
            np.zeros((1, len(tuned.embedding.weight)), np.float32), np.zeros(1, np.float32)
        )
        network = HashingNetwork(backbone, tuned.embedding, unused, tuned.skip_stage)
        cut = CutNetwork(network.to(self._device), self._stages)
        photos = Photos(self._pixels, np.arange(self._photos), [as_it_is])
        inputs: Inputs = (
            FrozenInputs(photos, cut, self._device, self._cache / f"{self._key}-all", 0, never)
            if cut.cut
            else LiveInputs(photos, cut, self._device)
        )
        found = [
            cut.embeddings(inputs.viewed(places)).half().cpu().numpy()
            for places in np.array_split(photos.rows, -(-self._photos // AT_ONCE))
        ]
        embeddings: NDArray[np.float16] = np.concatenate(found)
        return embeddings


def _with_state(name: str, state: Mapping[str, NDArray[np.generic]]) -> Backbone:
    return with_state(name, {each: torch.tensor(values) for each, values in state.items()})


def _told(plan: DeepPlan, report: EpochReport) -> str:
    figure = "" if report.validation is None else f", validation {report.validation:.4f}"
    epoch = f"epoch {report.epoch} of {report.epochs}"
    return f"{plan.objective} deep, {plan.bits} bits: {epoch}{figure}, {report.seconds:.0f} s"
