"""What marking photos of a group as no duplicates says of pairs."""

from __future__ import annotations

import pytest

from desktopsearch.domain.differences import MOST_PAIRS, all_pairs, apart, pairs_of
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode


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


def test_more_pairs_than_can_be_kept_are_refused_before_they_are_made() -> None:
    many = range(100_000)
    for marked in ({1}, set(many)):
        with pytest.raises(DesktopSearchError) as refused:
            pairs_of(many, marked)
        assert refused.value.code is ProblemCode.DIFFERENCES_TOO_MANY
    with pytest.raises(DesktopSearchError):
        all_pairs(many)
    assert len(pairs_of(range(MOST_PAIRS + 1), {0})) == MOST_PAIRS
