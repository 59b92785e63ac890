"""Pictures handed out in their own size."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from desktopsearch.domain.errors import BugError
from desktopsearch.imaging import pixels
from desktopsearch.imaging.decoder import Decoder
from desktopsearch.imaging.messages import DecodeWhole, IdentifyBytes, WholeDecoded
from desktopsearch.imaging.pixels import whole
from desktopsearch.imaging.raw import whole_raw
from tests.imaging.asking import DecoderAsker
from tests.imaging.dng import make_dng


def left_red(width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    return picture


def encoded(picture: Image.Image, kind: str, turn: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def test_a_picture_comes_upright_in_its_own_size_with_all_of_its_pixels() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 1300, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(whole(encoded(Image.fromarray(noise), "PNG"))), noise)
    turned = whole(encoded(left_red(1300, 900), "JPEG", turn=6))
    assert turned.size == (900, 1300)
    upper = turned.getpixel((450, 100))
    assert isinstance(upper, tuple)
    assert upper[0] > 200 > 50 > upper[2]


def test_what_is_not_rgb_becomes_so() -> None:
    grey = whole(encoded(Image.new("L", (40, 30), 99), "PNG"))
    assert (grey.mode, grey.getpixel((3, 3))) == ("RGB", (99, 99, 99))
    clear = whole(encoded(Image.new("RGBA", (40, 30), (9, 9, 9, 0)), "PNG"))
    assert clear.getpixel((3, 3)) == (255, 255, 255)


def test_more_pixels_than_a_program_can_use_are_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "MOST_HANDED_OUT_PX", 30_000)
    small = whole(encoded(left_red(400, 300), "PNG"))
    assert small.size == (200, 150)
    red = small.getpixel((20, 75))
    assert red == (255, 0, 0)


def test_camera_raw_comes_as_its_preview_or_developed() -> None:
    sensor = np.asarray(left_red(640, 480))
    assert whole_raw(make_dng(sensor, preview=left_red(400, 300), orientation=6)).size == (300, 400)
    assert min(whole_raw(make_dng(sensor, preview=None)).size) >= 200


def test_the_decoder_sends_the_pixels_line_by_line(decoder: DecoderAsker) -> None:
    decoder.ask(IdentifyBytes(encoded(left_red(64, 48), "PNG")))
    [reply] = decoder.ask(DecodeWhole())
    assert isinstance(reply, WholeDecoded)
    assert (reply.width, reply.height, len(reply.rgb)) == (64, 48, 64 * 48 * 3)
    assert reply.rgb[:3] == b"\xff\0\0"
    assert reply.rgb[-3:] == b"\0\0\xff"


def test_nothing_is_handed_out_twice() -> None:
    decoder = Decoder()
    list(decoder.handle(IdentifyBytes(encoded(left_red(8, 8), "PNG"))))
    list(decoder.handle(DecodeWhole()))
    with pytest.raises(BugError):
        list(decoder.handle(DecodeWhole()))
