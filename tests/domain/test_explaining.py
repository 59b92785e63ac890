"""What is typical of an album, and what a pair shares of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.explaining import SAMPLE, AlbumTrait, Typical, share_farther


def code(*bits: int) -> NDArray[np.uint8]:
    """A code of sixteen bits in which these are set."""
    row = np.zeros(16, dtype=np.uint8)
    row[list(bits)] = 1
    return np.packbits(row, bitorder="little")


def test_the_typical_bits_are_those_whose_mean_differs_most_from_the_librarys() -> None:
    # Bit 3 is set in one of eight photos, bit 5 in seven; all others never.
    library = np.stack([code(3, 5), *[code(5)] * 6, code()])
    typical = Typical(library)
    # The album has bit 3 in all its photos and bit 5 in none: two of sixteen bits are looked at.
    album = np.stack([code(3, 0), code(3, 1), code(3, 2)])
    both, one, none = (code(3), code(3)), (code(3), code(3, 5)), (code(5), code(3, 5))
    assert typical.trait(album, np.stack(both))[:2] == (2, 2)
    assert typical.trait(album, np.stack(one))[:2] == (1, 2)
    assert typical.trait(album, np.stack(none))[:2] == (0, 2)


def test_chance_is_that_of_pairs_of_the_library() -> None:
    # Of three photos, two lack bit 5; so of three pairs one shares that, and none shares bit 3.
    library = np.stack([code(3, 5), code(), code(7)])
    album = np.stack([code(3)] * 3)
    shared, count, by_chance, chance = Typical(library).trait(album, np.stack([code(3), code(3)]))
    assert (shared, count) == (2, 2)
    assert by_chance == pytest.approx(1 / 3)
    assert chance == pytest.approx(1 / 4), "no pair of three shares both, and the pair itself does"


def test_a_library_of_hardly_any_photos_makes_nothing_certain() -> None:
    pair = np.stack([code(1), code(1)])
    for library in (np.empty((0, 2), np.uint8), pair[:1], pair):
        _shared, _count, by_chance, chance = Typical(library).trait(pair, pair)
        assert (by_chance, chance) == (0.0, 1.0)


@pytest.mark.parametrize("count", [3, 4, 12, 13, 500, SAMPLE - 1, SAMPLE])
def test_no_pair_is_drawn_twice_and_none_is_one_photo(count: int) -> None:
    typical = Typical(np.zeros((count, 2), np.uint8))
    pairs = {tuple(sorted(pair)) for pair in zip(typical._left, typical._right, strict=True)}
    assert len(pairs) == len(typical._left) <= SAMPLE + count
    assert all(left != right for left, right in pairs)
    assert len(pairs) >= min(SAMPLE // 2, count * ((count - 1) // 2))


def test_a_distance_is_compared_with_those_of_the_others() -> None:
    counts = np.array([1, 0, 2, 5, 2])
    assert share_farther(counts, 0) == (1.0, 9)
    assert share_farther(counts, 2) == (7 / 9, 9), "one as near is not farther"
    assert share_farther(counts, 4) == (0.0, 9)
    assert share_farther(np.array([1]), 0) == (None, 0)
    assert share_farther(np.array([], dtype=np.int64), 0) == (None, 0)


@pytest.mark.parametrize(
    ("shared", "by_chance", "chance", "stands_out"),
    [
        (9, 8.0, 0.01, True),
        (19, 8.0, 0.02, False),
        (20, 8.0, 0.02, True),
        (20, 8.0, 0.1, True),
        (32, 8.0, 0.11, False),
        (20, 9.0, 0.1, False),
    ],
)
def test_an_album_is_named_if_so_much_is_rare_or_far_above_what_chance_gives(
    *, shared: int, by_chance: float, chance: float, stands_out: bool
) -> None:
    trait = AlbumTrait(1, "Roses", shared, 32, by_chance, chance, inside=False)
    assert trait.stands_out is stands_out
