"""Searches before and after, by codes that are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.examples import FOUND, MOST, example_searches
from desktopsearch.hashing.teaching.folds import Fold, Searched
from desktopsearch.hashing.training.training_set import TrainingSet

PHOTOS, ALBUMS, BITS = 40, 4, 8
OLD = HashLayer(np.eye(BITS, dtype=np.float32), np.zeros(BITS, dtype=np.float32))


def _photos(groups: NDArray[np.int64] | None = None) -> TrainingSet:
    """Row r has the bits of the number r in its embedding; the first half is in album r % 4."""
    bits = np.arange(PHOTOS)[:, None] >> np.arange(BITS) & 1
    labels = np.zeros((PHOTOS, ALBUMS), dtype=np.bool_)
    labelled = np.arange(PHOTOS // 2)
    labels[labelled, labelled % ALBUMS] = True
    own = np.arange(PHOTOS) if groups is None else groups
    return TrainingSet((2.0 * bits - 1).astype(np.float16), labels, own)


def _folds() -> list[Fold]:
    halves = np.split(np.arange(PHOTOS // 2), 2)
    return [Fold(half, np.setdiff1d(np.arange(PHOTOS), half)) for half in halves]


def _album_codes() -> NDArray[np.uint8]:
    """What a perfect teaching gives: a code for each album, another for the other photos."""
    albums = np.where(np.arange(PHOTOS) < PHOTOS // 2, np.arange(PHOTOS) % ALBUMS, ALBUMS)
    return np.array([0x00, 0x0F, 0x3C, 0xF0, 0xFF], dtype=np.uint8)[albums][:, None]


def test_held_out_photos_of_different_albums_ask_before_and_after() -> None:
    photos, rows = _photos(), np.arange(PHOTOS)
    searched = [Searched(rows, _album_codes())] * 2
    found = example_searches(photos, OLD, _folds(), searched, np.random.default_rng(0))
    assert len(found) == MOST
    assert len({each.query % ALBUMS for each in found}) == MOST
    for each in found:
        assert each.query < PHOTOS // 2
        assert len(each.before) == len(each.after) == FOUND
        assert each.query not in each.before + each.after
        differing = [int(each.query ^ row).bit_count() for row in each.before]
        assert differing == sorted(differing)
        assert differing[0] == 1
        assert all(row % ALBUMS == each.query % ALBUMS for row in each.after[:4])
        assert all(row < PHOTOS // 2 for row in each.after[:4])
        assert set(each.together) == {
            row
            for row in each.before + each.after
            if row < PHOTOS // 2 and row % ALBUMS == each.query % ALBUMS
        }


def test_each_is_answered_by_its_own_fold_and_without_near_copies() -> None:
    groups = np.arange(PHOTOS) // 2
    photos, folds = _photos(groups), _folds()
    searched = [Searched(fold.held_out, _album_codes()[fold.held_out]) for fold in folds]
    for seed in range(5):
        for each in example_searches(photos, OLD, folds, searched, np.random.default_rng(seed)):
            [fold] = [fold for fold in folds if each.query in fold.held_out]
            assert set(each.before + each.after) <= set(fold.held_out.tolist())
            assert all(row // 2 != each.query // 2 for row in each.before + each.after)


def test_an_album_without_photos_has_none() -> None:
    photos = _photos()
    labels = photos.labels.copy()
    labels[:, 1:] = False
    alone = TrainingSet(photos.embeddings, labels, photos.groups)
    searched = [Searched(np.arange(PHOTOS), _album_codes())] * 2
    found = example_searches(alone, OLD, _folds(), searched, np.random.default_rng(0))
    assert [each.query % ALBUMS for each in found] == [0]
