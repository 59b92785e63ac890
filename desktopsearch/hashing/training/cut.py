"""A hash network in two parts: stages that stay as they are, and all that is trained after them.

Normalisation layers never see a batch: they keep the statistics that the backbone came with, since
batches of a few photos of one person's life are no fair sample.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from desktopsearch.domain.errors import BugError
from desktopsearch.hashing.hashing_network import HashingNetwork


class Hidden(NamedTuple):
    """What goes from the frozen part to the trained one."""

    values: torch.Tensor
    """(B, ...) as the last frozen stage gave them; without one, normalised pixels."""
    skipped: torch.Tensor | None
    """(B, channels) of the skip, if its stage is a frozen one."""


class CutNetwork:
    """Backbone and embedding of a hash network, cut before its last stages."""

    def __init__(self, network: HashingNetwork, stages: int | None) -> None:
        """Cut, and let only the later part be trained.

        Args:
            network: Changed: in evaluation mode for good.
            stages: How many stages are trained; None is all of them.
        """
        self.network = network.eval().requires_grad_(requires_grad=False)
        self._stages: list[nn.Module] = network.backbone.stages()
        if stages is not None and not 1 <= stages <= len(self._stages):
            raise BugError(f"{stages} stages of {len(self._stages)}")
        self.cut = 0 if stages is None else len(self._stages) - stages
        for stage in self._stages[self.cut :]:
            stage.requires_grad_(requires_grad=True)
        network.embedding.requires_grad_(requires_grad=True)

    def trained(self) -> dict[str, nn.Parameter]:
        """Return what is trained, by name."""
        return {name: each for name, each in self.network.named_parameters() if each.requires_grad}

    @torch.no_grad()
    def frozen_part(self, pictures: torch.Tensor) -> Hidden:
        """Return what the frozen stages make of (B, S, S, 3) pictures from 0 to 255.

        Pictures of floats are used up.
        """
        normalised = self.network.backbone.normalised(pictures)
        return self._through(Hidden(normalised, None), 0, self.cut)

    def embeddings(self, hidden: Hidden) -> torch.Tensor:
        """Return (B, D) float32 embeddings of length one."""
        values, skipped = self._through(hidden, self.cut, len(self._stages))
        features = values if skipped is None else torch.cat((values, skipped), dim=1)
        # The embedding and all that follows keep full precision.
        return self.network.embed(features.float())

    def _through(self, hidden: Hidden, start: int, end: int) -> Hidden:
        values, skipped = hidden
        half = values.device.type == "cuda"
        with torch.autocast(values.device.type, dtype=torch.bfloat16, enabled=half):
            for number in range(start, end):
                values = self._stages[number](values)
                if number == self.network.skip_stage:
                    skipped = self.network.backbone.mean_over_picture(values)
        return Hidden(values, skipped)
