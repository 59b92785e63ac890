from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from desktopsearch.imaging.identity import digest
from desktopsearch.imaging.messages import (
    CheckFiles,
    Decoded,
    DecodeIdentified,
    FilesChecked,
    Identified,
    IdentifyBytes,
)
from desktopsearch.ipc.messages import Failed
from tests.imaging.asking import DecoderAsker
from tests.imaging.damaging import flipped, valid
from tests.imaging.pictures import (
    encoded,
    packed_zeros,
    png,
    png_chunk,
    quarter_names,
    quartered,
)

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX file system")
MB = 1_000_000
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "JPEG2000", "BMP", "PPM"]


def _picture(reply: object) -> Image.Image:
    assert isinstance(reply, Decoded), reply
    return Image.open(io.BytesIO(reply.proxy))


def test_a_file_is_identified_and_decoded(decoder: DecoderAsker, tmp_path: Path) -> None:
    data = encoded(quartered(1200, 800), "JPEG")
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    identified = decoder.identify(path)
    assert identified == Identified(digest(data), len(data), path.stat().st_mtime_ns)
    [reply] = decoder.ask(DecodeIdentified())
    assert quarter_names(_picture(reply)) == "RGBY"
    assert isinstance(reply, Decoded)
    assert (reply.width, reply.height, reply.format) == (1200, 800, "JPEG")
    assert (reply.taken_at, reply.taken_offset_min, reply.camera) == (None, None, None)


def test_bytes_give_what_the_file_gives(decoder: DecoderAsker, tmp_path: Path) -> None:
    data = encoded(quartered(), "PNG")
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    assert decoder.decode(data) == decoder.decode(path)
    [identified] = decoder.ask(IdentifyBytes(data))
    assert identified == Identified(digest(data), len(data), 0)


@pytest.mark.parametrize("name", FORMATS)
def test_the_name_does_not_matter(decoder: DecoderAsker, tmp_path: Path, name: str) -> None:
    path = tmp_path / ("a.png" if name != "PNG" else "a.jpg")
    path.write_bytes(encoded(quartered(), name))
    assert quarter_names(_picture(decoder.decode(path))) == "RGBY"


