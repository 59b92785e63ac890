from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.pixels import upright
from tests.imaging import heic
from tests.imaging.pictures import (
    encoded,
    exif_bytes,
    png_chunk,
    quarter_names,
    quartered,
    ramp,
)

# How the quarters of an upright picture lie in a file of that orientation.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _grey_at(data: bytes, share: float) -> int:
    picture = upright(data).picture
    pixel = picture.getpixel((round(share * (picture.width - 1)), picture.height // 2))
    assert isinstance(pixel, tuple)
    assert max(pixel) - min(pixel) <= 2
    return int(pixel[1])


def _assert_ramp(data: bytes, tolerance: int = 3) -> None:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert abs(_grey_at(data, share) - 255 * share) <= tolerance


@pytest.mark.parametrize("name", ["JPEG", "TIFF", "PNG", "WEBP", "AVIF", "MPO"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied_once(name: str, orientation: int) -> None:
    stored = quartered()
    turn = STORED[orientation]
    if turn is not None:
        stored = stored.transpose(turn)
    result = upright(encoded(stored, name, exif=exif_bytes(orientation)))
    assert quarter_names(result.picture) == "RGBY"
    assert (result.width, result.height) == (480, 320)
    assert result.picture.size == (384, 256)


@pytest.mark.parametrize("orientation", [0, 9, 42, 65535])
def test_an_invalid_orientation_is_none(orientation: int) -> None:
    result = upright(encoded(quartered(), "JPEG", exif=exif_bytes(orientation)))
    assert quarter_names(result.picture) == "RGBY"


def test_broken_exif_does_not_harm_the_picture() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\0\0\0\1" * 9
    result = upright(encoded(quartered(), "JPEG", exif=exif))
    assert quarter_names(result.picture) == "RGBY"


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "JPEG2000", "BMP", "DIB", "PPM"]
)
def test_formats_are_told_by_content(name: str) -> None:
    result = upright(encoded(quartered(), name))
    assert quarter_names(result.picture) == "RGBY"
    assert result.format == name


@pytest.mark.parametrize("name", ["EPS", "PDF", "TGA", "ICO", "PCX", "ICNS", "SGI"])
def test_formats_off_the_list_are_not_opened(name: str) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        upright(encoded(quartered(256, 256), name))
    assert caught.value.code is ProblemCode.FILE_NOT_AN_IMAGE


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG2000", "PPM"])
def test_16_bit_grey_is_scaled_not_clipped(name: str) -> None:
    _assert_ramp(encoded(Image.fromarray((ramp() * 65535).astype(np.uint16)), name))


def test_16_bit_grey_of_the_other_byte_order_is_scaled() -> None:
    _assert_ramp(encoded(Image.fromarray((ramp() * 65535).astype(">u2")), "TIFF"))


def test_12_bit_grey_fills_the_range() -> None:
    values = (ramp() * 4095).astype(np.uint16)
    pairs = values.reshape(400, 300, 2)
    packed = np.empty((400, 300, 3), np.uint8)
    packed[..., 0] = pairs[..., 0] >> 4
    packed[..., 1] = (pairs[..., 0] & 15) << 4 | pairs[..., 1] >> 8
    packed[..., 2] = pairs[..., 1] & 255
    plain = Image.fromarray(np.zeros((400, 450), np.uint16))
    assert packed.nbytes == 400 * 450 * 2
    tags = {256: 600, 258: 12}
    file = bytearray(encoded(plain, "TIFF"))
    opened = Image.open(io.BytesIO(bytes(file)))
    strip = opened.tag_v2[273][0]  # type: ignore[attr-defined]
    file[strip : strip + packed.nbytes] = packed.tobytes()
    first = int.from_bytes(file[4:8], "little")
    for entry in range(int.from_bytes(file[first : first + 2], "little")):
        at = first + 2 + 12 * entry
        tag = int.from_bytes(file[at : at + 2], "little")
        if tag in tags:
            file[at + 8 : at + 12] = tags[tag].to_bytes(4, "little")
    _assert_ramp(bytes(file))


def test_16_bit_colour_is_scaled() -> None:
    line = (ramp(600, 1)[0] * 65535).astype(">u2").repeat(3).tobytes()
    data = (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 600, 400, 16, 2, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress((b"\0" + line) * 400))
        + png_chunk(b"IEND", b"")
    )
    _assert_ramp(data)


@pytest.mark.parametrize(
    ("scale", "shift"), [(1.0, 0.0), (255.0, 0.0), (9000.0, -500.0), (1e30, 0.0)]
)
def test_float_samples_fill_the_range(scale: float, shift: float) -> None:
    _assert_ramp(encoded(Image.fromarray((ramp() * scale + shift).astype(np.float32)), "TIFF"))


def test_float_samples_that_are_no_numbers_do_no_harm() -> None:
    samples = ramp().astype(np.float32)
    samples[:, 290:296] = np.nan
    samples[0, 0], samples[0, 1] = np.inf, -np.inf
    data = encoded(Image.fromarray(samples), "TIFF")
    assert abs(_grey_at(data, 0.25) - 64) <= 3
    assert abs(_grey_at(data, 0.75) - 191) <= 3
    upright(encoded(Image.fromarray(np.full((50, 50), np.nan, np.float32)), "TIFF"))


@pytest.mark.parametrize(("scale", "shift"), [(255, 0), (65535, 0), (2_000_000, -70_000)])
def test_32_bit_samples_fill_the_range(scale: int, shift: int) -> None:
    _assert_ramp(encoded(Image.fromarray((ramp() * scale + shift).astype(np.int32)), "TIFF"))


def test_palette_and_one_bit() -> None:
    assert quarter_names(upright(encoded(quartered().quantize(16), "PNG")).picture) == "RGBY"
    assert quarter_names(upright(encoded(quartered().quantize(16), "GIF")).picture) == "RGBY"
    bits = Image.fromarray((ramp() * 255).astype(np.uint8)).convert("1")
    assert abs(_grey_at(encoded(bits, "TIFF", compression="group4"), 0.0)) <= 3


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_what_is_transparent_becomes_white(name: str) -> None:
    picture = quartered().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 240, 160))
    result = upright(encoded(picture, name)).picture
    corner = result.getpixel((40, 40))
    assert isinstance(corner, tuple)
    assert min(corner) >= 250
    assert quarter_names(result)[1:] == "GBY"


