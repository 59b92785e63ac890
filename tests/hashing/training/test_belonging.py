"""How likely photos belong to a class, where it is known whether they do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.hashing.training.belonging import belonging
from desktopsearch.hashing.training.training_set import TrainingSet

KINDS, EACH = 8, 120


def _features(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Photos of some kinds that overlap a little, and the kind of each."""
    generator = np.random.default_rng(seed)
    kinds = np.arange(KINDS * EACH) % KINDS
    features = 3 * np.eye(KINDS, 24)[kinds] + generator.standard_normal((len(kinds), 24))
    return features.astype(np.float32), kinds


def _labels(kinds: NDArray[np.int64], of_kinds: dict[int, int]) -> NDArray[np.bool_]:
    """Label so many photos of each of these kinds."""
    labels = np.zeros((len(kinds), len(of_kinds)), dtype=np.bool_)
    for column, (kind, count) in enumerate(of_kinds.items()):
        labels[np.flatnonzero(kinds == kind)[:count], column] = True
    return labels


def _likely(
    features: NDArray[np.float32],
    labels: NDArray[np.bool_],
    groups: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    groups = np.arange(len(labels)) if groups is None else groups
    photos = TrainingSet(features.astype(np.float16), labels, groups)
    return belonging(photos, np.random.default_rng(0))


def test_where_albums_are_few_most_photos_are_known_to_belong_to_none() -> None:
    features, kinds = _features()
    labels = _labels(kinds, {0: 20, 1: 20})
    likely = _likely(features, labels)
    assert (likely[labels.any(axis=1)] == 1).all()
    unsaid = ~labels.any(axis=1)
    members, others = likely[unsaid & (kinds < 2)], likely[unsaid & (kinds >= 2)]
    assert np.median(members) > 0.7
    assert np.median(others) < 0.25
    # It leans to more: 200 of 920 are members.
    assert 0.2 < likely[unsaid].mean() < 0.45


def test_where_each_kind_has_an_album_all_photos_are_likely_to_belong() -> None:
    features, kinds = _features()
    likely = _likely(features, _labels(kinds, dict.fromkeys(range(KINDS), 20)))
    assert np.median(likely) > 0.9


def test_small_albums_of_which_much_is_labelled_do_not_make_strangers_of_large_ones() -> None:
    features, kinds = _features()
    # A hundred of 120 photos of all kinds but two, ten of these.
    counts = {kind: 100 if kind > 1 else 10 for kind in range(KINDS)}
    likely = _likely(features, _labels(kinds, counts))
    assert np.median(likely[kinds < 2]) > 0.7


def test_a_class_without_photos_changes_nothing() -> None:
    features, kinds = _features()
    labels = _labels(kinds, {0: 20, 1: 20})
    with_empty = np.insert(labels, 1, values=False, axis=1)
    assert (_likely(features, with_empty) == _likely(features, labels)).all()


def test_copies_of_labelled_photos_say_nothing_of_the_others() -> None:
    features, kinds = _features()
    labels = _labels(kinds, {0: 20, 1: 20})
    rows = np.flatnonzero(labels.any(axis=1))
    # Each labelled photo four times.
    doubled = np.concatenate([features, *[features[rows]] * 3])
    marked = np.concatenate([labels, *[labels[rows]] * 3])
    groups = np.concatenate([np.arange(len(labels)), *[rows] * 3])
    members = np.flatnonzero(~labels.any(axis=1) & (kinds < 2))
    told_apart = _likely(doubled, marked, np.arange(len(marked)))[members]
    together = _likely(doubled, marked, groups)[members]
    assert together.mean() > told_apart.mean() + 0.05


def test_many_photos_are_told_by_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    features, kinds = _features()
    labels = _labels(kinds, {0: 20, 1: 20})
    whole = _likely(features, labels)
    monkeypatch.setattr("desktopsearch.hashing.training.belonging._MOST_LEARNT", 300)
    part = _likely(features, labels)
    assert part.mean() == pytest.approx(whole.mean(), abs=0.1)
    assert np.corrcoef(part, whole)[0, 1] > 0.9


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_too_few_labels_nothing_is_learnt(count: int) -> None:
    features, kinds = _features()
    assert (_likely(features, _labels(kinds, {0: count, 1: count})) == 1).all()


def test_where_all_is_labelled_all_belongs() -> None:
    features, kinds = _features()
    assert (_likely(features, np.eye(KINDS, dtype=np.bool_)[kinds]) == 1).all()
    none = np.zeros((0, 24), np.float32), np.zeros((0, 2), np.bool_)
    assert _likely(*none).shape == (0,)
