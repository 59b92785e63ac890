"""Makes decoded pictures smaller, cuts parts out of them and turns them."""

from __future__ import annotations

from PIL import Image

from desktopsearch.domain.framing import Box
from desktopsearch.imaging.proxy import proxy_size

REDUCING_GAP = 2.0
"""How much larger than wanted a picture is decoded before the last, good resampling."""

_TRANSPOSES = {
    (0, True): Image.Transpose.FLIP_LEFT_RIGHT,
    (180, False): Image.Transpose.ROTATE_180,
    (180, True): Image.Transpose.FLIP_TOP_BOTTOM,
    (90, True): Image.Transpose.TRANSPOSE,
    (90, False): Image.Transpose.ROTATE_270,
    (270, True): Image.Transpose.TRANSVERSE,
    (270, False): Image.Transpose.ROTATE_90,
}
UPRIGHT = {
    1: (0, False),
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (90, True),
    6: (90, False),
    7: (270, True),
    8: (270, False),
}
"""Degrees clockwise, then whether mirrored, by EXIF orientation."""


def size_within(size: tuple[int, int], most_px: int) -> tuple[int, int]:
    """The size of a picture reduced to so many pixels; one that has fewer keeps its own."""
    scale = min(1.0, (most_px / (size[0] * size[1])) ** 0.5)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def shrunk(
    picture: Image.Image,
    target: tuple[int, int],
    box: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """Return an 8-bit picture in another size.

    Args:
        picture: As ``colour.flat_mode`` leaves it.
        target: Width and height in pixels.
        box: What counts of the picture; None for all of it.
    """
    if picture.size == target:
        return picture
    return picture.resize(target, Image.Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP)


def cut_out(picture: Image.Image, crop: Box, box: Box | None = None) -> Image.Image:
    """Return a part of a picture, no larger than a proxy.

    Args:
        picture: As ``colour.flat_mode`` leaves it.
        crop: The part, as fractions; at least a pixel of it is left.
        box: What counts of the picture, in pixels; None for all of it.
    """
    across, down = (box[2], box[3]) if box else picture.size
    left, top = min(crop[0] * across, across - 1), min(crop[1] * down, down - 1)
    right, bottom = max(crop[2] * across, left + 1), max(crop[3] * down, top + 1)
    size = proxy_size(round(right - left), round(bottom - top))
    return shrunk(picture, size, (left, top, right, bottom))


def held(picture: Image.Image, turn: int, mirror: bool) -> Image.Image:
    """Return a picture turned clockwise by these degrees, then mirrored."""
    way = _TRANSPOSES.get((turn, mirror))
    return picture if way is None else picture.transpose(way)
