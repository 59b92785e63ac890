"""What a backbone is to everything else: a chain of stages from pixels to pooled features.

Owns normalisation and the cut between what stays frozen and what is trained. A backbone knows no
files, no hash layer and no objective.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

_TOKENS_NDIM = 3


class Backbone(nn.Module, ABC):
    """A network without its classifier."""

    name: str
    """By which the registry makes it again."""
    prefix: str = ""
    """What the names of its tensors have ahead of those of the published weights."""
    left_out: tuple[str, ...]
    """What the published names begin with that are no part of it, such as the classifier."""
    features: int
    """Length of its pooled output."""
    pooling: str
    """Name and version of the way from its layers to features, a skip's among it; embeddings of
    two versions cannot be compared, so it is another whenever equal weights give other features."""
    input_px: int
    """Side of the square that it was trained on."""
    any_px: bool = True
    """Whether it takes squares of another side too."""
    pixel_mean: tuple[float, float, float]
    """Of red, green and blue, in units of 0 to 255; taken off the pixels."""
    pixel_scale: tuple[float, float, float]
    """What the difference is divided by."""

    @abstractmethod
    def stages(self) -> list[nn.Module]:
        """Return its parts in order; they share their weights with the whole.

        The first takes (B, 3, S, S) float normalised pixels, each other one what the one before
        gave, and the last gives (B, features). A network that cannot be cut has one stage.
        """

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn (B, S, S, 3) uint8 sRGB into (B, 3, S, S) float32 as the first stage expects it."""
        planes = pixels.permute(0, 3, 1, 2).to(torch.float32)
        mean = planes.new_tensor(self.pixel_mean)[:, None, None]
        scale = planes.new_tensor(self.pixel_scale)[:, None, None]
        return planes.sub_(mean).div_(scale)

    def forward(self, pixels: torch.Tensor, skip_stage: int | None = None) -> torch.Tensor:
        """Return the pooled features of normalised pixels.

        Args:
            pixels: (B, 3, S, S) float.
            skip_stage: Number of a stage whose mean over the picture is put behind the features,
                as DSRH wants it of an earlier layer.

        Returns:
            (B, features), with a skip as many columns more as that stage has channels.
        """
        hidden = pixels
        skipped: list[torch.Tensor] = []
        for number, stage in enumerate(self.stages()):
            hidden = stage(hidden)
            if number == skip_stage:
                skipped.append(self.mean_over_picture(hidden))
        return torch.cat([hidden, *skipped], dim=1) if skipped else hidden

    def mean_over_picture(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return (B, channels) of what a stage gave: (B, channels, H, W) or (B, T, channels)."""
        if hidden.ndim == _TOKENS_NDIM:
            return hidden.mean(dim=1)
        return hidden.flatten(2).mean(dim=2)


def fold_batch_norms(network: nn.Module) -> None:
    """Merge every BatchNorm into the convolution defined just before it, in place.

    For inference only: the network is left in evaluation mode and can no longer be trained.
    """
    network.eval()
    for module in list(network.modules()):
        for (convolution_name, convolution), (norm_name, norm) in pairwise(module.named_children()):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, convolution_name, fuse_conv_bn_eval(convolution, norm))
                setattr(module, norm_name, nn.Identity())
