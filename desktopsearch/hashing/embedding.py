"""The frozen part of the hash network: from pixels to embeddings."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from desktopsearch.hashing.backbones.base import Backbone, fold_batch_norms
from desktopsearch.hashing.model import EmbeddingWeights


class FeatureNetwork(nn.Module):
    """Backbone ready for inference: BatchNorm folded, channels last.

    Folding moves a feature by about 1e-5, where features are about 0.2, and encodes faster.
    """

    def __init__(self, backbone: Backbone, skip_stage: int | None = None) -> None:
        super().__init__()
        fold_batch_norms(backbone)
        self._backbone = backbone
        self._skip_stage = skip_stage
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.requires_grad_(requires_grad=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return backbone features.

        Args:
            pixels: (B, S, S, 3) uint8, sRGB.

        Returns:
            (B, features) float32, a skip behind them as ``Backbone.forward`` has it.
        """
        normalised = self._backbone.normalised(pixels)
        features: torch.Tensor = self._backbone(normalised, self._skip_stage)
        return features


class EmbeddingNetwork(nn.Module):
    """Features, projected, scaled to length one and rounded: what is stored of a photo."""

    def __init__(
        self, backbone: Backbone, embedding: EmbeddingWeights, skip_stage: int | None = None
    ) -> None:
        super().__init__()
        self._features = FeatureNetwork(backbone, skip_stage)
        dimensions, features = embedding.weight.shape
        self._projection = nn.Linear(features, dimensions)
        self._projection.weight.data = torch.from_numpy(embedding.weight.astype(np.float32))
        self._projection.bias.data = torch.from_numpy(embedding.bias.astype(np.float32))
        self.requires_grad_(requires_grad=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return embeddings: (B, S, S, 3) uint8 becomes (B, D) float16 of length one."""
        return functional.normalize(self._projection(self._features(pixels))).to(torch.float16)
