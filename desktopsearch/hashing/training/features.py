"""Where the features of a training come from: stored embeddings, or a network that is trained too.

Owns the interface that the loop sees. A feature is a standardised embedding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from desktopsearch.hashing.training.network import Standardisation
from desktopsearch.hashing.training.plan import TunedNetwork
from desktopsearch.hashing.training.preparation import Preparation


class Features(ABC):
    """Features of the photos of one training.

    Rows are those of its training part. What depends on the network is as the network is now.
    """

    largest_sample: ClassVar[int]
    """Training photos whose codes are looked at after each epoch, at most."""

    def __init__(self, prepared: Preparation, device: torch.device) -> None:
        self.device = device
        self.standardisation = Standardisation.of(prepared.training.embeddings)
        self.untuned = self.standardisation.apply(prepared.training.embeddings).to(device)
        """(N, D) of the embeddings that are stored."""
        self.rotated: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        """(M,) rows that exist turned, if the objective wants such."""
        self.angles: NDArray[np.float64] = np.empty(0)
        """(V,) degrees."""

    @abstractmethod
    def of_step(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (B, D) features to learn from, with a gradient where a network is trained."""

    @abstractmethod
    def of_turned(self, turned: torch.Tensor) -> torch.Tensor:
        """Return (V, R, D) features of R of the rotated photos."""

    @abstractmethod
    def of_all(self) -> torch.Tensor:
        """Return (N, D) features of all training photos as they are, without a gradient."""

    @abstractmethod
    def embeddings(self, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return (R, D) embeddings of training photos as they would be stored."""

    @abstractmethod
    def held_out_embeddings(self) -> NDArray[np.float16]:
        """Return (H, D) embeddings of the held-out photos as they would be stored."""

    def trained(self) -> list[nn.Parameter]:
        """Return what is trained below the hash layer."""
        return []

    def after_step(self, share: float) -> None:  # noqa: B027 - stored embeddings need none
        """Pull what is trained back towards where it began.

        Args:
            share: Of the full learning rate.
        """

    def state(self) -> dict[str, torch.Tensor]:
        """Return copies of what is trained, on the CPU."""
        return {}

    def load(self, state: Mapping[str, torch.Tensor]) -> None:  # noqa: B027 - see above
        """Take back what ``state`` gave."""

    def export(self) -> TunedNetwork | None:
        """Return the network as it is stored, if one is trained."""
        return None

    def close(self) -> None:  # noqa: B027 - see above
        """Give up files."""


class CachedFeatures(Features):
    """Those of stored embeddings; they never change."""

    largest_sample = 5_000

    def __init__(self, prepared: Preparation, device: torch.device) -> None:
        super().__init__(prepared, device)
        self._training = prepared.training.embeddings
        self._held_out = prepared.held_out.embeddings
        self._turned = self.untuned[:0]
        rotations = prepared.training.rotations
        if prepared.kind.requirements.views and rotations is not None:
            self.rotated, self.angles, turned = rotations
            self._turned = self.standardisation.apply(turned).to(device)

    def of_step(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (B, D) features."""
        return self.untuned[rows]

    def of_turned(self, turned: torch.Tensor) -> torch.Tensor:
        """Return (V, R, D) features."""
        return self._turned[:, turned]

    def of_all(self) -> torch.Tensor:
        """Return (N, D) features."""
        return self.untuned

    def embeddings(self, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return (R, D) embeddings."""
        return self._training[rows]

    def held_out_embeddings(self) -> NDArray[np.float16]:
        """Return (H, D) embeddings."""
        return self._held_out
