"""Camera RAW: the preview that the camera put into the file, or a quick development of half size.

Most RAW files are TIFF outside, with a tiny picture where Pillow looks; so they must be told from
pictures before Pillow sees them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import rawpy
from PIL import ExifTags, Image, UnidentifiedImageError

from desktopsearch.domain.framing import Framing
from desktopsearch.imaging.damage import (
    LARGEST_PICTURE_PX,
    damage_ignored,
    damage_reported,
    too_many_pixels,
)
from desktopsearch.imaging.exif import facts
from desktopsearch.imaging.formats import RAW_SUFFIXES
from desktopsearch.imaging.kept import KeptPixels, Loaded
from desktopsearch.imaging.pixels import (
    MOST_HANDED_OUT_PX,
    Upright,
    open_picture,
    upright,
    whole,
)
from desktopsearch.imaging.proxy import SHORT_SIDE_PX, proxy_size
from desktopsearch.imaging.shaping import cut_out, held, shrunk, size_within

_TIFF_SIGNATURES = (b"II*\0", b"MM\0*")
_RAW_SIGNATURES = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_CANON_3 = b"ftypcrx "
_CANON_2 = b"CR"
# LibRaw says how a picture is turned in the words of dcraw.
_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}


def is_raw(data: bytes, suffix: bytes) -> bool:
    """Return whether bytes are camera RAW, by content and, where that is a TIFF, also by name."""
    if data.startswith(_RAW_SIGNATURES) or data[4:12] == _CANON_3:
        return True
    if not data.startswith(_TIFF_SIGNATURES):
        return False
    return (
        data[8:10] == _CANON_2
        or suffix in RAW_SUFFIXES
        or ExifTags.Base.DNGVersion in _tiff_exif(data)
    )


def upright_raw(
    data: bytes, framing: Framing | None = None, kept: KeptPixels | None = None
) -> Upright:
    """Decode camera RAW like ``pixels.upright``.

    Raises:
        DesktopSearchError: As ``pixels.upright``.
    """
    own = _tiff_exif(data)
    with damage_reported(), _libraw_errors(), rawpy.imread(io.BytesIO(data)) as photo:
        _check_pixels(photo)
        width, height, turn = _upright_size(photo)
        preview = _preview(photo, min(width, height, SHORT_SIDE_PX))
        if preview is None:

            def load() -> Loaded:
                developed = _developed(photo)
                small = shrunk(developed, proxy_size(*developed.size))
                return Loaded(developed, small, None, 1, facts(own))

            loaded = load() if kept is None else kept.get(None, load)
            framed = None
            if framing is not None:
                framed = held(cut_out(loaded.flat, framing.crop), framing.turn, framing.mirror)
            return Upright(loaded.small, width, height, "RAW", loaded.facts, framed)
    shown = upright(preview, turn, framing, kept)
    found = facts(own) if len(own) else shown.facts
    return Upright(shown.picture, width, height, "RAW", found, shown.framed)


def whole_raw(data: bytes) -> Image.Image:
    """Decode the camera's own preview of a RAW file, or its quick development, like ``whole``.

    Raises:
        DesktopSearchError: As ``pixels.upright``.
    """
    with damage_reported(), _libraw_errors(), rawpy.imread(io.BytesIO(data)) as photo:
        _check_pixels(photo)
        width, height, turn = _upright_size(photo)
        preview = _preview(photo, min(width, height, SHORT_SIDE_PX))
        if preview is None:
            developed = _developed(photo)
            return shrunk(developed, size_within(developed.size, MOST_HANDED_OUT_PX))
    return whole(preview, turn)


def _check_pixels(photo: rawpy.RawPy) -> None:
    sizes = photo.sizes
    pixels_px = max(sizes.raw_width * sizes.raw_height, sizes.width * sizes.height)
    if pixels_px > LARGEST_PICTURE_PX:
        raise too_many_pixels(pixels_px)


def _upright_size(photo: rawpy.RawPy) -> tuple[int, int, int]:
    """Width, height and the EXIF orientation that the camera's previews have."""
    sizes = photo.sizes
    turn = _ORIENTATIONS.get(sizes.flip, 1)
    lying = (sizes.width, sizes.height)
    return *(lying if turn < 5 else lying[::-1]), turn


def _developed(photo: rawpy.RawPy) -> Image.Image:
    return Image.fromarray(photo.postprocess(half_size=True, use_camera_wb=True, output_bps=8))


def _preview(photo: rawpy.RawPy, shortest_px: int) -> bytes | None:
    try:
        thumbnail = photo.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if thumbnail.format != rawpy.ThumbFormat.JPEG:
        return None
    assert isinstance(thumbnail.data, bytes)
    preview = thumbnail.data
    return preview if min(open_picture(preview).size) >= shortest_px else None


@contextmanager
def _libraw_errors() -> Iterator[None]:
    try:
        yield
    except (rawpy.LibRawUnsufficientMemoryError, rawpy.LibRawTooBigError) as error:
        raise MemoryError from error
    except rawpy.LibRawFileUnsupportedError as error:
        raise UnidentifiedImageError from error
    except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
        raise ValueError(str(error)) from error


def _tiff_exif(data: bytes) -> Image.Exif:
    found = Image.Exif()
    with damage_ignored():
        found.load_from_fp(io.BytesIO(data))
    return found
