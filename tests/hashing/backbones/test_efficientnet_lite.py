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
    FEATURES,
    EfficientNetLite0,
    _Block,
    _SameConv2d,
)
from desktopsearch.hashing.backbones.pinned import PINNED, pinned_path
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


@pytest.mark.parametrize("name", PINNED)
def test_pinned_weights_load_strictly_and_give_features_of_the_known_shape_and_range(
    name: str,
) -> None:
    network = load_pinned(name)
    pixels = torch.rand(2, 3, 96, 64) * 2 - 1
    with torch.inference_mode():
        features = network(pixels)
    assert features.shape == (2, FEATURES)
    assert features.min() >= 0
    assert features.max() <= 6
    assert features.std() > 0.1
    assert not network.training


@pytest.mark.parametrize(
    ("name", "blocks"), [("efficientnet-lite0", 16), ("efficientnet-lite2", 21)]
)
def test_its_stages_one_after_the_other_are_the_network(name: str, blocks: int) -> None:
    network = load_pinned(name)
    assert len(network.stages()) == 1 + blocks + 1
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
