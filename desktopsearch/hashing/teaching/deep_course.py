"""The lessons of a deep teaching: networks whose last stages learn along with the hash layer.

What each comes to is a model in a folder, and is judged by what the encoder makes of the photos
with it, as it would encode the library. Untried on a GPU.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.weights import load_backbone, stored_state, with_state
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import (
    MANIFEST_FILE,
    ModelManifest,
    load_model,
    save_model,
    write_whole,
)
from desktopsearch.hashing.preprocess import pixels
from desktopsearch.hashing.teaching.deep_codes import codes_of
from desktopsearch.hashing.teaching.deep_costs import MEASURED, foretold, measured
from desktopsearch.hashing.teaching.deep_lesson import Train, deep_lesson, forget
from desktopsearch.hashing.teaching.messages import Below, Foretold, Prepared, TrainerOptions
from desktopsearch.hashing.teaching.proxy_file import ProxyFile
from desktopsearch.hashing.training.checkpoints import digest_of
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.deep import deep_training
from desktopsearch.hashing.training.inputs import FrozenInputs, PartOfInputs, Photos, computed
from desktopsearch.hashing.training.plan import (
    DeepPlan,
    EpochReport,
    TrainingPlan,
    TunedNetwork,
)
from desktopsearch.hashing.training.preparation import never
from desktopsearch.hashing.training.training_set import DeepTrainingSet, Pictures, TrainingSet
from desktopsearch.hashing.training.views import drawn_views

STAGES = 4
"""Of the backbone, the last of which learn."""
STEPS = 400
"""Of each training; about as many as it took on CIFAR-10, where they gained .11 of mAP."""
FOLDS = 2
"""Of the proof: each takes hours, and a network that learns from half of the labels is no better
than the one that learns from all."""
_EPOCH_FILE = "epoch"


@dataclass(frozen=True, slots=True)
class TaughtModel:
    """What a lesson came to."""

    folder: Path
    """A model with a file more."""
    chosen: int
    """Epoch."""


class DeepCourse:
    """All lessons of one deep teaching; they share what the frozen stages make of the photos."""

    def __init__(
        self,
        photos: TrainingSet,
        plan: TrainingPlan,
        below: Below,
        folder: Path,
        options: TrainerOptions,
    ) -> None:
        """Load the network to begin with.

        Args:
            photos: All of the teaching.
            plan: Of the hash layer.
            below: The network, and the photos' proxies.
            folder: For all that is kept.
            options: Which device.

        Raises:
            DesktopSearchError: MODEL_REPLACED, TEACHING_NOT_DEEP; as ``load_model`` and
                ``load_backbone``.
        """
        self.photos = photos
        model = load_model(Path(below.model))
        if model.manifest.fingerprint != below.fingerprint:
            raise DesktopSearchError(ProblemCode.MODEL_REPLACED, model=Path(below.model).name)
        self._parent = Path(below.model).name
        self._model = model
        # Rounded as a model's folder holds it: what is judged is what can be stored.
        state = stored_state(load_backbone(model.manifest, Path(below.model)))
        tensors = {name: torch.from_numpy(held) for name, held in state.items()}
        self._backbone = with_state(model.manifest.backbone, tensors)
        if len(self._backbone.stages()) <= STAGES:
            raise DesktopSearchError(ProblemCode.TEACHING_NOT_DEEP, model=self._parent)
        self._name = below.name
        self._folder = folder
        self._proxies = ProxyFile(Path(below.proxies), np.frombuffer(below.lengths, "<i8"))
        self._options = options
        self._device = choose_device(options.device)
        self.plan = DeepPlan(
            plan.objective,
            plan.bits,
            seed=plan.seed,
            epochs=plan.epochs,
            steps=STEPS,
            device=plan.device,
            stages=STAGES,
        )
        """Of each training."""
        self._outputs: FrozenInputs | None = None

    def foretold(self, sets: Sequence[NDArray[np.int64]]) -> Foretold | None:
        """Measure on a few photos how long it will take; None if it has been begun already.

        Args:
            sets: Rows of the photos that each lesson learns from.
        """
        if self._outputs_folder.exists():
            return None
        extents = []
        for rows in sets:
            learnt = DeepTrainingSet(self.photos.subset(rows), self._pictures_of(rows))
            training = deep_training(learnt, self.plan, self._backbone, self._model.embedding)
            extents.append(training.extent())
        # Measured last: with too few photos that is said instead.
        some = _rows(self.photos)[:MEASURED]
        costs = measured(self._network(), lambda: self.pictures(some), self._device)
        return foretold(costs, len(self.photos.embeddings), self.plan.views, extents)

    def prepare(self) -> Iterator[Prepared]:
        """Let all photos pass the frozen stages; yield how many have, now and then."""
        photos = Photos(self.pictures, _rows(self.photos), drawn_views(self.plan.views))
        network, folder = self._network(), self._outputs_folder
        count = len(photos.rows)
        for done in computed(photos, network, self._device, folder, self.plan.seed, never):
            yield Prepared(done, count)
        self._outputs = FrozenInputs(photos, network, self._device, folder, self.plan.seed, never)

    def teach(
        self, number: int, rows: NDArray[np.int64]
    ) -> Generator[tuple[int, EpochReport], None, TaughtModel]:
        """Yield the number of the training with each epoch; return what it came to.

        At once if it was taught before.

        Args:
            number: Of the lesson.
            rows: Of the photos to learn from.
        """
        photos = self.photos.subset(rows)
        folder = self._folder / f"lesson-{number}"
        identity = np.frombuffer(self._model.manifest.fingerprint.encode(), np.uint8)
        finished = folder / digest_of(self.plan, *photos.arrays(), identity)
        if (finished / MANIFEST_FILE).exists():
            return TaughtModel(finished, int((finished / _EPOCH_FILE).read_text()))
        last: EpochReport | None = None
        for training, last in deep_lesson(self.plan, self._training_of(photos, rows), folder):
            yield training, last
        if last is None or last.layer is None or last.tuned is None:
            raise BugError("a training ended without a network")
        finished.mkdir(parents=True, exist_ok=True)
        write_whole(finished / _EPOCH_FILE, str(last.chosen).encode())
        save_model(
            finished,
            self._manifest(last.layer, last.tuned),
            last.tuned.embedding,
            last.layer,
            last.tuned.backbone,
        )
        forget(folder)
        return TaughtModel(finished, last.chosen or 0)

    def codes(self, taught: TaughtModel, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return (R, bytes) codes of photos, by the encoder and the layer of a taught model."""
        return codes_of(self._proxies, rows, taught.folder, self._options)

    def pictures(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return (R, S, S, 3) photos as the encoder sees them."""
        side = self._model.manifest.input_px
        return np.stack([pixels(proxy, side) for proxy in self._proxies.read(rows)])

    @property
    def _outputs_folder(self) -> Path:
        return self._folder / "outputs"

    def _network(self) -> CutNetwork:
        """The network before it is taught, cut."""
        own = HashingNetwork(
            copy.deepcopy(self._backbone),
            self._model.embedding,
            self._model.layer,
            self._model.manifest.skip_stage,
        )
        return CutNetwork(own.to(self._device), STAGES)

    def _pictures_of(self, rows: NDArray[np.int64]) -> Pictures:
        return lambda some: self.pictures(rows[some])

    def _training_of(self, photos: TrainingSet, rows: NDArray[np.int64]) -> Train[DeepPlan]:
        assert self._outputs is not None
        outputs = PartOfInputs(self._outputs, rows)

        def train(plan: DeepPlan, checkpoints: Path) -> Iterator[EpochReport]:
            return deep_training(
                DeepTrainingSet(photos, self._pictures_of(rows)),
                plan,
                self._backbone,
                self._model.embedding,
                checkpoints=checkpoints,
                cache=self._outputs_folder,
                outputs=outputs,
            ).run()

        return train

    def _manifest(self, layer: HashLayer, tuned: TunedNetwork) -> ModelManifest:
        return msgspec.structs.replace(
            self._model.manifest,
            name=self._name,
            version="1",
            bits=layer.bits,
            skip_stage=tuned.skip_stage,
            created_by="desktopsearch train --depth deep",
            taught_from=self._parent,
        )


def _rows(photos: TrainingSet) -> NDArray[np.int64]:
    return np.arange(len(photos.embeddings))
