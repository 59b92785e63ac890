"""A network of a few hundred weights that sees no colour, and pictures told apart by it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.training.plan import TunedNetwork
from desktopsearch.hashing.training.training_set import DeepTrainingSet, TrainingSet

PX = 16
DIMENSIONS = 16
_COLOURS = np.array([[6, 2, 2], [2, 6, 2], [2, 2, 6], [5, 5, 0]]) / 10
_CHANNELS = 12


class TinyBackbone(Backbone):
    """Averages pixels, then weighs their colours alike; four quarters of twelve channels."""

    name = "tiny"
    features = 4 * _CHANNELS
    pooling = "quarters-1"
    input_px = PX
    pixel_mean = (60.0, 60.0, 60.0)
    pixel_scale = (40.0, 40.0, 40.0)

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.AvgPool2d(4), nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3))
        self.second = nn.Sequential(
            nn.Conv2d(3, _CHANNELS, 1),
            nn.BatchNorm2d(_CHANNELS),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
        )

    def stages(self) -> list[nn.Module]:
        return [self.first, self.second]


def tiny_backbone() -> TinyBackbone:
    """Return it with weights that are the same each time."""
    generator = torch.Generator().manual_seed(0)
    backbone = TinyBackbone()
    with torch.no_grad():
        for convolution in (backbone.first[1], backbone.second[0]):
            assert isinstance(convolution, nn.Conv2d)
            grey = torch.randn(len(convolution.weight), 1, 1, 1, generator=generator)
            convolution.weight.copy_(grey.expand_as(convolution.weight) / 3)
            assert convolution.bias is not None
            convolution.bias.normal_(generator=generator)
        first = backbone.first[1]
        assert isinstance(first, nn.Conv2d)
        assert first.bias is not None
        first.weight.copy_(torch.eye(3)[:, :, None, None])
        first.bias.zero_()
    return backbone.eval()


@dataclass(frozen=True, slots=True, eq=False)
class Coloured:
    """Pictures of four classes, and what the untuned network makes of them."""

    pixels: NDArray[np.uint8]
    photos: TrainingSet
    backbone: Backbone
    embedding: EmbeddingWeights

    @property
    def training(self) -> DeepTrainingSet:
        return DeepTrainingSet(self.photos, lambda rows: self.pixels[rows])

    def embeddings_by(
        self, tuned: TunedNetwork, backbone: Backbone | None = None
    ) -> NDArray[np.float16]:
        """Embed the pictures by a network that was stored."""
        own = backbone or tiny_backbone()
        own.load_state_dict({name: torch.tensor(each) for name, each in tuned.backbone.items()})
        unused = HashLayer(np.zeros((16, DIMENSIONS), np.float32), np.zeros(16, np.float32))
        network = HashingNetwork(own.eval(), tuned.embedding, unused, tuned.skip_stage)
        with torch.inference_mode():
            embedded = network.embed(network.features(torch.from_numpy(self.pixels)))
        embeddings: NDArray[np.float16] = embedded.half().numpy()
        return embeddings


def coloured(count: int, labelled: int, seed: int = 0) -> Coloured:
    """Make pictures; the first ones are labelled with the number of their colour."""
    generator = np.random.default_rng(seed)
    owner = np.arange(count) % len(_COLOURS)
    brightness = generator.uniform(60, 390, (count, 4, 4)).repeat(4, axis=1).repeat(4, axis=2)
    pixels = (brightness[..., None] * _COLOURS[owner][:, None, None]).round().astype(np.uint8)
    backbone = tiny_backbone()
    with torch.inference_mode():
        features = backbone(backbone.normalised(torch.from_numpy(pixels))).numpy()
    embedding = fit_pca(features, DIMENSIONS, 0.5)
    raw = features @ embedding.weight.astype(np.float32).T + embedding.bias
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    labels = np.eye(len(_COLOURS), dtype=np.bool_)[owner]
    labels[labelled:] = False
    photos = TrainingSet(raw.astype(np.float16), labels, np.arange(count))
    return Coloured(pixels, photos, backbone, embedding)
