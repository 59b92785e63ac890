"""Pictures that the tests make for themselves: stripes, checks and blobs in chosen colours."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

KINDS = ("stripes", "checks", "blobs")


def texture(kind: str, seed: int, width: int = 200, height: int = 150) -> Image.Image:
    """Draw one picture of a kind; the seed decides its colours, its scale and its noise."""
    generator = np.random.default_rng([KINDS.index(kind), seed])
    down, across = np.mgrid[0:height, 0:width]
    period = generator.uniform(8, 24)
    phase = generator.uniform(0, period)
    if kind == "stripes":
        mask = (across + phase) // period % 2
    elif kind == "checks":
        mask = ((across + phase) // period + (down + phase) // period) % 2
    else:
        mask = np.sin(across / period + phase) + np.sin(down / period - phase) > 0.7
    dark, light = generator.uniform(0, 90, 3), generator.uniform(150, 255, 3)
    canvas = np.where(mask[..., None], light, dark) + generator.normal(0, 4, (height, width, 3))
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))


def jpeg(picture: Image.Image) -> bytes:
    """Return a picture as the decoder would write its proxy."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
