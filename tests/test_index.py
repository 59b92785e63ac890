"""The Hamming index against a search by hand."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import finer_distances, hamming_distances, pack
from desktopsearch.index import HammingIndex

BITS = 32
Found = list[tuple[int, int]]


class Shelf:
    """Photo ids with codes, few enough bits for many ties, and the same in an index."""

    def __init__(self, count: int, bits: int = BITS, seed: int = 3) -> None:
        self.chance = np.random.default_rng(seed)
        self.bits = bits
        self.codes: dict[int, NDArray[np.uint8]] = {}
        self.index = HammingIndex(
            bits, np.empty(0, np.int64), np.empty((0, bits // 8), dtype=np.uint8)
        )
        if count:
            self.add(self.chance.permutation(count * 3)[:count] + 1)

    def add(self, photo_ids: NDArray[np.int64]) -> None:
        # Few outputs differ from photo to photo, so that distances repeat often.
        codes = self.chance.integers(0, 256, (len(photo_ids), self.bits // 8), dtype=np.uint8)
        codes[:, 1:] &= 0x03
        self.index.add(photo_ids.astype(np.int64), codes)
        self.codes.update(zip(photo_ids.tolist(), codes, strict=True))

    def remove(self, photo_ids: NDArray[np.int64]) -> None:
        self.index.remove(photo_ids.astype(np.int64))
        for photo_id in photo_ids.tolist():
            self.codes.pop(photo_id, None)

    def by_hand(
        self,
        logits: NDArray[np.float32],
        limit: int,
        radius: int | None = None,
        among: NDArray[np.int64] | None = None,
    ) -> Found:
        wanted = set(self.codes) if among is None else set(self.codes) & set(among.tolist())
        ids = np.array(sorted(wanted), dtype=np.int64)
        if not ids.size:
            return []
        codes = np.stack([self.codes[each] for each in ids.tolist()])
        distances = hamming_distances(pack(logits), codes)
        finer = finer_distances(logits, codes)
        rows = sorted(zip(distances.tolist(), finer.tolist(), ids.tolist(), strict=True))
        kept = [(photo_id, distance) for distance, _, photo_id in rows]
        if radius is not None:
            kept = [each for each in kept if each[1] <= radius]
        return kept[: max(limit, 0)]

    def by_index(
        self,
        logits: NDArray[np.float32],
        limit: int,
        radius: int | None = None,
        among: NDArray[np.int64] | None = None,
    ) -> Found:
        ranking = self.index.search(
            pack(logits), logits, limit=limit, max_distance=radius, among=among
        )
        assert ranking.photo_ids.dtype == np.int64
        assert ranking.distances.dtype == np.int32
        return list(zip(ranking.photo_ids.tolist(), ranking.distances.tolist(), strict=True))

    def logits(self) -> NDArray[np.float32]:
        return self.chance.normal(size=self.bits).astype(np.float32)


@pytest.mark.parametrize("limit", [1, 2, 7, 100, 299, 300, 301, 10_000, 0, -1])
@pytest.mark.parametrize("radius", [None, 0, 3, 9, 32, 10_000])
def test_ranks_as_by_hand(limit: int, radius: int | None) -> None:
    shelf = Shelf(300)
    for _ in range(10):
        logits = shelf.logits()
        assert shelf.by_index(logits, limit, radius) == shelf.by_hand(logits, limit, radius)


def test_ties_at_the_cut_are_broken_by_the_finer_distance_then_by_id() -> None:
    shelf = Shelf(0)
    logits = shelf.logits()
    query = pack(logits)
    one_bit_off = np.tile(query, (BITS, 1))
    for bit in range(BITS):
        one_bit_off[bit, bit // 8] ^= 1 << bit % 8
    # Every photo is at distance 1, each wrong bit occurs twice.
    ids = shelf.chance.permutation(2 * BITS) + 1
    shelf.index.add(ids, np.concatenate([one_bit_off, one_bit_off]))
    shelf.codes.update(zip(ids.tolist(), [*one_bit_off, *one_bit_off], strict=True))
    for limit in range(1, 2 * BITS + 1):
        assert shelf.by_index(logits, limit) == shelf.by_hand(logits, limit)
    surest = int(np.argmax(np.abs(logits)))
    assert {each for each, _ in shelf.by_index(logits, 2 * BITS)[-2:]} == {
        int(ids[surest]),
        int(ids[BITS + surest]),
    }


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_ranks_among_some_photos_only(share: float) -> None:
    shelf = Shelf(300)
    ids = np.array(sorted(shelf.codes), dtype=np.int64)
    for limit, radius in ((1, None), (10, None), (10, 8), (1000, None)):
        among = ids[shelf.chance.random(len(ids)) < share]
        strangers = np.array([5_000, 6_000], dtype=np.int64)
        wanted = np.concatenate([among, strangers])
        logits = shelf.logits()
        found = shelf.by_index(logits, limit, radius, wanted)
        gc.collect()
        assert found == shelf.by_hand(logits, limit, radius, wanted)


def test_stays_right_while_photos_come_change_and_go() -> None:
    shelf = Shelf(50)
    for step in range(60):
        ids = shelf.chance.permutation(400)[: shelf.chance.integers(0, 40)] + 1
        if step % 3 == 2:
            shelf.remove(ids)
        else:
            shelf.add(ids)
        logits = shelf.logits()
        assert len(shelf.index) == len(shelf.codes)
        assert sorted(shelf.index.photo_ids.tolist()) == sorted(shelf.codes)
        assert shelf.by_index(logits, 20) == shelf.by_hand(logits, 20)
    shelf.remove(shelf.index.photo_ids.copy())
    assert len(shelf.index) == 0
    assert shelf.by_index(shelf.logits(), 5) == []
    shelf.add(np.array([3, 1, 2]))
    logits = shelf.logits()
    assert shelf.by_index(logits, 5) == shelf.by_hand(logits, 5)


def test_an_empty_index_finds_nothing() -> None:
    shelf = Shelf(0)
    assert shelf.by_index(shelf.logits(), 5) == []
    assert shelf.by_index(shelf.logits(), 5, among=np.array([1], dtype=np.int64)) == []
    limits, found, _distances = shelf.index.within(np.zeros((2, BITS // 8), np.uint8), BITS)
    assert (limits.tolist(), found.tolist()) == ([0, 0, 0], [])


@pytest.mark.parametrize("bits", [16, 24, 64, 256])
def test_every_code_length(bits: int) -> None:
    shelf = Shelf(200, bits)
    logits = shelf.logits()
    assert shelf.by_index(logits, 30) == shelf.by_hand(logits, 30)


@pytest.mark.parametrize("radius", [0, 2, 5, BITS])
def test_what_is_within_a_radius_as_by_hand(radius: int) -> None:
    shelf = Shelf(300)
    ids = np.array(list(shelf.codes), dtype=np.int64)
    wanted = np.stack([shelf.codes[each] for each in ids[:40].tolist()])
    limits, found, distances = shelf.index.within(wanted, radius)
    assert len(limits) == len(wanted) + 1
    codes = np.stack(list(shelf.codes.values()))
    for row, code in enumerate(wanted):
        part = slice(limits[row], limits[row + 1])
        gaps = hamming_distances(code, codes)
        assert dict(zip(found[part].tolist(), distances[part].tolist(), strict=True)) == {
            int(each): int(gap) for each, gap in zip(ids, gaps, strict=True) if gap <= radius
        }
    assert limits[-1] == len(found) == len(distances)
    assert shelf.index.within(wanted[:0], radius)[0].tolist() == [0]


@pytest.mark.parametrize("bits", [8, 32, 256])
def test_counts_are_those_of_all_distances(bits: int) -> None:
    shelf = Shelf(500, bits)
    code = shelf.chance.integers(0, 256, bits // 8, dtype=np.uint8)
    ids = np.array(list(shelf.codes), dtype=np.int64)
    for among in (None, ids[::3], np.empty(0, np.int64), np.array([10_000])):
        counted = [each for each in shelf.codes if among is None or each in set(among.tolist())]
        codes = np.array([shelf.codes[each] for each in counted], dtype=np.uint8)
        expected = np.zeros(bits + 1, dtype=np.int64)
        if counted:
            distances = hamming_distances(code, codes)
            expected = np.bincount(distances, minlength=bits + 1)
        counts = shelf.index.counts(code, among=among)
        assert counts.tolist() == expected.tolist()
        assert counts.sum() == len(counted)


def test_an_empty_index_counts_nothing() -> None:
    assert Shelf(0).index.counts(np.zeros(BITS // 8, np.uint8)).tolist() == [0] * (BITS + 1)


def test_codes_are_handed_out_in_the_order_they_are_asked_for() -> None:
    shelf = Shelf(50)
    known = list(shelf.codes)
    shelf.remove(np.array(known[:5]))
    asked = np.array([known[40], 9_999, known[7], known[0], known[30]], dtype=np.int64)
    there, codes = shelf.index.codes_of(asked)
    assert there.tolist() == [0, 2, 4]
    for position, code in zip(there, codes, strict=True):
        assert np.array_equal(code, shelf.codes[int(asked[position])])
    assert shelf.index.codes_of(np.empty(0, np.int64))[1].shape == (0, BITS // 8)
