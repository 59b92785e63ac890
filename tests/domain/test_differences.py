"""What marking photos of a group as no duplicates says of pairs."""

from __future__ import annotations

from desktopsearch.domain.differences import apart, pairs_of


def test_marked_photos_differ_from_the_rest() -> None:
    assert pairs_of([1, 2, 3, 4], {3}) == [(3, 1), (3, 2), (3, 4)]
    assert pairs_of([1, 2, 3, 4], {1}) == [(1, 2), (1, 3), (1, 4)]
    # Nothing is said of 3 and 4, which may well be copies of each other.
    assert pairs_of([1, 2, 3, 4], {3, 4}) == [(3, 1), (3, 2), (4, 1), (4, 2)]


def test_a_group_that_is_marked_whole_falls_apart() -> None:
    assert pairs_of([1, 2, 3], {1, 2, 3}) == [(1, 2), (1, 3), (2, 3)]
    assert pairs_of([1], {1}) == []
    assert pairs_of([1, 2], {7}) == []


def test_who_was_told_apart_from_whom() -> None:
    assert apart([(1, 2), (3, 1)]) == {1: {2, 3}, 2: {1}, 3: {1}}
    assert apart([]) == {}
