"""Which photos an answer may hold, whatever they look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "heic": ("HEIF",),
    "raw": ("RAW",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
    "tiff": ("TIFF",),
    "gif": ("GIF",),
    "bmp": ("BMP", "DIB"),
    "jpeg2000": ("JPEG2000",),
    "ppm": ("PPM",),
}
"""What people call a format, and by which names the decoder knows it; the commonest first."""


class Lately(StrEnum):
    """Days up to today; the value is what is stored."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last of them."""
        match self:
            case Lately.TODAY:
                return today, today
            case Lately.WEEK:
                return today - timedelta(days=6), today
            case Lately.MONTH:
                return today - timedelta(days=29), today
            case Lately.YEAR:
                return today.replace(month=1, day=1), today


@dataclass(frozen=True, slots=True)
class Filter:
    """Only photos for which all that is given holds."""

    folder: bytes | None = None
    """They lie in this folder or deeper; an absolute path."""
    first_day: date | None = None
    """They were taken on this day or later; see ``PhotoDate`` for when the camera has not said."""
    last_day: date | None = None
    """They were taken on this day or earlier."""
    formats: frozenset[str] = frozenset()
    """They have one of these formats, by their names in ``FORMATS``; any if empty."""

    album_ids: frozenset[int] = frozenset()
    """They are in one of these albums; none is in one that was deleted. Any if empty."""
    without_album: bool = False
    """They are in no album, whether they were said not to be in some or not."""

    @property
    def heeds_albums(self) -> bool:
        """Whether other photos may pass when albums change."""
        return bool(self.album_ids) or self.without_album

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != EVERYTHING


EVERYTHING: Final = Filter()
"""The filter that leaves nothing out."""
