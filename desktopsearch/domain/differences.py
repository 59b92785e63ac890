"""Photos that look alike and are no duplicates, as somebody has said of pairs of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

MOST_PAIRS = 50_000
"""That are told apart at once: they grow with the square of the photos."""

Pair = tuple[int, int]
"""Two photos, in any order."""

Apart = Mapping[int, Collection[int]]
"""From which others photos were told apart."""


def pairs_of(group: Sequence[int], marked: Collection[int]) -> list[Pair]:
    """What marking photos of a group as no duplicates says.

    They are different from the rest of the group; nothing is said of the marked ones among
    themselves, unless all are marked.

    Raises:
        DesktopSearchError: DIFFERENCES_TOO_MANY.
    """
    rest = [each for each in group if each not in marked]
    inside = [each for each in group if each in marked]
    if not rest:
        return all_pairs(inside)
    _check_count(len(inside) * len(rest))
    return [(one, other) for one in inside for other in rest]


def all_pairs(photo_ids: Sequence[int]) -> list[Pair]:
    """Each of some photos with each other.

    Raises:
        DesktopSearchError: DIFFERENCES_TOO_MANY.
    """
    _check_count(len(photo_ids) * (len(photo_ids) - 1) // 2)
    return list(combinations(photo_ids, 2))


def _check_count(pairs: int) -> None:
    if pairs > MOST_PAIRS:
        raise DesktopSearchError(ProblemCode.DIFFERENCES_TOO_MANY, pairs=pairs, limit=MOST_PAIRS)


def apart(pairs: Iterable[Pair]) -> Apart:
    """Which photos were told apart from which."""
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
