"""How a picture is changed before a network sees it, so that it learns what does not matter.

All on the device of the pictures; draws come from the numpy generator that is passed in. What a
network makes of views is stored: ``inputs.STORED`` changes with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

View = Callable[[torch.Tensor, np.random.Generator], torch.Tensor]
"""(B, S, S, 3) uint8 to as many pictures, uint8 or float32 from 0 to 255."""

ANGLES = (-10.0, -5.0, 5.0, 10.0)
"""Degrees by which USDH wants pictures turned, as DeepBit's released code has them."""
LARGEST_ANGLE = 10.0
LEAST_SIDE_OF_CROP = 0.85
LEAST_AREA_OF_LARGE_CROP = 0.35
_RATIOS = (3 / 4, 4 / 3)


def as_it_is(pictures: torch.Tensor, _generator: np.random.Generator) -> torch.Tensor:
    """Change nothing."""
    return pictures


def changed_a_little(pictures: torch.Tensor, generator: np.random.Generator) -> torch.Tensor:
    """Turn by up to 10 degrees, crop at most 15 % of each side, mirror half of them."""
    count = len(pictures)
    side = generator.uniform(LEAST_SIDE_OF_CROP, 1.0, count)
    angles = generator.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, count)
    return _warped(pictures, side, side, angles, generator, mirrored=True)


def cropped(pictures: torch.Tensor, generator: np.random.Generator) -> torch.Tensor:
    """Take a part of a third or more of the area, a little out of proportion; mirror half of them.

    As networks are trained on ImageNet (Szegedy et al., CVPR 2015), but for the smallest parts,
    which hold nothing of what a personal photo shows.
    """
    count = len(pictures)
    area = generator.uniform(LEAST_AREA_OF_LARGE_CROP, 1.0, count)
    ratio = np.exp(generator.uniform(math.log(_RATIOS[0]), math.log(_RATIOS[1]), count))
    width = np.minimum(np.sqrt(area * ratio), 1.0)
    height = np.minimum(np.sqrt(area / ratio), 1.0)
    return _warped(pictures, width, height, np.zeros(count), generator, mirrored=True)


def turned_by(angle: float) -> View:
    """Return the view that turns pictures by so many degrees; the frame stays, corners are black.

    As in DeepBit's released code.
    """

    def view(pictures: torch.Tensor, generator: np.random.Generator) -> torch.Tensor:
        full = np.ones(len(pictures))
        angles = np.full(len(pictures), angle)
        return _warped(pictures, full, full, angles, generator, mirrored=False, outside="zeros")

    return view


def drawn_views(count: int) -> Sequence[View]:
    """Return the photo as it is, then views of it that are changed a little."""
    return [as_it_is, *[changed_a_little] * (count - 1)]


def _warped(
    pictures: torch.Tensor,
    width: NDArray[np.float64],
    height: NDArray[np.float64],
    angles: NDArray[np.float64],
    generator: np.random.Generator,
    *,
    mirrored: bool,
    outside: Literal["zeros", "reflection"] = "reflection",
) -> torch.Tensor:
    """Look at each picture through a frame of its own.

    Args:
        pictures: (B, S, S, 3) uint8.
        width: (B,) of the frames, 1 for the picture's own; where they lie is drawn.
        height: (B,).
        angles: (B,) degrees.
        generator: Draws.
        mirrored: Whether half of them are mirrored.
        outside: What is seen beyond the edges.

    Returns:
        (B, S, S, 3) float32.
    """
    count = len(pictures)
    cosine, sine = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    flips = np.where(mirrored & (generator.random(count) < 0.5), -1.0, 1.0)
    across = generator.uniform(-1, 1, count) * (1 - width)
    down = generator.uniform(-1, 1, count) * (1 - height)
    matrices = np.stack(
        (
            np.stack((flips * width * cosine, -height * sine, across), axis=1),
            np.stack((flips * width * sine, height * cosine, down), axis=1),
        ),
        axis=1,
    )
    planes = pictures.permute(0, 3, 1, 2).float()
    frames = torch.from_numpy(matrices.astype(np.float32)).to(planes.device)
    grid = functional.affine_grid(frames, list(planes.shape), align_corners=False)
    seen = functional.grid_sample(
        planes, grid, mode="bilinear", padding_mode=outside, align_corners=False
    )
    return seen.permute(0, 2, 3, 1)
