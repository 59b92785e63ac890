"""Groups photos whose codes are nearly the same, and copies of one content."""

from __future__ import annotations

from collections import defaultdict

from desktopsearch.domain.search import DuplicateGroup, DuplicateMember
from desktopsearch.services.library import Library
from desktopsearch.storage import photos


def find(library: Library, radius: int) -> list[DuplicateGroup]:
    """Find groups of two or more files at most ``radius`` bits from their first photo.

    The first photo of a group is the one that the library has known longest. A photo is in one
    group only, so a chain of small differences does not tie distant photos together.

    Returns:
        Groups by their first path, each ordered by distance, then by path.
    """
    index = library.snapshot.index
    near: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for left, right, distance in index.pairs_within(radius):
        near[min(left, right)].append((max(left, right), distance))
    with library.database.read() as connection:
        copied = photos.with_copies(connection)
        taken: set[int] = set()
        members: list[list[tuple[int, int]]] = []
        for photo_id in sorted({*near, *copied}):
            if photo_id not in taken:
                group = [(0, photo_id)]
                group += [(gap, other) for other, gap in near[photo_id] if other not in taken]
                taken.update(other for _, other in group)
                if len(group) > 1 or photo_id in copied:
                    members.append(sorted(group))
        places = photos.places(connection, sorted(taken))
    groups = [
        tuple(
            DuplicateMember(photo_id, place.path, distance)
            for distance, photo_id in group
            for place in places[photo_id]
        )
        for group in members
    ]
    return sorted(groups, key=lambda group: group[0].path)
