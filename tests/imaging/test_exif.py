from __future__ import annotations

import pytest
from PIL import Image

from desktopsearch.imaging.exif import camera, facts, offset_min, taken_at
from desktopsearch.imaging.pixels import upright
from tests.imaging.pictures import encoded, exif_bytes, quartered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024:05:01 12:30:00", "2024-05-01T12:30:00"),
        ("2024-05-01 12:30:00", "2024-05-01T12:30:00"),
        ("2024:05:01 12:30", "2024-05-01T12:30:00"),
        ("2024-05-01T12:30:59.123+02:00", "2024-05-01T12:30:59"),
        ("1899:12:31 23:59:59", "1899-12-31T23:59:59"),
        ("", None),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2024:13:01 12:30:00", None),
        ("2023:02:29 12:30:00", None),
        ("2024:05:01 25:30:00", None),
        ("1600:01:01 00:00:00", None),
        ("9999:01:01 00:00:00", None),
        ("yesterday", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    assert taken_at(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+02:00", 120),
        ("-03:30", -210),
        ("+0545", 345),
        ("+00:00", 0),
        ("", None),
        ("02:00", None),
        ("+19:00", None),
        ("+02:75", None),
        ("   :  ", None),
    ],
)
def test_offsets(text: str, expected: int | None) -> None:
    assert offset_min(text) == expected


@pytest.mark.parametrize(
    ("maker", "model", "expected"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("EASTMAN KODAK COMPANY", "KODAK CX7530", "KODAK CX7530"),
        ("SONY", "ILCE-7M3", "SONY ILCE-7M3"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("Apple", "", "Apple"),
        ("", "X100", "X100"),
        ("", "", None),
    ],
)
def test_cameras(maker: str, model: str, expected: str | None) -> None:
    assert camera(maker, model) == expected


def test_facts_of_a_file() -> None:
    exif = exif_bytes(
        1,
        t271="May\x07ker\0junk",
        t272="May ker  One ",
        t36867="2024:05:01 12:30:00",
        t36881="+02:00",
    )
    found = upright(encoded(quartered(), "JPEG", exif=exif)).facts
    assert found.taken_at == "2024-05-01T12:30:00"
    assert found.taken_offset_min == 120
    assert found.camera == "May ker One"


def test_an_offset_without_a_date_says_nothing() -> None:
    found = upright(encoded(quartered(), "JPEG", exif=exif_bytes(t36881="+02:00"))).facts
    assert found.taken_offset_min is None


def test_values_of_wrong_types_count_as_missing() -> None:
    exif = Image.Exif()
    exif[271], exif[272] = 7, (1, 2)
    exif.get_ifd(0x8769)[36867] = 12
    found = facts(exif)
    assert (found.camera, found.taken_at) == (None, None)


def test_facts_are_found_in_every_format_that_has_exif() -> None:
    exif = exif_bytes(t272="One", t36867="2024:05:01 12:30:00")
    for name in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        found = upright(encoded(quartered(), name, exif=exif)).facts
        assert (found.camera, found.taken_at) == ("One", "2024-05-01T12:30:00"), name
