"""Valid files of every format, and ways to damage them that are the same each time."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.imaging import heic
from tests.imaging.dng import make_dng
from tests.imaging.pictures import encoded, exif_bytes, quartered


def valid(name: str) -> bytes:
    """Return a small file of a format."""
    if name == "HEIF":
        return heic.TURNED
    if name == "DNG":
        return make_dng(np.asarray(quartered(640, 480)), preview=quartered(400, 300))
    noise = np.random.default_rng(1).integers(0, 40, (200, 300, 3), np.uint8)
    picture = Image.fromarray(np.asarray(quartered(300, 200)) + noise)
    if name in {"JPEG", "PNG", "WEBP", "TIFF", "AVIF"}:
        return encoded(
            picture, name, exif=exif_bytes(6, t271="Maker", t36867="2024:05:01 12:30:00")
        )
    return encoded(picture, name)


def flipped(data: bytes, seed: int) -> bytes:
    """Return a valid file with a few damaged bytes, always the same for a seed."""
    numbers = np.random.default_rng(seed)
    damaged = bytearray(data)
    # Half of the cases aim at the header, where the structure is.
    reach = min(len(data), 300) if seed % 2 else len(data)
    for position in numbers.integers(0, reach, int(numbers.integers(1, 12))):
        damaged[position] = int(numbers.integers(0, 256))
    if seed % 7 == 0:
        del damaged[int(numbers.integers(1, len(damaged))) :]
    return bytes(damaged)
