"""Where things lie and how much of the machine is used; creates nothing at import.

One data folder holds a whole library; ``--data-dir`` moves all of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import platformdirs

DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]

_GENTLE_NICENESS = 10
_USUAL_NICENESS = 5
"""The window has the processor when it needs it, seldom and for a moment: with 0 there were five to
ten times as many gaps above 50 ms (`python -m benchmarks.heartbeat --photos 4000`)."""


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    """The files of one library below its data folder."""

    folder: Path

    @property
    def library(self) -> Path:
        """Ground state and codes."""
        return self.folder / "library.db"

    @property
    def embeddings(self) -> Path:
        """Cache of embeddings; may be deleted."""
        return self.folder / "embeddings.db"

    @property
    def proxies(self) -> Path:
        """Cache of proxies; may be deleted."""
        return self.folder / "proxies.db"

    @property
    def models(self) -> Path:
        """Folder of the models that were imported, each in a folder of its name."""
        return self.folder / "models"

    @property
    def writer_lock(self) -> Path:
        """Held by the one process that changes the library."""
        return self.folder / "writer.lock"

    @property
    def window_lock(self) -> Path:
        """Held by the one process that has the window of the library."""
        return self.folder / "window.lock"

    @property
    def preferences(self) -> Path:
        """What the user has set; without it everything has its default."""
        return self.folder / "settings.json"

    @property
    def recent_queries(self) -> Path:
        """What was looked for last, with small pictures."""
        return self.folder / "recent-queries.json"

    @property
    def window_state(self) -> Path:
        """Where the window stood, and what it showed."""
        return self.folder / "window.ini"

    @property
    def child_log(self) -> Path:
        """What native libraries print in the child processes."""
        return self.folder / "children.log"


@dataclass(frozen=True, slots=True)
class Settings:
    """How the background work uses the machine."""

    decoder_processes: int
    encoder_batch: int = 16
    identify_deadline_s: float = 60.0
    decode_deadline_s: float = 30.0
    encode_deadline_s: float = 120.0
    scan_silence_s: float = 60.0
    encoder_device: DeviceChoice = "auto"
    encoder_threads: int = 0
    """Of the CPU; 0 leaves the choice to torch."""
    encoder_ahead: bool = True
    """Whether the encoder may start before there is anything to encode: it costs seconds of work
    and much memory, but the first query waits for it otherwise."""
    niceness: int = 0
    """How far the children of the backlog stand back behind other programs, from 0 to 19."""
    teaching_epochs: int | None = None
    """Of each training of a teaching; by default as many as the method wants."""
    power_supplies: Path = Path("/sys/class/power_supply")
    """Where Linux tells of batteries."""

    def gentle(self) -> Settings:
        """The same work with a quarter of the cores, behind all other programs, none ahead."""
        cores = max(1, (os.cpu_count() or 1) // 4)
        return replace(
            self,
            decoder_processes=min(self.decoder_processes, cores),
            encoder_threads=cores,
            encoder_ahead=False,
            niceness=_GENTLE_NICENESS,
        )


def default_settings() -> Settings:
    """Settings for this machine: a decoder a core, up to eight, behind the window."""
    return Settings(decoder_processes=max(1, min(8, os.cpu_count() or 1)), niceness=_USUAL_NICENESS)


def default_data_folder() -> Path:
    """The data folder that is used when none is named."""
    return platformdirs.user_data_path("desktopsearch", appauthor=False)


def runtime_folder() -> Path:
    """For what lives no longer than the user's session; may have to be made."""
    return platformdirs.user_runtime_path("desktopsearch", appauthor=False)


def resources_folder() -> Path:
    """Models, icons and fonts: beside the package in a checkout, inside it once installed."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
