"""Opens a picture by its content and makes it small, upright and sRGB.

Nothing is decoded before the declared size has been checked. The proxy's size and file form belong
to ``proxy``, the colours to ``colour``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pi_heif
from PIL import (  # noqa: F401 - imported to be registered, so that Pillow imports no others
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.framing import WHOLE, Box, Framing, unturned
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.colour import flat_mode, to_srgb
from desktopsearch.imaging.damage import (
    LARGEST_PICTURE_PX,
    damage_ignored,
    damage_reported,
    too_many_pixels,
)
from desktopsearch.imaging.exif import orientation
from desktopsearch.imaging.formats import OPENED_FORMATS, SIGNED_FORMATS
from desktopsearch.imaging.proxy import proxy_size

MOST_HANDED_OUT_PX = 50_000_000
"""Of a whole picture: what a camera makes, and no more than the memory of both sides bears."""
# How much larger than wanted a picture is decoded before the last, good resampling.
_REDUCING_GAP = 2.0
_TIFF_BITS_PER_SAMPLE = 258

_TRANSPOSES = {
    (0, True): Image.Transpose.FLIP_LEFT_RIGHT,
    (180, False): Image.Transpose.ROTATE_180,
    (180, True): Image.Transpose.FLIP_TOP_BOTTOM,
    (90, True): Image.Transpose.TRANSPOSE,
    (90, False): Image.Transpose.ROTATE_270,
    (270, True): Image.Transpose.TRANSVERSE,
    (270, False): Image.Transpose.ROTATE_90,
}
# Degrees clockwise, then whether mirrored, by EXIF orientation.
_UPRIGHT = {
    1: (0, False),
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (90, True),
    6: (90, False),
    7: (270, True),
    8: (270, False),
}

# Only the main picture is wanted; the less of a file libheif looks at, the better.
pi_heif.register_heif_opener(
    decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE_PX
# Programs that make pictures store their settings as compressed text of more than the usual 1 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 16_000_000


@dataclass(frozen=True, slots=True)
class Upright:
    """A picture of the proxy's size, and what is known of the original."""

    picture: Image.Image
    """Mode RGB, sRGB."""
    width: int
    """Of the upright original, in pixels."""
    height: int
    format: str
    exif: Image.Exif
    framed: Image.Image | None = None
    """What the framing leaves, of the proxy's size too."""


def open_picture(data: bytes) -> ImageFile.ImageFile:
    """Open a picture by its content; nothing but its header is read.

    Raises:
        DesktopSearchError: FILE_NOT_AN_IMAGE, FILE_DAMAGED or FILE_TOO_MANY_PIXELS.
    """
    with damage_reported():
        try:
            source = Image.open(io.BytesIO(data), formats=OPENED_FORMATS)
        except UnidentifiedImageError as error:
            if not _is_signed(data):
                raise
            raise ValueError("its beginning makes no sense") from error
    width, height = source.size
    if width * height > LARGEST_PICTURE_PX:
        raise too_many_pixels(width * height)
    if width < 1 or height < 1:
        raise DesktopSearchError(ProblemCode.FILE_DAMAGED, reason="no pixels")
    return source


def upright(data: bytes, turn: int = 1, framing: Framing | None = None) -> Upright:
    """Decode a picture, upright and no larger than its proxy.

    Args:
        data: The bytes of a file.
        turn: EXIF orientation that counts where the picture itself has none.
        framing: Of the upright picture, if a part of it is wanted beside it.

    Raises:
        DesktopSearchError: As ``open_picture``, and FILE_OUT_OF_MEMORY.
    """
    source = open_picture(data)
    width, height = source.size
    target = proxy_size(width, height)
    with damage_reported():
        flat, box = _loaded(source, target, framing)
        # After the pixels: Pillow turns a TIFF while it loads it and then drops the orientation.
        exif = Image.Exif()
        with damage_ignored():
            exif = source.getexif()
        turn = orientation(exif, turn)
        profile = source.info.get("icc_profile")
        picture = held(to_srgb(shrunk(flat, target, box), profile), *_UPRIGHT[turn])
        framed = None
        if framing is not None:
            degrees, mirror = _UPRIGHT[turn]
            cropped = cut_out(flat, unturned(framing.crop, degrees, mirror=mirror), box)
            framed = held(to_srgb(cropped, profile), degrees, mirror)
            framed = held(framed, framing.turn, framing.mirror)
    if turn >= 5:
        width, height = height, width
    return Upright(picture, width, height, source.format or "", exif, framed)


def whole(data: bytes, turn: int = 1) -> Image.Image:
    """Decode a picture upright and in its own size, or in the largest that is handed out.

    Args:
        data: The bytes of a file.
        turn: EXIF orientation that counts where the picture itself has none.

    Returns:
        A picture of mode RGB in sRGB.

    Raises:
        DesktopSearchError: As ``upright``.
    """
    source = open_picture(data)
    with damage_reported():
        flat, _ = _loaded(source, source.size, None)
        exif = Image.Exif()
        with damage_ignored():
            exif = source.getexif()
        fitting = shrunk(flat, size_within(flat.size, MOST_HANDED_OUT_PX))
        picture = to_srgb(fitting, source.info.get("icc_profile"))
        return held(picture, *_UPRIGHT[orientation(exif, turn)])


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
    return picture.resize(target, Image.Resampling.LANCZOS, box=box, reducing_gap=_REDUCING_GAP)


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


def _sample_bits(source: ImageFile.ImageFile) -> int:
    if isinstance(source, TiffImagePlugin.TiffImageFile):
        bits = source.tag_v2.get(_TIFF_BITS_PER_SAMPLE)
        if isinstance(bits, tuple) and bits and 8 < bits[0] < 16:
            return int(bits[0])
    return 16


def _is_signed(data: bytes) -> bool:
    prefix = data[:16]
    accepts = (Image.OPEN[name][1] for name in SIGNED_FORMATS)
    return any(accept is not None and accept(prefix) for accept in accepts)


def _loaded(
    source: ImageFile.ImageFile, target: tuple[int, int], framing: Framing | None
) -> tuple[Image.Image, Box | None]:
    """Load a picture with the detail that its proxy needs, or the part that is framed."""
    box = None
    if source.size != target:
        # The smaller of the sides decides how far the part may be reduced with the whole.
        part = framing.crop if framing is not None else WHOLE
        least = min(part[2] - part[0], part[3] - part[1])
        wanted = (int(target[0] / least * _REDUCING_GAP), int(target[1] / least * _REDUCING_GAP))
        drafted = source.draft(source.mode, wanted)
        box = drafted[1] if drafted else None
    source.load()
    return flat_mode(source, _sample_bits(source)), box
