"""The whole hash network as it is trained end to end: pixels to features to embedding to logits.

Owns what is trainable in one module and the way from there to what is stored. Inference does not
need it: the encoder has ``EmbeddingNetwork``, all others ``HashLayer``. Knows no objective.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights


class HashingNetwork(nn.Module):
    """Backbone, linear embedding of length one, linear hash layer; a bit is ``logit > 0``."""

    def __init__(
        self,
        backbone: Backbone,
        embedding: EmbeddingWeights,
        layer: HashLayer,
        skip_stage: int | None = None,
    ) -> None:
        """Start from stored weights.

        Args:
            backbone: Any; its parameters become part of this module.
            embedding: (D, features), with a skip (D, features and the channels of that stage).
            layer: (K, D).
            skip_stage: As ``Backbone.forward`` has it.
        """
        super().__init__()
        self.backbone = backbone
        self.skip_stage = skip_stage
        self.embedding = _linear(embedding.weight, embedding.bias)
        self.hash = _linear(layer.weight, layer.bias)

    def features(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return backbone features, the skip behind them: (B, S, S, 3) uint8 becomes (B, F)."""
        features: torch.Tensor = self.backbone(self.backbone.normalised(pixels), self.skip_stage)
        return features

    def embed(self, features: torch.Tensor) -> torch.Tensor:
        """Return embeddings of length one: (B, F) becomes (B, D)."""
        return functional.normalize(self.embedding(features))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return logits: (B, S, S, 3) uint8 becomes (B, K)."""
        logits: torch.Tensor = self.hash(self.embed(self.features(pixels)))
        return logits

    def export(self) -> tuple[EmbeddingWeights, HashLayer]:
        """Return what is stored of the two linear layers.

        The weight of the embedding is rounded to float16 and so is an embedding when it is stored;
        only logits within about 1e-3 of zero may change their sign by it.
        """
        embedding = EmbeddingWeights(
            _array(self.embedding.weight).astype(np.float16), _array(self.embedding.bias)
        )
        return embedding, HashLayer(_array(self.hash.weight), _array(self.hash.bias))


def _linear(weight: NDArray[np.floating], bias: NDArray[np.floating]) -> nn.Linear:
    outputs, inputs = weight.shape
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
        linear.bias.copy_(torch.from_numpy(bias.astype(np.float32)))
    return linear


def _array(parameter: torch.Tensor) -> NDArray[np.float32]:
    values: NDArray[np.float32] = parameter.detach().float().cpu().numpy().copy()
    return values
