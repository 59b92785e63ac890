"""The backbone: padding, folding and the pinned weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.base import fold_batch_norms
from desktopsearch.hashing.backbones.efficientnet_lite import (
    EfficientNetLite0,
    _Block,
    _SameConv2d,
)
from desktopsearch.hashing.backbones.pinned import pinned_path
from desktopsearch.hashing.backbones.weights import BACKBONE, load_pinned


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [7, 8, 9, 12])
def test_same_padding_puts_the_odd_pixel_right_and_below(
    size: int, stride: int, kernel: int
) -> None:
    torch.manual_seed(0)
    convolution = _SameConv2d(2, 3, kernel, stride)
    pixels = torch.randn(1, 2, size, size)
    outputs = -(-size // stride)
    padding = max((outputs - 1) * stride + kernel - size, 0)
    before = padding // 2
    # Far more zeros than needed on every side, then the windows that "SAME" means.
    wide = functional.pad(pixels, (kernel,) * 4)
    expected = torch.stack(
        [
            torch.stack(
                [
                    (
                        wide[
                            0,
                            :,
                            kernel - before + row * stride :,
                            kernel - before + column * stride :,
                        ][:, :kernel, :kernel]
                        * convolution.weight
                    ).sum(dim=(1, 2, 3))
                    for column in range(outputs)
                ],
                dim=-1,
            )
            for row in range(outputs)
        ],
        dim=-2,
    )
    found = convolution(pixels)[0]
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "before", "last"), [("efficientnet-lite0", 192, 320), ("efficientnet-lite2", 208, 352)]
)
def test_pinned_weights_load_strictly_and_each_part_of_a_feature_has_its_length(
    name: str, before: int, last: int
) -> None:
    network = load_pinned(name)
    pixels = torch.rand(2, 3, 96, 64) * 2 - 1
    with torch.inference_mode():
        features = network(pixels)
    assert features.shape == (2, network.features)
    parts = features.split([1280, 1280, last, before], dim=1)
    lengths = torch.stack([part.norm(dim=1) for part in parts])
    wanted = torch.tensor([[0.7], [0.7], [0.7], [0.3]]).expand(4, 2)
    torch.testing.assert_close(lengths, wanted, rtol=1e-4, atol=0)
    assert not network.training


def test_features_are_pooled_from_what_the_stages_give() -> None:
    network = load_pinned(BACKBONE)
    assert isinstance(network, EfficientNetLite0)
    *body, tail = network.stages()
    hidden = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        for stage in body:
            hidden = stage(hidden)
        last = network._blocks[-1](hidden)
        head = functional.relu6(network._bn1(network._conv_head(last)))
        features = tail(hidden)[0]
    cube_mean = head[0].flatten(1).double().pow(3).mean(dim=1).pow(1 / 3)
    for found, part in zip(
        features.split([1280, 1280, 320, 192]),
        (head[0].mean(dim=(1, 2)), cube_mean, last[0].mean(dim=(1, 2)), hidden[0].mean(dim=(1, 2))),
        strict=True,
    ):
        assert torch.cosine_similarity(found.double(), part.double(), dim=0) > 0.9999


@pytest.mark.parametrize(
    ("name", "blocks"), [("efficientnet-lite0", 16), ("efficientnet-lite2", 21)]
)
def test_its_stages_one_after_the_other_are_the_network(name: str, blocks: int) -> None:
    network = load_pinned(name)
    assert len(network.stages()) == 1 + blocks
    hidden = pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        for stage in network.stages():
            hidden = stage(hidden)
        torch.testing.assert_close(hidden, network(pixels), rtol=0, atol=0)
    shared = {id(part) for stage in network.stages() for part in stage.parameters()}
    assert shared == {id(part) for part in network.parameters()}


def test_folding_hardly_moves_the_features() -> None:
    network = load_pinned(BACKBONE)
    pixels = torch.rand(2, 3, 96, 96) * 2 - 1
    with torch.inference_mode():
        before = network(pixels)
        fold_batch_norms(network)
        after = network(pixels)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in network.modules())
    torch.testing.assert_close(after, before, rtol=0, atol=1e-4)


def test_other_bytes_than_the_pinned_weights_are_refused(tmp_path: Path) -> None:
    content = bytearray(pinned_path(BACKBONE).read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "weights.pth"
    damaged.write_bytes(content)
    with pytest.raises(DesktopSearchError) as caught:
        load_pinned(BACKBONE, damaged)
    assert caught.value.code is ProblemCode.MODEL_DAMAGED


def test_each_block_that_can_adds_its_input() -> None:
    network = EfficientNetLite0().eval()
    blocks = [block for block in network._blocks if isinstance(block, _Block)]
    adding = [block._adds for block in blocks]
    repeats = [1, 2, 2, 3, 3, 4, 1]
    assert adding == [repeat > 0 for count in repeats for repeat in range(count)]
    assert np.prod([block._depthwise_conv.stride[0] for block in blocks]) * 2 == 32
