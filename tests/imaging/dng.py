"""Builds small camera RAW files (DNG, uncompressed Bayer samples) for tests."""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SRATIONAL = 1, 2, 3, 4, 5, 10
_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _SRATIONAL: 8}
_IDENTITY = [value for row in range(3) for column in range(3) for value in (int(row == column), 1)]

Tag = tuple[int, int, bytes]


def make_dng(
    rgb: NDArray[np.uint8], *, preview: Image.Image | None = None, orientation: int = 1
) -> bytes:
    """Return a DNG of RGB pixels of even size, with a JPEG preview where one is given."""
    height, width, _ = rgb.shape
    mosaic = np.empty((height, width), np.uint16)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = rgb[row::2, column::2, channel].astype(np.uint16) * 64
    raw = mosaic.astype("<u2").tobytes()
    jpeg = b""
    if preview is not None:
        out = io.BytesIO()
        preview.save(out, "JPEG", quality=90)
        jpeg = out.getvalue()
    jpeg_at, raw_at = 8, 8 + len(jpeg) + len(jpeg) % 2
    body = jpeg + b"\0" * (len(jpeg) % 2) + raw
    sensor = [
        _longs(254, 0),
        _longs(256, width),
        _longs(257, height),
        _shorts(258, 16),
        _shorts(259, 1),
        _shorts(262, 32803),
        _longs(273, raw_at),
        _shorts(277, 1),
        _longs(278, height),
        _longs(279, len(raw)),
        _shorts(33421, 2, 2),
        (33422, _BYTE, bytes([0, 1, 1, 2])),
        _longs(50714, 0),
        _longs(50717, 255 * 64),
    ]
    camera = [
        (271, _ASCII, b"Testmaker\0"),
        (272, _ASCII, b"Testmaker One\0"),
        _shorts(274, orientation),
        (50706, _BYTE, bytes([1, 4, 0, 0])),
        (50708, _ASCII, b"Testmaker One\0"),
        (50721, _SRATIONAL, struct.pack("<18i", *_IDENTITY)),
        (50728, _RATIONAL, struct.pack("<6I", 1, 1, 1, 1, 1, 1)),
    ]
    sensor_at = 8 + len(body)
    if preview is None:
        main, tail = sensor + camera, b""
    else:
        tail = _directory(sensor, sensor_at)
        main = [
            *camera,
            _longs(254, 1),
            _longs(256, preview.width),
            _longs(257, preview.height),
            _shorts(258, 8, 8, 8),
            _shorts(259, 7),
            _shorts(262, 6),
            _longs(273, jpeg_at),
            _shorts(277, 3),
            _longs(278, preview.height),
            _longs(279, len(jpeg)),
            _longs(330, sensor_at),
        ]
    main_at = sensor_at + len(tail)
    header = b"II*\0" + struct.pack("<I", main_at)
    return header + body + tail + _directory(main, main_at)


def _shorts(tag: int, *values: int) -> Tag:
    return tag, _SHORT, struct.pack(f"<{len(values)}H", *values)


def _longs(tag: int, *values: int) -> Tag:
    return tag, _LONG, struct.pack(f"<{len(values)}I", *values)


def _directory(tags: list[Tag], at: int) -> bytes:
    entries, extra = b"", b""
    extra_at = at + 2 + 12 * len(tags) + 4
    for tag, kind, value in sorted(tags):
        count = len(value) // _SIZES[kind]
        if len(value) > 4:
            field = struct.pack("<I", extra_at + len(extra))
            extra += value + b"\0" * (len(value) % 2)
        else:
            field = value.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, count) + field
    directory = struct.pack("<H", len(tags)) + entries + b"\0\0\0\0" + extra
    return directory + b"\0" * (len(directory) % 2)
