"""A picture of which part after part is wanted is decoded once, and what is cut is the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktopsearch.domain.framing import Framing
from desktopsearch.imaging import kept, raw
from desktopsearch.imaging.decoder import Decoder
from desktopsearch.imaging.messages import Decoded, DecodeIdentified, IdentifyBytes, IdentifyFile
from tests.imaging.dng import make_dng
from tests.imaging.pictures import encoded, exif_bytes, quarter_names, quartered

MIDDLE = (0.25, 0.25, 0.75, 0.75)
DRAG = [Framing((0.02 * step, 0.0, 1.0, 1.0)) for step in range(5)]
"""The left edge is moved to the right, a step at a time."""


@pytest.fixture
def decodes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats of the pictures that Pillow decodes, one for each time."""
    begun: list[str] = []
    begin: Callable[..., object] = Image._getdecoder

    def note(mode: str, name: str, *rest: object) -> object:
        begun.append(name)
        return begin(mode, name, *rest)

    monkeypatch.setattr(Image, "_getdecoder", note)
    return begun


def noisy(width: int = 900, height: int = 600) -> Image.Image:
    chance = np.random.default_rng(0)
    noise = chance.integers(0, 60, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(np.asarray(quartered(width, height)) // 2 + noise)


def ask(decoder: Decoder, content: bytes | Path, framing: Framing | None) -> Decoded:
    request = IdentifyBytes(content) if isinstance(content, bytes) else IdentifyFile(bytes(content))
    list(decoder.handle(request))
    [reply] = decoder.handle(DecodeIdentified(framing))
    assert isinstance(reply, Decoded)
    return reply


@pytest.mark.parametrize(("name", "decoder_name"), [("JPEG", "jpeg"), ("PNG", "zip")])
def test_a_drag_decodes_once_and_cuts_what_a_fresh_decoder_would(
    decodes: list[str], name: str, decoder_name: str
) -> None:
    data = encoded(noisy(), name, exif=exif_bytes(6, t272="One"))
    decodes.clear()
    decoder = Decoder()
    answers = [ask(decoder, data, framing) for framing in DRAG]
    assert decodes == [decoder_name]
    assert answers == [ask(Decoder(), data, framing) for framing in DRAG]
    assert answers[0].camera == "One"
    turned = ask(decoder, data, Framing(MIDDLE, turn=90, mirror=True))
    assert turned == ask(Decoder(), data, Framing(MIDDLE, turn=90, mirror=True))


def test_a_smaller_part_is_decoded_with_the_detail_that_it_needs(decodes: list[str]) -> None:
    data = encoded(noisy(2400, 1600), "JPEG")
    decodes.clear()
    decoder = Decoder()
    smaller = [Framing((0.0, 0.0, part, part)) for part in (0.9, 0.8, 0.5, 0.05)]
    answers = [ask(decoder, data, framing) for framing in smaller]
    assert len(decodes) == 2
    assert answers == [ask(Decoder(), data, framing) for framing in smaller]


def test_a_turned_tiff_is_kept_as_it_is_held() -> None:
    stored = quartered(960, 640).transpose(Image.Transpose.ROTATE_90)
    data = encoded(stored, "TIFF", exif=exif_bytes(6))
    decoder = Decoder()
    for framing in (Framing(MIDDLE), Framing(MIDDLE, turn=180)):
        reply = ask(decoder, data, framing)
        assert quarter_names(Image.open(io.BytesIO(reply.proxy))) == "RGBY"
        assert (reply.width, reply.height) == (960, 640)
        assert reply == ask(Decoder(), data, framing)


def test_camera_raw_is_developed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    developed: list[Image.Image] = []
    develop = raw._developed

    def note(photo: Any) -> Image.Image:
        developed.append(develop(photo))
        return developed[-1]

    monkeypatch.setattr(raw, "_developed", note)
    data = make_dng(np.asarray(quartered(640, 480)), preview=None)
    decoder = Decoder()
    answers = [ask(decoder, data, framing) for framing in DRAG]
    assert len(developed) == 1
    assert answers[-1] == ask(Decoder(), data, DRAG[-1])


def test_a_file_that_has_changed_is_decoded_as_it_is_now(
    decodes: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encoded(quartered(960, 640), "PNG"))
    decoder = Decoder()
    ask(decoder, file, Framing(MIDDLE))
    file.write_bytes(encoded(quartered(960, 640).transpose(Image.Transpose.ROTATE_180), "PNG"))
    reply = ask(decoder, file, Framing(MIDDLE))
    assert decodes == ["zip", "zip"]
    assert reply.framed is not None
    assert quarter_names(Image.open(io.BytesIO(reply.framed))) == "YBGR"


def test_nothing_is_kept_of_whole_pictures_nor_of_very_large_ones(
    decodes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(quartered(960, 640), "PNG")
    decoder = Decoder()
    for framing in (None, None, Framing(MIDDLE), Framing(MIDDLE)):
        ask(decoder, data, framing)
    assert len(decodes) == 3
    monkeypatch.setattr(kept, "MOST_KEPT_PX", 960 * 640 - 1)
    other = Decoder()
    for _ in range(2):
        ask(other, data, Framing(MIDDLE))
    assert len(decodes) == 5
