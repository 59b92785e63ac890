"""A part of a picture is cut out with its detail, turned and mirrored."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from desktopsearch.domain.framing import Framing
from desktopsearch.imaging.messages import Decoded, DecodeIdentified, IdentifyBytes
from desktopsearch.imaging.pixels import upright
from desktopsearch.imaging.raw import upright_raw
from tests.imaging.asking import DecoderAsker
from tests.imaging.dng import make_dng
from tests.imaging.pictures import encoded, exif_bytes, quarter_names, quartered
from tests.imaging.test_pixels import STORED

MIDDLE = (0.25, 0.25, 0.75, 0.75)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_crop_is_of_the_upright_picture(name: str, orientation: int) -> None:
    turn = STORED[orientation]
    picture = quartered(960, 640)
    stored = picture if turn is None else picture.transpose(turn)
    data = encoded(stored, name, exif=exif_bytes(orientation))
    right_half = upright(data, framing=Framing((0.5, 0.0, 1.0, 1.0))).framed
    assert right_half is not None
    assert right_half.size == (256, 341)
    assert quarter_names(right_half) == "GGYY"
    across = upright(data, framing=Framing((0.25, 0.0, 0.75, 0.5))).framed
    assert across is not None
    assert across.size == (384, 256)
    assert quarter_names(across) == "RGRG"


def test_the_rest_stays_as_it_is_without_a_framing() -> None:
    data = encoded(quartered(960, 640), "JPEG")
    plain, framed = upright(data), upright(data, framing=Framing((0.5, 0.0, 1.0, 1.0)))
    assert plain.framed is None
    assert (plain.width, plain.height) == (framed.width, framed.height)
    assert framed.picture.size == plain.picture.size
    assert quarter_names(framed.picture) == "RGBY"


@pytest.mark.parametrize(
    ("turn", "mirror", "expected"),
    [
        (0, True, "GRYB"),
        (90, False, "BRYG"),
        (90, True, "RBGY"),
        (180, False, "YBGR"),
        (270, False, "GYRB"),
    ],
)
def test_it_is_turned_clockwise_then_mirrored(turn: int, mirror: bool, expected: str) -> None:
    data = encoded(quartered(480, 320), "PNG")
    result = upright(data, framing=Framing(turn=turn, mirror=mirror))
    assert result.framed is not None
    assert quarter_names(result.framed) == expected
    assert quarter_names(result.picture) == "RGBY"


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_a_small_part_of_a_large_picture_keeps_its_detail(name: str) -> None:
    stripes = np.zeros((1600, 2400), dtype=np.uint8)
    stripes[:, ::4] = stripes[:, 1::4] = 255
    data = encoded(Image.fromarray(stripes).convert("RGB"), name, quality=95)
    result = upright(data, framing=Framing((0.5, 0.5, 0.6, 0.65)))
    assert result.framed is not None
    assert result.framed.size == (240, 240)
    assert np.asarray(result.framed.convert("L")).std() > 100
    assert np.asarray(result.picture.convert("L")).std() < 20, "the whole cannot show them"


def test_the_smallest_part_is_a_pixel() -> None:
    data = encoded(quartered(10, 10), "PNG")
    for crop in ((0.0, 0.0, 1e-9, 1e-9), (1 - 1e-9, 1 - 1e-9, 1.0, 1.0)):
        result = upright(data, framing=Framing(crop))
        assert result.framed is not None
        assert result.framed.size == (1, 1)


@pytest.mark.parametrize("preview", [(400, 300), None])
def test_camera_raw_is_framed_too(preview: tuple[int, int] | None) -> None:
    sensor = np.asarray(quartered(640, 480))
    small = quartered(*preview) if preview else None
    data = make_dng(sensor, preview=small, orientation=6)
    result = upright_raw(data, Framing((0.5, 0.0, 1.0, 1.0)))
    assert result.framed is not None
    width, height = result.framed.size
    assert height > 2 * width
    red, green, blue = (part.resize((1, 2)).tobytes() for part in result.framed.split())
    assert red[0] > blue[0], "the upper right of the upright picture is red"
    assert green[1] > blue[1], "the lower right is green"


def test_the_decoder_sends_both_pictures(decoder: DecoderAsker) -> None:
    decoder.ask(IdentifyBytes(encoded(quartered(960, 640), "JPEG")))
    [reply] = decoder.ask(DecodeIdentified(Framing(MIDDLE, turn=90)))
    assert isinstance(reply, Decoded)
    assert reply.framed is not None
    framed = Image.open(io.BytesIO(reply.framed))
    assert framed.format == "JPEG"
    assert framed.size == (256, 384)
    assert quarter_names(framed) == "BRYG"
    assert quarter_names(Image.open(io.BytesIO(reply.proxy))) == "RGBY"
    assert (reply.width, reply.height) == (960, 640)
