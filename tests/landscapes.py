"""Drawn landscapes for screenshots: skies, suns, hills and water in a few moods."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Top and bottom of the sky, the sun, far hills, near hills; as sRGB.
_MOODS = {
    "Sunset": ("#2b2d5b", "#f6a15c", "#ffe3a3", "#8a4a63", "#2d1b33"),
    "Meadow": ("#5fa8e6", "#d9eefb", "#fffbe6", "#7fae76", "#2f6b3a"),
    "Sea": ("#3c7fc0", "#cfe9f5", "#fff7d6", "#2f7f9e", "#14506b"),
    "Desert": ("#7db4d8", "#fbe3bd", "#fff3cf", "#d9975a", "#9c5a2e"),
    "Night": ("#070b1f", "#27345e", "#f2f0dc", "#141c36", "#090d1c"),
    "Winter": ("#8fb3d1", "#eef4f9", "#ffffff", "#c3d3e0", "#7e97ad"),
}
_SIZE_PX = (480, 320)


def landscape(number: int, quality: int = 88) -> tuple[str, bytes]:
    """Return mood and JPEG of the landscape of this number, each unlike the others."""
    mood = list(_MOODS)[number % len(_MOODS)]
    chance = np.random.default_rng(number)
    top, bottom, sun, far, near = (_rgb(name, chance) for name in _MOODS[mood])
    width, height = _SIZE_PX
    down, across = np.mgrid[0:height, 0:width].astype(np.float64)
    share = (down / height)[..., None]
    canvas = top * (1 - share) + bottom * share
    x, y = chance.uniform(0.15, 0.85) * width, chance.uniform(0.15, 0.5) * height
    distance = np.hypot(across - x, down - y)[..., None]
    radius = chance.uniform(12, 30)
    glow = np.exp(-distance / (radius * 4)) * 0.7
    canvas = canvas * (1 - glow) + sun * glow
    canvas = np.where(distance < radius, sun, canvas)
    for layer in range(4):
        part = layer / 3
        ridge = height * (0.5 + 0.13 * layer) + _waves(across[0], chance, 34 - 6 * layer)
        below = (down > ridge)[..., None]
        shade = (far * (1 - part) + near * part) * (1 - 0.25 * share)
        canvas = np.where(below, shade, canvas)
    canvas += chance.normal(0, 2.5, (height, width, 1))
    out = io.BytesIO()
    Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=quality)
    return mood, out.getvalue()


def put_landscapes(folder: Path, count: int) -> None:
    """Write so many landscapes, a folder for each mood."""
    for number in range(count):
        mood, data = landscape(number)
        path = folder / mood / f"{mood.lower()}-{number // len(_MOODS) + 1:02}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _rgb(name: str, chance: np.random.Generator) -> NDArray[np.float64]:
    colour = np.array([int(name[start : start + 2], 16) for start in (1, 3, 5)], dtype=np.float64)
    return colour + chance.uniform(-14, 14, 3)


def _waves(
    across: NDArray[np.float64], chance: np.random.Generator, height_px: float
) -> NDArray[np.float64]:
    line = np.zeros_like(across)
    for octave in range(1, 6):
        length = across.size / (octave * chance.uniform(0.8, 1.6))
        line += np.sin(across / length * 2 * np.pi + chance.uniform(0, 6.3)) * height_px / octave
    return line
