"""The fitter role: a child process that makes a model of a backbone and photos of a library.

Features of the photos become a whitened PCA, then a hash layer by iterative quantisation, which
DDH goes on to train. No labels are used. Reads proxies and the file with the weights, no photo.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.codes import CODE_FORMAT, check_bits
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.pinned import PINNED
from desktopsearch.hashing.backbones.published import load_published
from desktopsearch.hashing.backbones.registry import backbone_named
from desktopsearch.hashing.backbones.weights import load_pinned, stored_state, with_state
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.embedding import FeatureNetwork
from desktopsearch.hashing.encoder import Encoder, Network
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.memory import keep_freed_memory
from desktopsearch.hashing.messages import (
    Described,
    DescribePhotos,
    DeviceChanged,
    EpochDone,
    FitModel,
    Fitted,
    FitterOptions,
    FitterRequest,
)
from desktopsearch.hashing.model import ModelManifest, save_model
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.preprocess import PREPROCESSING
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
from desktopsearch.hashing.training.training_set import TrainingSet
from desktopsearch.ipc.messages import Message

LARGEST_PX = 256
"""The shorter side of a proxy: a larger square would hold no more of the photo."""
DIMENSIONS = 256
WHITENING = 0.5
OBJECTIVE = "ddh"


def create(options: bytes) -> Fitter:
    """Load a backbone; the factory of the role. What is wished for is checked here, not later.

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN, WEIGHTS_NOT_NAMED, PX_INVALID, BITS_INVALID; as
            ``load_pinned`` and ``load_published`` do.
    """
    keep_freed_memory()
    wanted = msgspec.msgpack.decode(options, type=FitterOptions)
    return Fitter(wanted)


class Fitter:
    """Answers ``DescribePhotos`` any number of times, then ``FitModel``."""

    requests = FitterRequest

    def __init__(self, wanted: FitterOptions) -> None:
        plain = backbone_named(wanted.backbone)
        self._wanted = wanted
        self._input_px = wanted.input_px or min(plain.input_px, LARGEST_PX)
        self._pooling = plain.pooling
        self._dimensions = min(DIMENSIONS, plain.features)
        if not plain.any_px and self._input_px != plain.input_px:
            raise DesktopSearchError(
                ProblemCode.PX_INVALID, backbone=wanted.backbone, px=plain.input_px
            )
        check_bits(wanted.bits, self._dimensions)
        self._state = self._own_state()
        self._encoder = Encoder(self._build, choose_device(wanted.device), self._input_px)
        self.detail = self._encoder.detail
        self._features: list[NDArray[np.floating]] = []
        self._left_out = 0

    def handle(self, request: FitterRequest) -> Iterator[Message]:
        """Measure features, or make the model of them.

        Raises:
            DesktopSearchError: ENCODER_FAILED, MODEL_NOT_WRITTEN; as ``train_head`` does.
        """
        if isinstance(request, FitModel):
            yield from self._fit(request)
            return
        assert isinstance(request, DescribePhotos)
        yield from self._describe(request.proxies)
        yield Described(len(self._features), self._left_out)

    def _describe(self, proxies: Sequence[bytes]) -> Generator[DeviceChanged]:
        """Measure proxies, one by one where any of them is no picture."""
        try:
            self._features += yield from self._encoder.compute(proxies)
        except DesktopSearchError as error:
            if error.code is not ProblemCode.FILE_NOT_ENCODED:
                raise
            if len(proxies) == 1:
                self._left_out += 1
                return
            for proxy in proxies:
                yield from self._describe([proxy])

    def _own_state(self) -> dict[str, NDArray[np.generic]] | None:
        """Return the weights that go into the model's folder; None for those of a package."""
        wanted = self._wanted
        if wanted.path:
            return stored_state(load_published(wanted.backbone, Path(wanted.path)))
        if wanted.backbone in PINNED:
            return None
        raise DesktopSearchError(
            ProblemCode.WEIGHTS_NOT_NAMED, backbone=wanted.backbone, packaged=", ".join(PINNED)
        )

    def _build(self, device: torch.device) -> Network:
        """The network as it will be loaded from the model: weights in a folder are rounded."""
        if self._state is None:
            backbone = load_pinned(self._wanted.backbone)
        else:
            state = {name: torch.from_numpy(held) for name, held in self._state.items()}
            backbone = with_state(self._wanted.backbone, state)
        return FeatureNetwork(backbone).to(device).eval()

    def _fit(self, request: FitModel) -> Iterator[Message]:
        features = np.stack(self._features).astype(np.float32)
        embedding = fit_pca(features, self._dimensions, WHITENING)
        layer: HashLayer | None = None
        for report in train_head(_training_set(embedding.embeddings(features)), self._plan()):
            yield EpochDone(report.epoch, report.epochs)
            layer = report.layer
        if layer is None:
            raise BugError("a training ended without a layer")
        pinned = PINNED.get(self._wanted.backbone)
        manifest = ModelManifest(
            name=request.name,
            version="1",
            backbone=self._wanted.backbone,
            backbone_sha256=pinned.sha256 if pinned else "",
            pooling=self._pooling,
            preprocessing=PREPROCESSING,
            input_px=self._input_px,
            embedding_dimensions=self._dimensions,
            bits=layer.bits,
            code_format=CODE_FORMAT,
            created_by=request.created_by,
        )
        try:
            save_model(Path(request.folder), manifest, embedding, layer, self._state)
        except OSError as error:
            raise DesktopSearchError(ProblemCode.MODEL_NOT_WRITTEN, reason=str(error)) from error
        yield Fitted()

    def _plan(self) -> TrainingPlan:
        return TrainingPlan(OBJECTIVE, self._wanted.bits, device=self._wanted.device)


def _training_set(embeddings: NDArray[np.float16]) -> TrainingSet:
    """Photos without labels, no two of which are the same file; near-copies are not looked for."""
    count = len(embeddings)
    return TrainingSet(embeddings, np.zeros((count, 0), dtype=np.bool_), np.arange(count))