def test_half_transparent_is_mixed_with_white() -> None:
    data = encoded(Image.new("LA", (300, 300), (0, 128)), "PNG")
    assert abs(_grey_at(data, 0.5) - 127) <= 2


@pytest.mark.parametrize(("mode", "key"), [("L", 0), ("RGB", (0, 0, 0)), ("P", 0)])
def test_a_transparent_colour_becomes_white(mode: str, key: int | tuple[int, ...]) -> None:
    data = encoded(Image.new(mode, (300, 300), 0), "PNG", transparency=key)
    assert _grey_at(data, 0.5) >= 250


def test_cmyk_of_adobe_is_not_inverted() -> None:
    data = encoded(quartered().convert("CMYK"), "JPEG")
    assert b"Adobe" in data
    assert quarter_names(upright(data).picture) == "RGBY"
    assert quarter_names(upright(encoded(quartered().convert("CMYK"), "TIFF")).picture) == "RGBY"


def test_lab_and_ycbcr() -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    picture = ImageCms.profileToProfile(quartered(), srgb, lab, outputMode="LAB")
    assert picture is not None
    assert quarter_names(upright(encoded(picture, "TIFF")).picture) == "RGBY"
    assert quarter_names(upright(encoded(quartered().convert("YCbCr"), "TIFF")).picture) == "RGBY"


def _swapped_profile() -> bytes:
    """An sRGB profile whose red and blue primaries have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_an_embedded_profile_is_applied(name: str) -> None:
    data = encoded(quartered(), name, icc_profile=_swapped_profile())
    assert quarter_names(upright(data).picture) == "BGRY"


@pytest.mark.parametrize("profile", [b"not a profile", b"\0" * 200, _swapped_profile()[:300]])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    data = encoded(quartered(), "JPEG", icc_profile=profile)
    assert quarter_names(upright(data).picture) == "RGBY"


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    data = encoded(Image.new("L", (300, 300), 100), "PNG", icc_profile=_swapped_profile())
    assert abs(_grey_at(data, 0.5) - 100) <= 2


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP", "AVIF", "TIFF", "MPO"])
def test_of_several_pictures_the_first_counts(name: str) -> None:
    other = Image.new("RGB", (480, 320), (255, 255, 255))
    data = encoded(quartered(), name, save_all=True, append_images=[other])
    assert quarter_names(upright(data).picture) == "RGBY"


@pytest.mark.parametrize(
    ("size", "proxy"),
    [
        ((1, 1), (1, 1)),
        ((100, 80), (100, 80)),
        ((256, 256), (256, 256)),
        ((60000, 1), (768, 1)),
        ((1, 60000), (1, 768)),
        ((3000, 500), (768, 128)),
        ((4000, 3000), (341, 256)),
    ],
)
@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_sizes(size: tuple[int, int], proxy: tuple[int, int], name: str) -> None:
    result = upright(encoded(Image.new("RGB", size, (10, 200, 10)), name))
    assert result.picture.size == proxy
    assert (result.width, result.height) == size
    pixel = result.picture.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    assert pixel[1] > 150


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "JPEG2000"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_damaged(name: str, share: float) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (120, 160, 3), np.uint8)
    data = encoded(Image.fromarray(noise), name)
    with pytest.raises(DesktopSearchError) as caught:
        upright(data[: max(20, int(len(data) * share))])
    assert caught.value.code is ProblemCode.FILE_DAMAGED
    assert 0 < len(str(caught.value.parameters["reason"])) <= 80


@pytest.mark.parametrize(
    "data", [b"", b"x", b"just a text, no picture\n" * 50, bytes(5000), b"<svg/>", b"%PDF-1.7"]
)
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        upright(data)
    assert caught.value.code is ProblemCode.FILE_NOT_AN_IMAGE


@pytest.mark.parametrize("data", [heic.PLAIN, heic.TURNED], ids=["plain", "turned"])
def test_heic_is_turned_once(data: bytes) -> None:
    result = upright(data)
    assert quarter_names(result.picture) == "RGBY"
    assert (result.width, result.height, result.format) == (96, 64, "HEIF")
