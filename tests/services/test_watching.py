"""Watching a real folder with real hints, in a session of this process."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.services import folders, observing, watching
from desktopsearch.services.events import Event, Notice
from desktopsearch.services.mounts import tells_of_changes
from desktopsearch.services.session import WritingSession
from desktopsearch.services.watching import Watching
from tests.journeys.photographs import put

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")


class Watched:
    """A session that watches one folder with one photo; nothing is encoded, which takes time."""

    def __init__(self, folder: Path) -> None:
        self.photos = folder / "photos"
        put(self.photos / "1.jpg", 1)
        self.events: list[Event] = []
        self.session = WritingSession.open(
            LibraryPaths(folder / "library"), SETTINGS, self.events.append
        )
        self.session.ingest.encoding.paused = True
        folders.add(self.session.library, [self.photos])
        self.watching = Watching(
            self.session.library,
            self.session.ingest,
            self.session.loop,
            self.events.append,
            sweep_interval_s=lambda: 3_600.0,
        )

    @property
    def settled(self) -> int:
        totals = self.session.library.totals()
        return totals.locations - totals.pending

    @property
    def offline(self) -> bool:
        return folders.every(self.session.library)[0].offline

    @property
    def up(self) -> bool:
        """Whether hints come, and everything that came before them has been looked at."""
        watched = list(self.watching._watched.values())
        idle = not self.session.ingest.scanning.busy and not self.session.ingest.reading.busy
        return bool(watched) and all(each.watch is not None for each in watched) and idle

    def until(self, condition: Callable[[], bool]) -> None:
        self.session.loop.run(until=condition)

    def notices(self) -> list[str]:
        return [event.code.name for event in self.events if isinstance(event, Notice)]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(watching, "LOOK_INTERVAL_S", 0.3)
    monkeypatch.setattr(watching, "QUIET_S", 0.1)
    watched = Watched(tmp_path)
    watched.until(lambda: watched.settled == 1 and watched.up)
    yield watched
    watched.session.close()


def test_an_editor_that_saves_by_renaming_is_followed(watched: Watched, tmp_path: Path) -> None:
    old = watched.session.library.totals()
    put(tmp_path / "new.jpg", 2)
    saved = watched.photos / ".1.jpg.tmp"
    shutil.copy2(tmp_path / "new.jpg", saved)
    saved.replace(watched.photos / "1.jpg")
    watched.until(lambda: watched.session.ingest.reading.filing.indexed == 2)
    assert watched.session.library.totals().locations == old.locations == 1


def test_a_folder_that_is_unplugged_comes_back_with_its_hints(
    watched: Watched, tmp_path: Path
) -> None:
    watched.photos.rename(tmp_path / "away")
    watched.until(lambda: watched.offline)
    assert watched.session.library.totals().photos == 1, "nothing is forgotten"
    # While it is away, something happens to it that nobody can tell of.
    put(tmp_path / "away" / "2.jpg", 2)
    (tmp_path / "away").rename(watched.photos)
    watched.until(lambda: watched.settled == 2 and not watched.offline and watched.up)
    put(watched.photos / "deep" / "3.jpg", 3)
    watched.until(lambda: watched.settled == 3)


def test_a_folder_that_is_replaced_between_two_looks_is_watched_anew(
    watched: Watched, tmp_path: Path
) -> None:
    watched.photos.rename(tmp_path / "away")
    put(watched.photos / "2.jpg", 2)
    put(watched.photos / "4.jpg", 4)
    watched.until(lambda: watched.settled == 2 and watched.up)
    first = next(iter(watched.watching._watched.values()))
    assert first.identity == observing._identity(first.root)
    put(watched.photos / "3.jpg", 3)
    watched.until(lambda: watched.settled == 3)


def test_lost_hints_are_made_up_for(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing._Inbox, "put", lambda *_arguments, **_options: None)
    put(watched.photos / "2.jpg", 2)
    # What watchdog says when the system's queue was full.
    logging.getLogger("watchdog.observers.inotify").warning("Inotify queue overflowed")
    watched.until(lambda: watched.settled == 2)


def test_where_the_system_tells_nothing_folders_are_looked_through_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_INTERVAL_S", 0.3)
    monkeypatch.setattr(observing, "tells_of_changes", lambda _folder: False)
    monkeypatch.setattr(observing._Inbox, "put", lambda *_arguments, **_options: None)
    watched = Watched(tmp_path)
    watched.until(lambda: watched.settled == 1 and watched.notices() == ["FOLDER_NOT_WATCHED"])
    put(watched.photos / "2.jpg", 2)
    watched.until(lambda: watched.settled == 2)
    put(watched.photos / "3.jpg", 3)
    watched.until(lambda: watched.settled == 3)
    assert watched.notices() == ["FOLDER_NOT_WATCHED"], "it is said once"
    watched.session.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the mounts of Linux")
@pytest.mark.parametrize(
    ("folder", "tells"),
    [
        (b"/home/anna/Pictures", True),
        (b"/mnt/nas", False),
        (b"/mnt/nas/photos/2024", False),
        (b"/mnt/nasty", True),
        (b"/mnt/with space/x", False),
        (b"/mnt/stick", True),
        (b"/mnt/on top", True),
    ],
)
def test_network_file_systems_are_known(tmp_path: Path, folder: bytes, tells: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_bytes(
        rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /mnt/nas rw shared:9 - nfs4 nas:/photos rw
41 22 0:41 / /mnt/with\040space rw - fuse.sshfs host:/ rw
42 22 8:17 / /mnt/stick rw shared:10 master:1 - vfat /dev/sdb1 rw
43 22 0:43 / /mnt/on\040top rw - cifs //host/share rw
44 43 8:18 / /mnt/on\040top rw - ext4 /dev/sdc1 rw
broken line
"""
    )
    assert tells_of_changes(folder, mounts) is tells
    assert tells_of_changes(folder, tmp_path / "missing")
