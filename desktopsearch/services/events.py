"""What the background work tells the shells, as values; published on the loop's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktopsearch.domain.preferences import Preferences
from desktopsearch.domain.problems import Parameters, ProblemCode

if TYPE_CHECKING:
    # The help of the command line comes by here and must not wait for NumPy.
    from desktopsearch.hashing.teaching.messages import EpochTaught


class Phase(StrEnum):
    """What a run is doing, in the order in which it usually happens."""

    SCANNING = "scanning"
    READING = "reading"
    ENCODING = "encoding"


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far the run is; at most ten a second."""

    phase: Phase
    done: int
    """Files read in this run while reading, photos with a code while encoding."""
    total: int
    """The same when the phase is over, as far as is known now."""
    left: int
    """Photos that have no code yet, files that are not read yet among them, as far as is known."""
    failed: int
    images_per_second: float
    device: str
    """Where the encoder runs; empty until it has started."""
    paused: bool
    on_battery: bool
    """Whether it stands still until the machine is plugged in."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run has brought the library up to date, or was cancelled."""

    indexed: int
    """Files that were read and have a photo now."""
    failed: int
    removed: int
    """Locations that are gone."""
    seconds: float
    device: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Photos, folders or problems are not what they were; at most a few a second."""


@dataclass(frozen=True, slots=True)
class AlbumsChanged:
    """Albums, what is said of photos and them, or what can be undone is not what it was."""


@dataclass(frozen=True, slots=True)
class DifferencesChanged:
    """Other photos than before are told apart as no duplicates."""


@dataclass(frozen=True, slots=True)
class SearchesChanged:
    """Other searches than before are saved, or under other names."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know although the work goes on."""

    code: ProblemCode
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class TeachingForetold:
    """How long a teaching will take was measured, before it begins to learn."""

    low_s: float
    high_s: float
    """All of it, until photos are searched with what was taught."""


@dataclass(frozen=True, slots=True)
class TeachingPrepared:
    """Photos have passed the part of the network that is not taught."""

    done: int
    total: int
    device: str


@dataclass(frozen=True, slots=True)
class TeachingProgress:
    """A teaching has come an epoch further."""

    epoch: EpochTaught
    device: str
    left_s: float | None = None
    """How long it still takes; None as long as nothing can be said."""


@dataclass(frozen=True, slots=True)
class TeachingHeld:
    """A teaching stands still, or goes on."""

    held: bool
    on_battery: bool
    """Whether it stands still until the machine is plugged in."""


@dataclass(frozen=True, slots=True)
class GenerationFilling:
    """Photos are being encoded with another model, which searches will use when all are."""

    done: int
    total: int
    device: str


@dataclass(frozen=True, slots=True)
class GenerationChanged:
    """Searches use another generation now; answers and distances are not what they were."""

    generation_id: int


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    """What a person has set, at the start and whenever it changes."""

    preferences: Preferences


Event = (
    RunProgress
    | RunFinished
    | LibraryChanged
    | AlbumsChanged
    | DifferencesChanged
    | SearchesChanged
    | Notice
    | PreferencesChanged
    | TeachingForetold
    | TeachingPrepared
    | TeachingProgress
    | TeachingHeld
    | GenerationFilling
    | GenerationChanged
)
Publish = Callable[[Event], None]
