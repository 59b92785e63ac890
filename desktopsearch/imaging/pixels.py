"""Opens a picture by its content and makes it small, upright and sRGB.

Nothing is decoded before the declared size has been checked. The proxy's size and file form belong
to ``proxy``, the colours to ``colour``, parts and turns to ``shaping``.
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
from desktopsearch.imaging.exif import Facts, facts, orientation
from desktopsearch.imaging.formats import OPENED_FORMATS, SIGNED_FORMATS
from desktopsearch.imaging.kept import KeptPixels, Loaded
from desktopsearch.imaging.proxy import proxy_size
from desktopsearch.imaging.shaping import (
    REDUCING_GAP,
    UPRIGHT,
    cut_out,
    held,
    shrunk,
    size_within,
)

MOST_HANDED_OUT_PX = 50_000_000
"""Of a whole picture: what a camera makes, and no more than the memory of both sides bears."""
_TIFF_BITS_PER_SAMPLE = 258

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
    facts: Facts
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


def upright(
    data: bytes, turn: int = 1, framing: Framing | None = None, kept: KeptPixels | None = None
) -> Upright:
    """Decode a picture, upright and no larger than its proxy.

    Args:
        data: The bytes of a file.
        turn: EXIF orientation that counts where the picture itself has none.
        framing: Of the upright picture, if a part of it is wanted beside it.
        kept: Has the pixels if these bytes were decoded with the same detail before.

    Raises:
        DesktopSearchError: As ``open_picture``, and FILE_OUT_OF_MEMORY.
    """
    source = open_picture(data)
    width, height = source.size
    target = proxy_size(width, height)
    with damage_reported():
        box = _drafted(source, target, framing)

        def load() -> Loaded:
            flat = _flat(source)
            # After the pixels: Pillow turns a TIFF while it loads it and then drops the
            # orientation.
            exif = Image.Exif()
            with damage_ignored():
                exif = source.getexif()
            own_turn = orientation(exif, turn)
            profile = source.info.get("icc_profile")
            small = held(to_srgb(shrunk(flat, target, box), profile), *UPRIGHT[own_turn])
            return Loaded(flat, small, profile, own_turn, facts(exif))

        loaded = load() if kept is None else kept.get(source.size, load)
        framed = None
        if framing is not None:
            degrees, mirror = UPRIGHT[loaded.turn]
            cropped = cut_out(loaded.flat, unturned(framing.crop, degrees, mirror=mirror), box)
            framed = held(to_srgb(cropped, loaded.profile), degrees, mirror)
            framed = held(framed, framing.turn, framing.mirror)
    if loaded.turn >= 5:
        width, height = height, width
    return Upright(loaded.small, width, height, source.format or "", loaded.facts, framed)


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
        flat = _flat(source)
        exif = Image.Exif()
        with damage_ignored():
            exif = source.getexif()
        fitting = shrunk(flat, size_within(flat.size, MOST_HANDED_OUT_PX))
        picture = to_srgb(fitting, source.info.get("icc_profile"))
        return held(picture, *UPRIGHT[orientation(exif, turn)])


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


def _drafted(
    source: ImageFile.ImageFile, target: tuple[int, int], framing: Framing | None
) -> Box | None:
    """Have a picture loaded with the detail that its proxy needs, or the part that is framed.

    Returns:
        What counts of the picture, in pixels; None for all of it.
    """
    if source.size == target:
        return None
    # The smaller of the sides decides how far the part may be reduced with the whole.
    part = framing.crop if framing is not None else WHOLE
    least = min(part[2] - part[0], part[3] - part[1])
    wanted = (int(target[0] / least * REDUCING_GAP), int(target[1] / least * REDUCING_GAP))
    drafted = source.draft(source.mode, wanted)
    return drafted[1] if drafted else None


def _flat(source: ImageFile.ImageFile) -> Image.Image:
    source.load()
    return flat_mode(source, _sample_bits(source))
