"""Near copies fold behind the nearest hit, over codes made by hand."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from desktopsearch.domain.search import NEAR_COPY_BITS, SearchHit, grouped
from desktopsearch.index import HammingIndex
from desktopsearch.services.folding import FOLDED, fold

BITS = 256


def code(ones: int) -> np.ndarray:
    """A code whose first bits are ones: two such codes differ by the difference."""
    return np.packbits(np.arange(BITS) < ones)


def hit(photo_id: int) -> SearchHit:
    return SearchHit(photo_id, photo_id, b"/photos/%d.jpg" % photo_id, (), offline=False)


def leads(ones: dict[int, int], order: list[int]) -> dict[int, int | None]:
    ids = np.array(list(ones), dtype=np.int64)
    index = HammingIndex(BITS, ids, np.stack([code(count) for count in ones.values()]))
    return {each.photo_id: each.lead for each in fold(index, [hit(number) for number in order], {})}


def test_what_is_within_the_radius_of_a_nearer_hit_folds_behind_it() -> None:
    radius = NEAR_COPY_BITS
    ones = {1: 100, 2: 100 + radius, 3: 100 + radius + 1, 4: 100 + 2 * radius, 5: 100, 6: 200}
    assert leads(ones, [1, 2, 3, 4, 5, 6]) == {1: None, 2: 1, 3: None, 4: 3, 5: 1, 6: None}
    assert leads(ones, [2, 6, 1, 3, 5, 4])[3] == 2, "the order of the hits decides who leads"


def test_a_hit_that_has_left_the_index_folds_behind_nothing() -> None:
    assert leads({1: 0, 2: 3}, [1, 7, 2]) == {1: None, 7: None, 2: 1}
    assert leads({1: 0}, []) == {}


def test_groups_keep_the_order() -> None:
    hits = [hit(1), hit(2), replace(hit(3), lead=1), hit(4), replace(hit(5), lead=1)]
    found = [(lead.photo_id, [each.photo_id for each in near]) for lead, near in grouped(hits)]
    assert found == [(1, [3, 5]), (2, []), (4, [])]


def test_a_full_answer_is_folded_within_a_turn_of_the_loop() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (5_000, BITS // 8), dtype=np.uint8)
    index = HammingIndex(BITS, np.arange(5_000, dtype=np.int64), codes)
    hits = [hit(number) for number in range(FOLDED + 50)]
    started_at = time.thread_time()
    folded = fold(index, hits, {})
    assert time.thread_time() - started_at < 0.2
    assert len(folded) == len(hits)
