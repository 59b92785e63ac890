"""How pictures are changed before they are learned from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from desktopsearch.hashing.training.views import (
    View,
    as_it_is,
    changed_a_little,
    cropped,
    drawn_views,
    turned_by,
)
from tests.textures import texture

PICTURES = torch.from_numpy(
    np.stack([np.asarray(texture("blobs", seed).resize((48, 48))) for seed in range(40)])
)


def _seen(view: View, seed: int = 0) -> torch.Tensor:
    return view(PICTURES, np.random.default_rng(seed)).float()


def test_one_view_is_the_photo_itself() -> None:
    views = drawn_views(3)
    assert len(views) == 3
    assert torch.equal(_seen(views[0]), PICTURES.float())
    assert not torch.equal(_seen(views[1]), PICTURES.float())
    assert as_it_is(PICTURES, np.random.default_rng(0)) is PICTURES


def test_turning_is_turning() -> None:
    torch.testing.assert_close(_seen(turned_by(0.0)), PICTURES.float(), atol=1e-2, rtol=0)
    quarter = _seen(turned_by(90.0))
    torch.testing.assert_close(quarter, PICTURES.float().rot90(1, (1, 2)), atol=1e-2, rtol=0)
    expected = np.asarray(
        Image.fromarray(PICTURES[0].numpy()).rotate(10, Image.Resampling.BILINEAR)
    )
    difference = np.abs(_seen(turned_by(10.0))[0].numpy() - expected)
    assert np.median(difference) < 1.0
    # The frame stays: the corners turn black.
    assert _seen(turned_by(10.0))[:, 0, 0].abs().max() < 60


@pytest.mark.parametrize("view", [changed_a_little, cropped])
def test_changes_are_drawn_and_can_be_drawn_again(view: View) -> None:
    first, again, other = _seen(view), _seen(view), _seen(view, 1)
    assert first.shape == PICTURES.shape
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.min() >= 0
    assert first.max() <= 255.01


def test_half_of_the_views_are_mirrored() -> None:
    ramp = torch.arange(32, dtype=torch.uint8).mul(8)[None, None, :, None]
    pictures = ramp.expand(400, 32, 32, 3)
    seen = changed_a_little(pictures, np.random.default_rng(0))
    falling = (seen[:, 16, 4, 0] > seen[:, 16, 27, 0]).float().mean()
    assert 0.4 < falling < 0.6


def test_a_crop_shows_a_part_and_a_third_at_least() -> None:
    across = torch.arange(64, dtype=torch.float32) * 4
    pictures = across.to(torch.uint8)[None, None, :, None].expand(300, 64, 64, 3)
    seen = cropped(pictures, np.random.default_rng(0))
    width = (seen[:, 32, -1, 0] - seen[:, 32, 0, 0]).abs() / 252
    assert width.min() > 0.45
    assert width.max() <= 1.01
    assert width.std() > 0.1
