"""What counts as known in a proof: photos of albums, and those that were rejected from one."""

from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.teaching.folds import Searched, folds_of
from desktopsearch.hashing.teaching.proof import EMBEDDING, NEW, OLD, prove
from desktopsearch.hashing.training.training_set import TrainingSet

SIDE = 12
"""Photos of each album; as many look-alikes are rejected from the first one."""


def _photos(*, rejecting: bool, third: int = 0) -> TrainingSet:
    """Two albums on two axes; look-alikes of the first lie between its photos, or elsewhere."""
    generator = np.random.default_rng(0)
    owner = np.repeat([0, 1, third], SIDE)
    values = 4 * np.eye(16)[owner] + generator.standard_normal((3 * SIDE, 16))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    labels = np.eye(16, dtype=np.bool_)[owner][:, :2]
    labels[2 * SIDE :] = False
    rejections = np.zeros_like(labels)
    rejections[2 * SIDE :, 0] = rejecting
    return TrainingSet(
        values.astype(np.float16), labels, np.arange(3 * SIDE), rejections=rejections
    )


def _proven(photos: TrainingSet) -> dict[int, float]:
    """Return the mean average precision of the embedding itself, by album."""
    folds = folds_of(photos, 2, np.random.default_rng(0))
    old: HashLayer = fit_itq(photos.embeddings, 16)
    searched = [Searched(np.arange(len(photos.groups)), old.codes(photos.embeddings))] * 2
    proof = prove(photos, old, folds, searched, np.random.default_rng(0))
    assert [album.queries for album in proof.albums] == [SIDE, SIDE]
    return {album.album: album.figures[EMBEDDING].mean_ap for album in proof.albums}


def test_a_rejected_photo_is_known_not_to_belong_to_its_album_and_to_no_other() -> None:
    without, with_rejections = _proven(_photos(rejecting=False)), _proven(_photos(rejecting=True))
    assert without[0] > 0.9
    assert with_rejections[0] < without[0] - 0.2
    # Of the other album nothing was said of them, though they are far from it.
    assert with_rejections[1] == pytest.approx(without[1], abs=0.1)


def test_rejected_photos_are_held_out_once_and_evenly() -> None:
    photos = _photos(rejecting=True)
    folds = folds_of(photos, 3, np.random.default_rng(1))
    held_out = np.concatenate([fold.held_out for fold in folds])
    assert sorted(held_out.tolist()) == [*range(3 * SIDE)]
    for fold in folds:
        rejected = fold.held_out >= 2 * SIDE
        assert int(rejected.sum()) == SIDE // 3
        assert not np.isin(fold.held_out, fold.seen).any()


def test_strangers_that_come_among_the_albums_photos_show_nowhere_else() -> None:
    photos = _photos(rejecting=False, third=5)
    folds = folds_of(photos, 2, np.random.default_rng(0))
    old: HashLayer = fit_itq(photos.embeddings, 16)
    rows = np.arange(3 * SIDE)
    # Perfect for albums, and blind for strangers: they are as the first album.
    blind = np.where(photos.labels[:, 1], 0xFF, 0)[:, None].repeat(2, axis=1).astype(np.uint8)
    seeing = blind.copy()
    seeing[2 * SIDE :] = 0x0F
    among = {}
    for name, codes in (("blind", blind), ("seeing", seeing)):
        proof = prove(photos, old, folds, [Searched(rows, codes)] * 2, np.random.default_rng(0))
        assert proof.figures[NEW].mean_ap == 1
        among[name] = proof.library[NEW].mean_ap
        assert proof.library[OLD].mean_ap < 1
    assert among["seeing"] == 1
    assert among["blind"] < 0.9


def test_photos_that_are_known_not_to_belong_are_no_strangers() -> None:
    photos = _photos(rejecting=True, third=5)
    folds = folds_of(photos, 2, np.random.default_rng(0))
    old: HashLayer = fit_itq(photos.embeddings, 16)
    searched = [Searched(np.arange(3 * SIDE), old.codes(photos.embeddings))] * 2
    assert prove(photos, old, folds, searched, np.random.default_rng(0)).library == {}
