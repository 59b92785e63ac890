"""What the application keeps of a picture's EXIF: when it was taken and with which camera.

Values come from strangers: everything that is absurd becomes None, nothing here fails a picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from PIL import ExifTags, Image

from desktopsearch.imaging.damage import damage_ignored

_DATE = re.compile(r"\s*(\d{4})[:./-](\d\d?)[:./-](\d\d?)[ T]+(\d\d?):(\d\d?)(?::(\d\d?))?(?!\d)")
_OFFSET = re.compile(r"\s*([+-])(\d\d?):?(\d\d)\s*")
# The oldest photograph that survives, and a year that no camera's clock reaches by itself.
_FIRST_YEAR, _LAST_YEAR = 1826, 2100
_LARGEST_OFFSET_MIN = 14 * 60
_LONGEST_CAMERA = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """See ``messages.Decoded``."""

    taken_at: str | None = None
    taken_offset_min: int | None = None
    camera: str | None = None


def orientation(exif: Image.Exif, default: int) -> int:
    """Return the EXIF orientation, 1 to 8; the default where there is none, 1 for invalid ones."""
    value = (
        _value(exif, ExifTags.Base.Orientation) if ExifTags.Base.Orientation in exif else default
    )
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def facts(exif: Image.Exif) -> Facts:
    """Read the facts; a directory that cannot be parsed counts as empty."""
    details: dict[int, object] = {}
    with damage_ignored():
        details = exif.get_ifd(ExifTags.IFD.Exif)
    taken = taken_at(_text(details.get(ExifTags.Base.DateTimeOriginal)))
    offset = offset_min(_text(details.get(ExifTags.Base.OffsetTimeOriginal)))
    maker = _text(_value(exif, ExifTags.Base.Make))
    model = _text(_value(exif, ExifTags.Base.Model))
    return Facts(taken, offset if taken else None, camera(maker, model))


def taken_at(text: str) -> str | None:
    """Return an EXIF date as ISO 8601, or None where it cannot be one."""
    found = _DATE.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if not _FIRST_YEAR <= year < _LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 - naive
    except ValueError:
        return None


def offset_min(text: str) -> int | None:
    """Return an EXIF time offset in minutes east of UTC, or None where it cannot be one."""
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes > _LARGEST_OFFSET_MIN or int(found[3]) > 59:
        return None
    return -minutes if found[1] == "-" else minutes


def camera(maker: str, model: str) -> str | None:
    """Join maker and model; many models begin with a word of the maker already."""
    if not model:
        return maker or None
    first = model.split()[0].casefold()
    if any(first == word for word in re.split(r"[\s,]+", maker.casefold())):
        maker = ""
    if model.casefold().startswith(maker.casefold()):
        maker = ""
    return f"{maker} {model}".strip()[:_LONGEST_CAMERA].rstrip()


def _value(exif: Image.Exif, tag: int) -> object:
    # Pillow parses a value when it is asked for.
    found: list[object] = [None]
    with damage_ignored():
        found.append(exif.get(tag))
    return found[-1]


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    text = "".join(char if char.isprintable() else " " for char in value.partition("\0")[0])
    return " ".join(text.split())
