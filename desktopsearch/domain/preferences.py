"""What a person can set: the values, their defaults, and the reading of a typed one.

Pure; where they are kept is the services' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

Speed = Literal["full", "gentle"]
Appearance = Literal["system", "light", "dark", "contrast"]
Language = Literal["system", "en", "de"]

SHORTEST_RESCAN_MIN: Final = 1
LONGEST_RESCAN_MIN: Final = 24 * 60


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, as they stand in the settings file; what is missing there has its default."""

    speed: Speed = "full"
    """``gentle`` leaves most of the machine to others."""
    pause_on_battery: bool = True
    paused: bool = False
    """Whether the background work stands still until somebody lets it go on."""
    rescan_minutes: Annotated[int, msgspec.Meta(ge=SHORTEST_RESCAN_MIN, le=LONGEST_RESCAN_MIN)] = 15
    """How often every folder is looked at, whatever the system tells of changes."""
    appearance: Appearance = "system"
    language: Language = "system"


DEFAULTS: Final = Preferences()
NAMES: Final[Sequence[str]] = Preferences.__struct_fields__

_YES_OR_NO: Final = {"yes": True, "no": False}
_ALLOWED: Final = {
    "speed": "full or gentle",
    "pause_on_battery": "yes or no",
    "paused": "yes or no",
    "rescan_minutes": f"a number from {SHORTEST_RESCAN_MIN} to {LONGEST_RESCAN_MIN}",
    "appearance": "system, light, dark or contrast",
    "language": "system, en or de",
}


def with_value(preferences: Preferences, name: str, text: str) -> Preferences:
    """Set one of them to a value as a person types it, such as ``yes`` or ``30``.

    Raises:
        DesktopSearchError: SETTING_UNKNOWN or SETTING_INVALID.
    """
    check_name(name)
    fields = msgspec.structs.asdict(preferences)
    # What is not a word for yes or no must not become one: "1" and "0" do, if msgspec is asked.
    fields[name] = _YES_OR_NO.get(text) if isinstance(fields[name], bool) else text
    try:
        return msgspec.convert(fields, Preferences, strict=False)
    except msgspec.ValidationError as error:
        raise DesktopSearchError(
            ProblemCode.SETTING_INVALID, name=name, value=text, allowed=_ALLOWED[name]
        ) from error


def with_default(preferences: Preferences, name: str) -> Preferences:
    """Give one of them its default again.

    Raises:
        DesktopSearchError: SETTING_UNKNOWN.
    """
    check_name(name)
    return msgspec.structs.replace(preferences, **{name: getattr(DEFAULTS, name)})


def check_name(name: str) -> None:
    """Refuse a name that nothing goes by.

    Raises:
        DesktopSearchError: SETTING_UNKNOWN.
    """
    if name not in NAMES:
        raise DesktopSearchError(ProblemCode.SETTING_UNKNOWN, name=name, known=", ".join(NAMES))


def value_text(value: object) -> str:
    """A value as a person types it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
