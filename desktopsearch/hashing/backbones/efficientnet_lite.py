"""EfficientNet-Lite0, whose ImageNet features the bundled model is made of, and its like.

Owns the architecture and nothing else: no weights, no pictures, no files. It is written out here
with plain ``torch.nn``, because importing torchvision would cost every start of the encoder about
two seconds more, and it has no Lite variants. The names of the layers, underscores included, are
those of the pinned weights, which load strictly.

Source: Tan and Le, EfficientNet (ICML 2019); the "Lite" variants of the TensorFlow authors have
ReLU6 and no squeeze-and-excitation, and scale neither the channels of stem and head nor the repeats
of the first and the last stage. Padding is TensorFlow's "SAME": the odd pixel goes right and below.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from desktopsearch.hashing.backbones.base import Backbone

_HEAD_CHANNELS = 1280
_GENERALISED_MEAN = 3
_HEAD_SHARE, _LAST_SHARE, _BEFORE_SHARE = 0.7, 0.7, 0.3
"""Lengths of the parts of a feature; chosen by validation, see the bundled model's card. Other
lengths or parts are another pooling."""
_BATCH_NORM_EPS = 1e-3
_STEM_CHANNELS = 32
_CHANNEL_UNIT = 8


class _Stage(NamedTuple):
    expand: int
    channels: int
    repeats: int
    stride: int
    kernel: int


_STAGES = (
    _Stage(1, 16, 1, 1, 3),
    _Stage(6, 24, 2, 2, 3),
    _Stage(6, 40, 2, 2, 5),
    _Stage(6, 80, 3, 2, 3),
    _Stage(6, 112, 3, 1, 5),
    _Stage(6, 192, 4, 2, 5),
    _Stage(6, 320, 1, 1, 3),
)


class _SameConv2d(nn.Conv2d):
    """A convolution without bias whose output has ceil(input / stride) pixels on each axis."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        # At stride 1 "SAME" is symmetric and the convolution pads by itself, which is faster.
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(
            channels_in, channels_out, kernel, stride, padding, groups=groups, bias=False
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        stride, kernel = self.stride[0], self.kernel_size[0]
        if stride > 1:
            height, width = pixels.shape[-2:]
            down = _missing(height, kernel, stride)
            across = _missing(width, kernel, stride)
            pixels = functional.pad(
                pixels, (across // 2, across - across // 2, down // 2, down - down // 2)
            )
        return super().forward(pixels)


def _missing(size: int, kernel: int, stride: int) -> int:
    return max((-(-size // stride) - 1) * stride + kernel - size, 0)


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_BATCH_NORM_EPS)


class _Block(nn.Module):
    """Inverted bottleneck: widen, filter each channel, narrow; added to its input where it fits."""

    def __init__(
        self, channels_in: int, channels_out: int, expand: int, stride: int, kernel: int
    ) -> None:
        super().__init__()
        wide = channels_in * expand
        self._widens = expand != 1
        self._adds = stride == 1 and channels_in == channels_out
        if self._widens:
            self._expand_conv = _SameConv2d(channels_in, wide, 1)
            self._bn0 = _batch_norm(wide)
        self._depthwise_conv = _SameConv2d(wide, wide, kernel, stride, groups=wide)
        self._bn1 = _batch_norm(wide)
        self._project_conv = _SameConv2d(wide, channels_out, 1)
        self._bn2 = _batch_norm(channels_out)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = given
        if self._widens:
            hidden = functional.relu6(self._bn0(self._expand_conv(hidden)), inplace=True)
        hidden = functional.relu6(self._bn1(self._depthwise_conv(hidden)), inplace=True)
        hidden = self._bn2(self._project_conv(hidden))
        return hidden + given if self._adds else hidden


class _Convolved(nn.Module):
    """A convolution, its BatchNorm and ReLU6."""

    def __init__(self, convolution: nn.Module, norm: nn.Module) -> None:
        super().__init__()
        self._convolution = convolution
        self._norm = norm

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return functional.relu6(self._norm(self._convolution(given)), inplace=True)


class _Tail(nn.Module):
    """The last block and the head, and what is pooled of them and of what they are given.

    The head alone knows kinds of things; the blocks before it see more of shape and texture.
    """

    def __init__(self, last_block: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self._last_block = last_block
        self._head = head

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        last = self._last_block(given)
        head = self._head(last)
        # Never 0 below the root, whose slope would be infinite there.
        powers = head.clamp(min=1e-6).pow(_GENERALISED_MEAN).mean(dim=(2, 3))
        parts = (
            (_HEAD_SHARE, head.mean(dim=(2, 3))),
            (_HEAD_SHARE, powers.pow(1 / _GENERALISED_MEAN)),
            (_LAST_SHARE, last.mean(dim=(2, 3))),
            (_BEFORE_SHARE, given.mean(dim=(2, 3))),
        )
        return torch.cat([share * functional.normalize(part) for share, part in parts], dim=1)


class EfficientNetLite(Backbone):
    """A network from normalised pixels to features.

    A feature is the mean and the generalised mean (Radenovic, Tolias and Chum, TPAMI 2019) of the
    head and the means of the last block and of the one before, each part scaled to a fixed length.
    The stages are the stem, all blocks but the last, and the rest, which pools.
    """

    left_out = ("_fc.",)
    pooling = "lite-means-2"
    pixel_mean = (127.0, 127.0, 127.0)
    pixel_scale = (128.0, 128.0, 128.0)
    width: float
    """Factor on the channels of the stages."""
    depth: float
    """Factor on their repeats."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = _SameConv2d(3, _STEM_CHANNELS, 3, stride=2)
        self._bn0 = _batch_norm(_STEM_CHANNELS)
        blocks = []
        channels = before = _STEM_CHANNELS
        for number, stage in enumerate(_STAGES):
            wide = _rounded(stage.channels * self.width)
            at_an_end = number in (0, len(_STAGES) - 1)
            repeats = stage.repeats if at_an_end else math.ceil(stage.repeats * self.depth)
            for repeat in range(repeats):
                stride = stage.stride if repeat == 0 else 1
                blocks.append(_Block(channels, wide, stage.expand, stride, stage.kernel))
                before, channels = channels, wide
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = _SameConv2d(channels, _HEAD_CHANNELS, 1)
        self._bn1 = _batch_norm(_HEAD_CHANNELS)
        self.features = 2 * _HEAD_CHANNELS + channels + before

    def stages(self) -> list[nn.Module]:
        """Return the stem, the blocks but the last, and the tail."""
        stem = _Convolved(self._conv_stem, self._bn0)
        *blocks, last = self._blocks
        return [stem, *blocks, _Tail(last, _Convolved(self._conv_head, self._bn1))]


class EfficientNetLite0(EfficientNetLite):
    """The smallest: sixteen blocks, 3.4 million weights."""

    name = "efficientnet-lite0"
    input_px = 224
    width = 1.0
    depth = 1.0


class EfficientNetLite2(EfficientNetLite):
    """Wider and deeper: 4.8 million weights."""

    name = "efficientnet-lite2"
    input_px = 260
    width = 1.1
    depth = 1.2


def _rounded(channels: float) -> int:
    """Round to a multiple of eight, but never down by more than a tenth."""
    nearest = max(_CHANNEL_UNIT, int(channels + _CHANNEL_UNIT / 2) // _CHANNEL_UNIT * _CHANNEL_UNIT)
    return nearest + _CHANNEL_UNIT if nearest < 0.9 * channels else nearest
