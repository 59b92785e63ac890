"""What a library holds, in figures and sentences, for people and programs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.library import PhotoDate, PhotoFacts, Totals
from desktopsearch.services.library import Library
from desktopsearch.storage import photos, problems, roots


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """One folder of the library."""

    path: bytes
    offline: bool
    locations: int
    scanned_at: int | None
    """Seconds since 1970, None before the first complete scan."""
    problems: int
    """Those that were put aside not among them."""
    scanning: bool
    """Whether it is being looked through now, or waits for that."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a library."""

    totals: Totals
    folders: tuple[FolderStatus, ...]
    generation_id: int
    model: str
    code_bits: int
    size_bytes: int
    """All files of the library together, the photos themselves not among them."""


def status(library: Library, scanning: Collection[int] = ()) -> Status:
    """Describe the library as it stands.

    Args:
        library: Open for reading.
        scanning: Ids of the roots that are being looked through.
    """
    generation = library.generation
    paths = library.database.paths
    with library.database.read() as connection:
        counts = roots.count_locations(connection)
        troubles = problems.count_by_root(connection)
        folders = tuple(
            FolderStatus(
                path=root.path,
                offline=root.offline,
                locations=counts.get(root.id, 0),
                scanned_at=root.scanned_at,
                problems=troubles.get(root.id, 0),
                scanning=root.id in scanning,
            )
            for root in roots.every(connection)
        )
        totals = photos.totals(connection, generation.id)
    return Status(
        totals=totals,
        folders=folders,
        generation_id=generation.id,
        model=generation.model,
        code_bits=generation.bits,
        size_bytes=size_of(paths),
    )


def size_of(paths: LibraryPaths) -> int:
    """How much all databases of a library take together, in bytes."""
    return sum(file.stat().st_size for file in paths.folder.glob("*.db*") if file.is_file())


def date_of(library: Library, photo_id: int) -> PhotoDate | None:
    """When a photo was taken or its file last changed; None if it lies nowhere."""
    with library.database.read() as connection:
        return photos.date_of(connection, photo_id)


def facts_of(library: Library, photo_id: int) -> PhotoFacts | None:
    """All that is known of a photo; None if it is not there."""
    with library.database.read() as connection:
        return photos.facts(connection, photo_id)
