"""What a person can set: the values, their defaults, and the reading of a typed one.

Pure; where they are kept is the services' business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
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
    paused: bool | Annotated[datetime, msgspec.Meta(tz=True)] = False
    """Whether the background work stands still: until somebody lets it go on, or until then."""
    rescan_minutes: Annotated[int, msgspec.Meta(ge=SHORTEST_RESCAN_MIN, le=LONGEST_RESCAN_MIN)] = 15
    """How often every folder is looked at, whatever the system tells of changes."""
    notify: bool = True
    """Whether the desktop says that long work is over while nobody looks at the window."""
    appearance: Appearance = "system"
    language: Language = "system"


DEFAULTS: Final = Preferences()
NAMES: Final[Sequence[str]] = Preferences.__struct_fields__

_YES_OR_NO: Final = {"yes": True, "no": False}
_ALLOWED: Final = {
    "speed": "full or gentle",
    "pause_on_battery": "yes or no",
    "paused": "yes, no, a time to come such as 2030-01-31 18:00, or a span such as 1h or 30min",
    "rescan_minutes": f"a number from {SHORTEST_RESCAN_MIN} to {LONGEST_RESCAN_MIN}",
    "notify": "yes or no",
    "appearance": "system, light, dark or contrast",
    "language": "system, en or de",
}


_SPAN = re.compile(r"([1-9]\d{0,3})(h|min)")


def pause_end(now: datetime, span: timedelta) -> datetime:
    """When a pause that begins now is over: on the minute, so that it is told as it is."""
    end = (now + span).astimezone(UTC)
    return end.replace(second=0, microsecond=0) + timedelta(minutes=bool(end.second))


def with_value(preferences: Preferences, name: str, text: str, now: datetime) -> Preferences:
    """Set one of them to a value as a person types it, such as ``yes`` or ``30``.

    Args:
        preferences: As they are.
        name: Of the one.
        text: Its value.
        now: For what is given as a span.

    Raises:
        DesktopSearchError: SETTING_UNKNOWN or SETTING_INVALID.
    """
    check_name(name)
    fields = msgspec.structs.asdict(preferences)
    if name == "paused":
        fields[name] = _YES_OR_NO.get(text, _moment(text, now))
    elif isinstance(fields[name], bool):
        # What is not a word for yes or no must not become one: "1" and "0" do for msgspec.
        fields[name] = _YES_OR_NO.get(text)
    else:
        fields[name] = text
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
    """A value as a person types it, times on the clock of this machine."""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _moment(text: str, now: datetime) -> datetime | None:
    """The end of a span from now, or a moment to come; None if it is neither."""
    if span := _SPAN.fullmatch(text):
        count = int(span[1])
        return pause_end(
            now, timedelta(hours=count) if span[2] == "h" else timedelta(minutes=count)
        )
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment > now else None
