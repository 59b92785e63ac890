"""Small textured pictures, each unlike the others, that the tests make for themselves."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image


def picture(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Return the picture of this number: coarse coloured patches, drawn smoothly."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def content(seed: int, kind: str = "JPEG", *, quality: int = 90, camera: str = "") -> bytes:
    """Return the picture of this number as the bytes of a file."""
    exif = Image.Exif()
    if camera:
        exif[ExifTags.Base.Model] = camera
    out = io.BytesIO()
    picture(seed).save(out, kind, quality=quality, exif=exif)
    return out.getvalue()


def put(path: Path, seed: int, *, quality: int = 90, camera: str = "") -> Path:
    """Write the picture of this number as a JPEG, with its folders; returns the path."""
    return put_bytes(path, content(seed, quality=quality, camera=camera))


def put_bytes(path: Path, data: bytes) -> Path:
    """Write a file with its folders; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def put_many(folder: Path, seeds: range, folders: int = 4) -> list[Path]:
    """Spread the pictures of these numbers over a few folders; returns their paths."""
    return [put(folder / f"folder {seed % folders}" / f"{seed:04}.jpg", seed) for seed in seeds]
