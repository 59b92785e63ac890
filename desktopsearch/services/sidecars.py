"""Writes the albums of photos as keywords into XMP sidecars beside them, when that is asked for.

For commands that wait. A child writes; photos are never written, and no keyword is taken away.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.library import shown
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.messages import (
    SIDECAR_WRITER_ROLE,
    AddKeywords,
    KeywordsAdded,
    SidecarWriterReply,
)
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, photos, roots

_WRITER = Role(SIDECAR_WRITER_ROLE, SidecarWriterReply, "sidecar writer")
_DEADLINE_S = 60.0

Progress = Callable[[int, int], None]
"""Takes how many photos are done, and how many there are."""


@dataclass(slots=True)
class SidecarReport:
    """What came of it."""

    written: int = 0
    unchanged: int = 0
    """Sidecars that had all keywords already."""
    left_alone: list[DesktopSearchError] = field(default_factory=list)


def write_sidecars(library: Library, folder: Path, progress: Progress) -> SidecarReport:
    """Write a sidecar beside each photo in a folder or deeper that is in an album.

    Args:
        library: Is only read.
        folder: Of the library, or one that holds folders of it.
        progress: Called now and then.

    Raises:
        DesktopSearchError: FOLDER_UNKNOWN or CHILD_FAILED.
    """
    wanted = _keywords(library, os.path.realpath(os.fsencode(folder)))
    report = SidecarReport()
    child = ChildProcess(_WRITER, log=library.database.paths.child_log)
    try:
        for done, (photo, keywords) in enumerate(wanted.items(), start=1):
            if child.state is ChildState.STOPPED:
                child.start()
                _attend(child, photo, report)
            child.request(AddKeywords(photo, keywords), _DEADLINE_S)
            _attend(child, photo, report)
            progress(done, len(wanted))
    finally:
        child.stop()
    return report


def _keywords(library: Library, folder: bytes) -> Mapping[bytes, list[str]]:
    """The names of the albums that each photo below a folder is in, by its path."""
    names: dict[int, list[str]] = defaultdict(list)
    with library.database.read() as connection:
        parts = roots.parts_below(connection, folder)
        if not parts:
            raise DesktopSearchError(ProblemCode.FOLDER_UNKNOWN, path=shown(folder))
        inside = {
            photo_id
            for root, directory in parts
            for photo_id in photos.below(connection, root.id, directory)
        }
        for album in albums.every(connection):
            for photo_id in inside.intersection(albums.photo_ids(connection, album.id)):
                names[photo_id].append(album.name)
        places = photos.places(connection, sorted(names))
    found = {
        place.path: names[photo_id]
        for photo_id, copies in places.items()
        for place in copies
        if roots.covers(folder, place.path) and not place.offline
    }
    return dict(sorted(found.items()))


def _attend(child: ChildProcess, photo: bytes, report: SidecarReport) -> None:
    """Wait until the child is idle or gone."""
    while child.state not in (ChildState.IDLE, ChildState.STOPPED):
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        for message in child.receive():
            match message:
                case KeywordsAdded():
                    report.written += message.written
                    report.unchanged += not message.written
                case Failed():
                    report.left_alone.append(
                        DesktopSearchError(message.problem, **message.parameters)
                    )
                case Broken():
                    raise BugError(f"the sidecar writer broke:\n{message.traceback}")
                case Lost() if message.during_start:
                    raise DesktopSearchError(
                        ProblemCode.CHILD_FAILED, role=_WRITER.name, reason=message.detail
                    )
                case Lost():
                    report.left_alone.append(
                        DesktopSearchError(
                            ProblemCode.SIDECAR_LEFT_ALONE,
                            path=shown(photo + b".xmp"),
                            reason=message.detail,
                        )
                    )
