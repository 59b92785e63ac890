"""Pictures that the tests make for themselves."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 170, 40), (30, 50, 210), (128, 128, 128)
QUARTERS = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))


def quartered(width: int = 480, height: int = 320) -> Image.Image:
    """Return red, green, blue and grey quarters: left to right, top to bottom."""
    picture = Image.new("RGB", (width, height))
    for colour, (x, y) in zip((RED, GREEN, BLUE, GREY), QUARTERS, strict=True):
        left, top = (0 if x < 0.5 else width // 2), (0 if y < 0.5 else height // 2)
        picture.paste(
            colour, (left, top, width if left else width // 2, height if top else height // 2)
        )
    return picture


def quarter_names(picture: Image.Image) -> str:
    """Return the colours of the quarters as letters, ``RGBY`` for an upright ``quartered``."""
    names = ""
    for x, y in QUARTERS:
        pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
        assert isinstance(pixel, tuple)
        distances = {
            name: sum(abs(a - b) for a, b in zip(pixel, colour, strict=True))
            for name, colour in (("R", RED), ("G", GREEN), ("B", BLUE), ("Y", GREY))
        }
        names += min(distances, key=lambda name: distances[name])
    return names


def ramp(width: int = 600, height: int = 400) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return grey values from 0 to 1, left to right."""
    return np.repeat(np.linspace(0.0, 1.0, width)[None], height, axis=0)


def encoded(picture: Image.Image, name: str, **options: object) -> bytes:
    """Return a picture as the bytes of a file."""
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def exif_bytes(orientation: int | None = None, **texts: str) -> bytes:
    """Return an EXIF block; ``texts`` are tag numbers with a leading ``t``, such as ``t271``."""
    exif = Image.Exif()
    if orientation is not None:
        exif[274] = orientation
    details = exif.get_ifd(0x8769)
    for key, text in texts.items():
        number = int(key[1:])
        (details if number > 30000 else exif)[number] = text
    return exif.tobytes()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, packed: bytes, *, extra: bytes = b"", colour: int = 0) -> bytes:
    """Return a PNG of 8-bit samples from its compressed lines, whatever these hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )


def packed_zeros(size_bytes: int) -> bytes:
    """Return that many zero bytes, compressed, without holding them."""
    packer = zlib.compressobj(9)
    parts = [
        packer.compress(bytes(min(1_000_000, size_bytes - at)))
        for at in range(0, size_bytes, 1_000_000)
    ]
    return b"".join(parts) + packer.flush()