def test_failures_have_codes(decoder: DecoderAsker, tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    (tmp_path / "text.jpg").write_text("no picture at all\n")
    (tmp_path / "empty.jpg").touch()
    assert decoder.decode(tmp_path / "x.jpg") == Failed("FILE_NOT_REGULAR")
    assert decoder.decode(tmp_path / "text.jpg") == Failed("FILE_NOT_AN_IMAGE")
    assert decoder.decode(tmp_path / "empty.jpg") == Failed("FILE_EMPTY")
    assert decoder.decode(tmp_path / "none.jpg") == Failed("FILE_VANISHED")
    assert decoder.decode(b"") == Failed("FILE_EMPTY")


@posix
def test_a_fifo_does_not_hang_the_decoder(decoder: DecoderAsker, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    assert decoder.decode(tmp_path / "fifo.jpg") == Failed("FILE_NOT_REGULAR")


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
@pytest.mark.parametrize("name", [b"line\nbreak.jpg", "😀.jpg".encode(), b"\xff\xfe.jpg"])
def test_names_of_any_bytes(decoder: DecoderAsker, tmp_path: Path, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(encoded(quartered(), "JPEG"))
    assert isinstance(decoder.identify(path), Identified)


def test_files_are_checked(decoder: DecoderAsker, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    paths = [os.fsencode(tmp_path / name) for name in ("a", "b")]
    assert decoder.ask(CheckFiles(paths)) == [FilesChecked([True, False])]


def test_a_check_between_does_not_forget_what_was_identified(decoder: DecoderAsker) -> None:
    decoder.ask(IdentifyBytes(encoded(quartered(), "JPEG")))
    decoder.ask(CheckFiles([]))
    assert quarter_names(_picture(decoder.ask(DecodeIdentified())[0])) == "RGBY"


@pytest.mark.parametrize(
    ("width", "height", "megapixels"),
    [(100_000, 100_000, 10_000), (15_000, 15_000, 225), (2_000_000_000, 1, 2_000)],
)
def test_a_declared_giant_is_refused_before_it_is_decoded(
    decoder: DecoderAsker, width: int, height: int, megapixels: int
) -> None:
    reply = decoder.decode(png(width, height, zlib.compress(bytes(100))))
    assert reply == Failed(
        "FILE_TOO_MANY_PIXELS", {"megapixels": megapixels, "limit_megapixels": 200}
    )


def test_a_real_giant_is_refused(decoder: DecoderAsker) -> None:
    reply = decoder.decode(png(20_000, 20_000, packed_zeros(20_000 * 20_001)))
    assert getattr(reply, "code", reply) == "FILE_TOO_MANY_PIXELS"


@pytest.mark.parametrize(
    "extra",
    [
        lambda packed: png_chunk(b"zTXt", b"k\0\0" + packed),
        lambda packed: png_chunk(b"iTXt", b"k\0\1\0\0\0" + packed),
        lambda packed: png_chunk(b"iCCP", b"k\0\0" + packed),
    ],
    ids=["zTXt", "iTXt", "iCCP"],
)
def test_text_bombs_are_damage(decoder: DecoderAsker, extra: Callable[[bytes], bytes]) -> None:
    lines = zlib.compress(b"\0" + bytes(8))
    reply = decoder.decode(png(8, 1, lines, extra=extra(packed_zeros(200 * MB))))
    assert getattr(reply, "code", reply) == "FILE_DAMAGED"
    many = extra(packed_zeros(15 * MB)) * 30
    reply = decoder.decode(png(8, 1, lines, extra=many))
    assert isinstance(reply, Failed | Decoded)


def test_settings_of_programs_in_long_texts_are_no_bomb(decoder: DecoderAsker) -> None:
    extra = png_chunk(b"zTXt", b"workflow\0\0" + packed_zeros(2 * MB))
    reply = decoder.decode(png(8, 1, zlib.compress(b"\0" + bytes(8)), extra=extra))
    assert isinstance(reply, Decoded)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a decoder is limited on Linux")
def test_a_picture_that_needs_too_much_memory_costs_only_itself(decoder: DecoderAsker) -> None:
    # 190 megapixels of 32-bit samples need 760 MB as they are and as much again as numbers; with
    # the limit lowered under that, the child must say so and live on.
    decoder.decode(encoded(quartered(), "JPEG"))
    resource = pytest.importorskip("resource")
    assert decoder.child.pid is not None
    soft, hard = resource.prlimit(decoder.child.pid, resource.RLIMIT_AS)
    assert soft == 4 * 2**30
    data = png(14_000, 14_000, packed_zeros(14_000 * 14_001))
    resource.prlimit(decoder.child.pid, resource.RLIMIT_AS, (400 * MB, hard))
    try:
        assert decoder.decode(data) == Failed("FILE_OUT_OF_MEMORY")
    finally:
        resource.prlimit(decoder.child.pid, resource.RLIMIT_AS, (soft, hard))
    assert isinstance(decoder.decode(data), Decoded)


# HEIF is not among them: libheif can crash, which test_batch shows to be survived.
@pytest.mark.parametrize("name", [*FORMATS, "DNG"])
def testflipped_bytes_give_a_picture_or_a_problem(decoder: DecoderAsker, name: str) -> None:
    data = valid(name)
    assert isinstance(decoder.decode(data), Decoded)
    decoded = 0
    for seed in range(60):
        reply = decoder.decode(flipped(data, seed))
        assert isinstance(reply, Decoded | Failed), (name, seed, reply)
        decoded += isinstance(reply, Decoded)
        if isinstance(reply, Decoded):
            assert max(_picture(reply).size) <= 768
        else:
            assert reply.problem.name.startswith("FILE_")
            assert str(reply.parameters.get("reason", "x")).isprintable()
    assert decoded < 60
