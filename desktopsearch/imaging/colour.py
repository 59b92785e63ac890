"""Brings pixels of every mode that Pillow opens to 8-bit sRGB on white.

Works on pictures that are already small; ``flat_mode`` alone may see a large one.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from desktopsearch.imaging.damage import DAMAGE

_SRGB = ImageCms.createProfile("sRGB")
_ALPHA_MODES = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_PROFILED_MODES = frozenset({"L", "RGB", "CMYK", "LAB"})
_WHITE = (255, 255, 255)


def flat_mode(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode whose pixels may be averaged: no palette, no colour key."""
    if "transparency" in picture.info and picture.mode in {"1", "L", "P", "RGB"}:
        return picture.convert("RGBA")
    if picture.mode == "PA":
        return picture.convert("RGBA")
    if picture.mode == "P":
        return picture.convert("RGB")
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "F":
        values = np.nan_to_num(np.asarray(picture), nan=0.0, posinf=0.0, neginf=0.0)
        return Image.fromarray(values)
    return picture


def to_srgb(picture: Image.Image, profile: bytes | None, sample_bits: int) -> Image.Image:
    """Return the picture as mode RGB in sRGB.

    Args:
        picture: As ``flat_mode`` left it.
        profile: Embedded ICC profile; one that does not work is ignored.
        sample_bits: Significant bits of a grey sample of more than 8 bits.
    """
    if picture.mode in _ALPHA_MODES:
        rgba = picture.convert("RGBA")
        white = Image.new("RGB", rgba.size, _WHITE)
        white.paste(_profiled(rgba.convert("RGB"), profile), mask=rgba.getchannel("A"))
        return white
    if picture.mode == "F" or picture.mode.startswith("I"):
        picture = _eight_bit(picture, sample_bits)
    return _profiled(picture, profile)


def _eight_bit(picture: Image.Image, sample_bits: int) -> Image.Image:
    values = np.asarray(picture, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    if picture.mode.startswith("I;16"):
        low, high = 0.0, float(2**sample_bits - 1)
    elif picture.mode == "F" and low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    elif low >= 0.0 and high <= 255.0:
        low, high = 0.0, 255.0
    elif picture.mode == "I" and low >= 0.0 and high <= 65535.0:
        low, high = 0.0, 65535.0
    span = high - low or 1.0
    scaled = np.clip((values - low) / span, 0.0, 1.0)
    return Image.fromarray(np.rint(scaled * 255.0).astype(np.uint8))


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
