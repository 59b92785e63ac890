"""Photos that look alike and are no duplicates, as somebody has said of pairs of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

Pair = tuple[int, int]
"""Two photos, in any order."""

Apart = Mapping[int, Collection[int]]
"""From which others photos were told apart."""


def pairs_of(group: Sequence[int], marked: Collection[int]) -> list[Pair]:
    """What marking photos of a group as no duplicates says.

    They are different from the rest of the group; nothing is said of the marked ones among
    themselves, unless all are marked.
    """
    rest = [each for each in group if each not in marked]
    inside = [each for each in group if each in marked]
    if not rest:
        return list(combinations(inside, 2))
    return [(one, other) for one in inside for other in rest]


def apart(pairs: Iterable[Pair]) -> Apart:
    """Which photos were told apart from which."""
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
