"""The part of the hash network that is trained on frozen embeddings.

Owns the way between the layer as it is stored, which takes embeddings as they are, and the layer as
it is trained, which takes them standardised so that steps are equally long in all directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import Head

_HEAD_DEVIATION = 0.01
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Standardisation:
    """Centres embeddings and scales them, all directions alike, to a mean variance of one."""

    mean: NDArray[np.float64]
    """(D,)."""
    deviation: float

    @classmethod
    def of(cls, embeddings: NDArray[np.float16]) -> Standardisation:
        """Measure (N, D) embeddings."""
        values = embeddings.astype(np.float64)
        mean: NDArray[np.float64] = values.mean(axis=0)
        deviation = float(np.sqrt(((values - mean) ** 2).mean()))
        return cls(mean, max(deviation, _SMALLEST_SPREAD))

    def apply(self, embeddings: NDArray[np.float16]) -> torch.Tensor:
        """Return (..., D) float32 features."""
        values = (embeddings.astype(np.float64) - self.mean) / self.deviation
        return torch.from_numpy(values.astype(np.float32))

    def apply_to(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return (..., D) features of float32 embeddings, on their device and differentiable."""
        mean = torch.from_numpy(self.mean.astype(np.float32)).to(embeddings.device)
        return (embeddings - mean) / self.deviation


class HeadNetwork(nn.Module):
    """A linear hash layer and, where the method has one, a linear classifier."""

    def __init__(
        self,
        start: HashLayer,
        standardisation: Standardisation,
        features: torch.Tensor,
        spread: float,
    ) -> None:
        """Start where a given layer is.

        The whole layer is multiplied by one number so that the root mean square of all logits is
        ``spread``. That turns no bit, but brings logits, which are near zero for embeddings of
        length one, to where activations are alive.

        Args:
            start: The layer, such as ITQ's; takes embeddings as they are.
            standardisation: What made ``features``.
            features: (N, D) standardised embeddings to measure the logits on; the network is made
                on their device.
            spread: Wanted root mean square.
        """
        super().__init__()
        self._standardisation = standardisation
        weight = start.weight.astype(np.float64)
        bias = start.bias + weight @ standardisation.mean
        self.hash = nn.Linear(start.dimensions, start.bits, device=features.device)
        self.classifier: nn.Linear | None = None
        with torch.no_grad():
            self.hash.weight.copy_(torch.from_numpy(weight * standardisation.deviation).float())
            self.hash.bias.copy_(torch.from_numpy(bias).float())
            scale = spread / max(float(self.hash(features).square().mean().sqrt()), 1e-12)
            self.hash.weight.mul_(scale)
            self.hash.bias.mul_(scale)

    def add_classifier(self, head: Head, classes: int, generator: np.random.Generator) -> None:
        """Put a classifier on the code or on the feature, with small random weights."""
        inputs = self.hash.out_features if head is Head.ON_CODE else self.hash.in_features
        self.classifier = nn.Linear(inputs, classes, device=self.hash.weight.device)
        weight = generator.normal(0, _HEAD_DEVIATION, (classes, inputs))
        with torch.no_grad():
            self.classifier.weight.copy_(torch.from_numpy(weight).float())
            self.classifier.bias.zero_()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits: (..., D) becomes (..., K)."""
        logits: torch.Tensor = self.hash(features)
        return logits

    def export(self) -> HashLayer:
        """Return the hash layer as it is stored."""
        # On the CPU first: not every device knows float64.
        weight = self.hash.weight.detach().cpu().double().numpy() / self._standardisation.deviation
        bias = self.hash.bias.detach().cpu().double().numpy() - weight @ self._standardisation.mean
        return HashLayer(weight.astype(np.float32), bias.astype(np.float32))
