"""Brings pixels of every mode that Pillow opens to 8-bit sRGB on white.

``flat_mode`` comes before the resampling and may see a large picture, ``to_srgb`` comes after it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from desktopsearch.imaging.damage import DAMAGE

_SRGB = ImageCms.createProfile("sRGB")
_ALPHA_MODES = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_PROFILED_MODES = frozenset({"L", "RGB", "CMYK", "LAB"})
_WHITE = (255, 255, 255)
# Deep pictures are converted a piece at a time, to keep the memory within the limit.
_CHUNK_SAMPLES = 4_000_000

_Sample = TypeVar("_Sample", bound=np.generic)


def flat_mode(picture: Image.Image, sample_bits: int) -> Image.Image:
    """Return the picture in an 8-bit mode without palette and colour key, ready to be averaged.

    Args:
        picture: Loaded, of any mode.
        sample_bits: Significant bits of a grey sample of 16 bits.
    """
    if picture.mode.startswith(("I", "F")):
        return _eight_bit(picture, sample_bits)
    if "transparency" in picture.info and picture.mode in {"1", "L", "P", "RGB"}:
        return picture.convert("RGBA")
    if picture.mode == "PA":
        return picture.convert("RGBA")
    if picture.mode == "P":
        return picture.convert("RGB")
    if picture.mode == "1":
        return picture.convert("L")
    return picture


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture as mode RGB in sRGB.

    Args:
        picture: As ``flat_mode`` left it.
        profile: Embedded ICC profile; one that does not work is ignored.
    """
    if picture.mode in _ALPHA_MODES:
        rgba = picture.convert("RGBA")
        white = Image.new("RGB", rgba.size, _WHITE)
        white.paste(_profiled(rgba.convert("RGB"), profile), mask=rgba.getchannel("A"))
        return white
    return _profiled(picture, profile)


def _eight_bit(picture: Image.Image, sample_bits: int) -> Image.Image:
    samples = np.asarray(picture)
    out = np.empty(samples.shape, np.uint8)
    low, high = _range(samples.reshape(-1), picture.mode, sample_bits)
    span = high - low or 1.0
    for chunk, target in zip(_chunks(samples.reshape(-1)), _chunks(out.reshape(-1)), strict=True):
        values = np.nan_to_num(chunk.astype(np.float64), nan=low, posinf=high, neginf=low)
        target[:] = np.rint(np.clip((values - low) / span, 0.0, 1.0) * 255.0)
    return Image.fromarray(out)


def _range(samples: NDArray[np.generic], mode: str, sample_bits: int) -> tuple[float, float]:
    if mode.startswith("I;16"):
        return 0.0, 2.0**sample_bits - 1.0
    low, high = np.inf, -np.inf
    for chunk in _chunks(samples):
        values = chunk.astype(np.float64)
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low > high:
        return 0.0, 1.0
    # Scales that programs write; what fits none of them is stretched.
    for usual in (1.0, 255.0, 65535.0) if mode == "F" else (255.0, 65535.0):
        if low >= 0.0 and high <= usual:
            return 0.0, usual
    return low, high


def _chunks(samples: NDArray[_Sample]) -> Iterator[NDArray[_Sample]]:
    for start in range(0, samples.size, _CHUNK_SAMPLES):
        yield samples[start : start + _CHUNK_SAMPLES]


def _profiled(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode == "LAB" and profile is None:
        source = ImageCms.createProfile("LAB")
        return _converted(picture, ImageCms.ImageCmsProfile(source))
    if profile and picture.mode in _PROFILED_MODES:
        try:
            return _converted(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, *DAMAGE):
            return picture.convert("RGB")
    return picture.convert("RGB")


def _converted(picture: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    out = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    assert out is not None
    return out
