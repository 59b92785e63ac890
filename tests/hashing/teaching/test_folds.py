"""Folds of labelled photos: each judged once, copies together, albums spread."""

from __future__ import annotations

import numpy as np

from desktopsearch.hashing.teaching.folds import folds_of
from desktopsearch.hashing.training.training_set import TrainingSet


def _photos(labels: np.ndarray, groups: np.ndarray | None = None) -> TrainingSet:
    count = len(labels)
    embeddings = np.random.default_rng(0).standard_normal((count, 8)).astype(np.float16)
    return TrainingSet(embeddings, labels, np.arange(count) if groups is None else groups)


def test_each_labelled_photo_is_held_out_once_and_never_seen_then() -> None:
    labels = np.zeros((60, 3), dtype=np.bool_)
    labels[np.arange(45), np.arange(45) % 3] = True
    folds = folds_of(_photos(labels), 5, np.random.default_rng(1))
    held_out = np.sort(np.concatenate([fold.held_out for fold in folds]))
    assert held_out.tolist() == list(range(45))
    for fold in folds:
        assert not set(fold.held_out) & set(fold.seen)
        assert sorted([*fold.held_out, *fold.seen]) == list(range(60))
        # 15 photos of each album over 5 folds.
        assert labels[fold.held_out].sum(axis=0).tolist() == [3, 3, 3]


def test_near_copies_are_in_one_fold_and_their_unlabelled_copies_are_not_seen() -> None:
    labels = np.zeros((40, 2), dtype=np.bool_)
    labels[np.arange(30), np.arange(30) % 2] = True
    groups = np.arange(40)
    groups[[2, 4, 6]] = 0
    groups[35] = 0
    folds = folds_of(_photos(labels, groups), 5, np.random.default_rng(2))
    holding = [fold for fold in folds if 0 in fold.held_out]
    assert len(holding) == 1
    assert {0, 2, 4, 6} <= set(holding[0].held_out.tolist())
    assert 35 not in holding[0].seen
    assert all(35 in fold.seen for fold in folds if fold is not holding[0])


def test_photos_in_several_albums_are_dealt_once_and_small_albums_are_spread() -> None:
    generator = np.random.default_rng(3)
    labels = np.zeros((200, 4), dtype=np.bool_)
    labels[:, 0] = True
    labels[generator.choice(200, 50, replace=False), 1] = True
    labels[generator.choice(200, 5, replace=False), 2] = True
    folds = folds_of(_photos(labels), 5, generator)
    held_out = np.concatenate([fold.held_out for fold in folds])
    assert np.sort(held_out).tolist() == list(range(200))
    for fold in folds:
        in_fold = labels[fold.held_out].sum(axis=0)
        assert in_fold[2] == 1
        assert 7 <= in_fold[1] <= 13
        assert 30 <= in_fold[0] <= 50
