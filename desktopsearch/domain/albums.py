"""Albums and what is said of photos: the values, the names that are allowed, the colours.

A photo is in an album, not in it (rejected), or nothing is said of the two. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

PALETTE: Final[Mapping[str, str]] = {
    "red": "#c62828",
    "orange": "#ef6c00",
    "yellow": "#f9a825",
    "green": "#2e7d32",
    "teal": "#00838f",
    "blue": "#1565c0",
    "purple": "#6a1b9a",
    "pink": "#ad1457",
    "grey": "#546e7a",
}
"""The colours that an album may have, by name."""

EXPORT_FORMATS: Final = ("csv", "json", "xmp")
"""In which albums can be written down."""

LONGEST_NAME: Final = 255
"""In characters; no folder has a longer name."""

_UNWRITABLE = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Album:
    """An album and how many photos are said to be in it and not in it."""

    id: int
    name: str
    colour: str
    """As ``#rrggbb``."""
    photos: int
    """In it, wherever they are."""
    present: int
    """In it, and lying somewhere, be it on a drive that is away."""
    rejected: int
    """Not in it: remembered as such."""


@dataclass(frozen=True, slots=True)
class LabelCount:
    """What is said of some photos and one album."""

    album_id: int
    inside: int
    """How many of the photos are in it."""
    rejected: int
    """How many are not in it for certain."""


class ActKind(StrEnum):
    """What was done that can be undone; the value is what is stored."""

    CREATE = "create"
    RENAME = "rename"
    RECOLOUR = "recolour"
    DELETE = "delete"
    ADD = "add"
    REMOVE = "remove"
    REJECT = "reject"
    IMPORT = "import"
    SAVE_SEARCH = "save search"
    RENAME_SEARCH = "rename search"
    DELETE_SEARCH = "delete search"
    DIFFERENT = "different"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done and can be undone as a whole."""

    id: int
    kind: ActKind
    album: str
    """Name of the album or saved search when it was done; empty if it was about several."""
    labels: int
    """How many labels it changed."""
    at: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class History:
    """What would be undone and redone next."""

    undo: Act | None
    redo: Act | None


def folded(name: str) -> str:
    """The form in which two names are compared: without regard to case and normal form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def checked_name(text: str) -> str:
    """Return a name that a person gave in the form in which it is kept.

    Surrounding blanks go, and characters are composed.

    Raises:
        DesktopSearchError: ALBUM_NAME_EMPTY, ALBUM_NAME_TOO_LONG or ALBUM_NAME_INVALID.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if any(unicodedata.category(character) in _UNWRITABLE for character in name):
        raise DesktopSearchError(
            ProblemCode.ALBUM_NAME_INVALID, name=name.encode("utf-8", "replace").decode("utf-8")
        )
    if not any(unicodedata.category(character)[0] not in "CZ" for character in name):
        raise DesktopSearchError(ProblemCode.ALBUM_NAME_EMPTY)
    if len(name) > LONGEST_NAME:
        raise DesktopSearchError(
            ProblemCode.ALBUM_NAME_TOO_LONG, limit=LONGEST_NAME, length=len(name)
        )
    return name


def checked_colour(text: str) -> str:
    """Return a colour of the palette, given by its name or as ``#rrggbb``, as ``#rrggbb``.

    Raises:
        DesktopSearchError: ALBUM_COLOUR_UNKNOWN.
    """
    given = text.strip().lower()
    colour = PALETTE.get(given, given)
    if colour not in PALETTE.values():
        raise DesktopSearchError(
            ProblemCode.ALBUM_COLOUR_UNKNOWN, colour=text, known=", ".join(PALETTE)
        )
    return colour


def free_colour(taken: Collection[str]) -> str:
    """The colour of the palette that the fewest of these albums have, the first of equals."""
    return min(PALETTE.values(), key=list(taken).count)
