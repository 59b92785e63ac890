"""Rankings from codes and vectors, block by block."""

from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.domain.codes import pack
from desktopsearch.domain.rankings import (
    blocks,
    rank_by_distance,
    rank_codes,
    rank_vectors,
    shared_labels,
    unit_rows,
)


@pytest.mark.parametrize(
    ("queries", "items"), [(0, 5), (1, 1), (7, 0), (10, 1_500_000), (3, 10**8)]
)
def test_blocks_take_every_query_once_and_in_order(queries: int, items: int) -> None:
    taken = [row for block in blocks(queries, items) for row in range(block.start, block.stop)]
    assert taken == list(range(queries))


def test_blocks_are_as_small_as_the_memory_wants_them() -> None:
    assert max(block.stop - block.start for block in blocks(1_000, 59_000)) * 59_000 <= 4_000_000
    assert len(list(blocks(100, 100))) == 1


def test_labels_shared_are_counted() -> None:
    queries = np.array([[1, 1, 0], [0, 0, 0]], dtype=bool)
    items = np.array([[1, 1, 1], [0, 1, 0], [0, 0, 1]], dtype=bool)
    np.testing.assert_array_equal(shared_labels(queries, items), [[2, 1, 0], [0, 0, 0]])


def test_groups_of_codes_are_their_distances() -> None:
    generator = np.random.default_rng(0)
    bits = generator.integers(0, 2, (40, 24)).astype(bool)
    levels = generator.integers(0, 4, (5, 40))
    codes = pack(bits - 0.5)
    rankings = rank_codes(codes[:5], codes, levels)
    distances = (bits[:5, None] != bits[None]).sum(axis=2)
    for query in range(5):
        for distance in range(25):
            there = levels[query, distances[query] == distance]
            assert rankings.items[query, distance] == len(there)
            assert rankings.relevant[query, distance] == (there > 0).sum()
            assert rankings.levels[query, distance] == there.sum()
            assert rankings.gains[query, distance] == (2.0**there - 1).sum()
        assert (
            rankings.of_level[query].tolist()
            == np.bincount(levels[query], minlength=4)[1:].tolist()
        )


def test_a_block_says_the_same_as_its_rows() -> None:
    generator = np.random.default_rng(1)
    distances, levels = generator.integers(0, 9, (6, 50)), generator.integers(0, 3, (6, 50))
    excluded = generator.random((6, 50)) < 0.2
    together = rank_by_distance(distances, levels, 8, excluded)
    for row in range(6):
        one = slice(row, row + 1)
        alone = rank_by_distance(distances[one], levels[one], 8, excluded[one])
        np.testing.assert_array_equal(together.items[one], alone.items)
        np.testing.assert_array_equal(together.gains[one], alone.gains)


def test_vectors_that_differ_by_rounding_only_are_tied() -> None:
    vectors = unit_rows(np.random.default_rng(2).standard_normal((3, 64)).astype(np.float16))
    items = np.stack([vectors[1], np.nextafter(vectors[1], np.float32(2)), vectors[2], vectors[0]])
    rankings = rank_vectors(vectors[:1], items, np.array([[1, 0, 0, 0]]))
    assert sorted(rankings.items[0, rankings.items[0] > 0].tolist()) == [1, 1, 2]
    assert rankings.items[0, 0] == 1


def test_rows_become_one_long_and_zeros_stay() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float16))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]], rtol=1e-6)
