"""Sets, splits, judges and the watch for collapse, all without torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.errors import BugError
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.training.choice import Choice, HighestValidation, LatestSound
from desktopsearch.hashing.training.health import CodeHealth, code_health
from desktopsearch.hashing.training.inner_split import (
    LARGEST_KEPT_OUT,
    InnerSplit,
    split_blindly,
    split_by_label,
)
from desktopsearch.hashing.training.training_set import Rotations, TrainingSet, limited
from desktopsearch.hashing.training.validation import LabelRanking, NeighbourPreservation


def _set(count: int, classes: int, labelled: int, of_group: int = 1) -> TrainingSet:
    generator = np.random.default_rng(0)
    labels = np.zeros((count, classes), dtype=np.bool_)
    rows = generator.permutation(count)[:labelled]
    labels[rows, (rows // of_group) % max(1, classes)] = True
    embeddings = generator.standard_normal((count, 16)).astype(np.float16)
    return TrainingSet(embeddings, labels, np.arange(count) // of_group)


def _check_apart(training: TrainingSet, split: InnerSplit) -> None:
    inside, outside = training.groups[split.training], training.groups[split.held_out]
    assert not np.isin(inside, outside).any()


@pytest.mark.parametrize("of_group", [1, 3])
def test_a_fifth_of_each_class_is_kept_out_in_whole_groups(of_group: int) -> None:
    training = _set(900, 5, 600, of_group)
    split = split_by_label(training, np.random.default_rng(1))
    _check_apart(training, split)
    assert training.labelled[split.held_out].all()
    for column in training.labels.T:
        share = column[split.held_out].sum() / column.sum()
        assert 0.1 < share < 0.3
    # Unlabelled photos stay in training unless they are near-copies of one that is kept out.
    missing = np.setdiff1d(np.arange(900), np.concatenate((split.training, split.held_out)))
    assert not training.labelled[missing].any()
    assert np.isin(training.groups[missing], training.groups[split.held_out]).all()


def test_small_classes_keep_their_photos() -> None:
    labels = np.zeros((24, 3), dtype=np.bool_)
    labels[:10, 0], labels[10:20, 1], labels[20:, 2] = True, True, True
    training = TrainingSet(np.zeros((24, 8), np.float16), labels, np.arange(24))
    split = split_by_label(training, np.random.default_rng(0))
    assert labels[split.held_out].sum(axis=0).tolist() == [2, 2, 0]


def test_several_labels_are_not_counted_twice() -> None:
    labels = np.ones((40, 4), dtype=np.bool_)
    training = TrainingSet(np.zeros((40, 8), np.float16), labels, np.arange(40))
    assert len(split_by_label(training, np.random.default_rng(0)).held_out) == 8


def test_blindly_a_fifth_and_not_too_many_are_kept_out() -> None:
    for count, expected in ((500, 100), (30_000, LARGEST_KEPT_OUT)):
        training = TrainingSet(
            np.zeros((count, 1), np.float16), np.zeros((count, 0), np.bool_), np.arange(count)
        )
        split = split_blindly(training, np.random.default_rng(0))
        assert len(split.held_out) == expected
        assert len(split.training) == count - expected
    grouped = _set(600, 0, 0, of_group=4)
    _check_apart(grouped, split_blindly(grouped, np.random.default_rng(0)))


def test_only_unlabelled_photos_beyond_the_limit_are_dropped() -> None:
    count = 26_000
    labels = np.zeros((count, 1), dtype=np.bool_)
    labels[::10] = True
    training = TrainingSet(np.zeros((count, 1), np.float16), labels, np.arange(count))
    kept = limited(training, np.random.default_rng(0), keep_labelled=True)
    assert labels[kept].sum() == 2_600
    assert len(kept) == len(np.unique(kept)) == 22_600
    assert len(limited(training, np.random.default_rng(0), keep_labelled=False)) == 20_000
    small = _set(50, 2, 10)
    rows = limited(small, np.random.default_rng(0), keep_labelled=True)
    np.testing.assert_array_equal(rows, np.arange(50))


def test_rotations_go_with_their_photos() -> None:
    plain = _set(10, 2, 4)
    turned = np.arange(2 * 3 * 16, dtype=np.float16).reshape(2, 3, 16)
    training = TrainingSet(
        plain.embeddings,
        plain.labels,
        plain.groups,
        Rotations(np.array([7, 2, 5]), np.array([-5.0, 5.0]), turned),
    )
    part = training.subset(np.array([1, 5, 7])).rotations
    assert part is not None
    assert part.indices.tolist() == [2, 1]
    np.testing.assert_array_equal(part.embeddings, turned[:, [0, 2]])


def test_shapes_must_fit() -> None:
    good = _set(10, 2, 4)
    with pytest.raises(BugError):
        TrainingSet(good.embeddings, good.labels[:9], good.groups)
    with pytest.raises(BugError):
        TrainingSet(good.embeddings, good.labels, good.groups[:, None])
    rotations = Rotations(np.array([1]), np.array([5.0]), good.embeddings[None, :2])
    with pytest.raises(BugError):
        TrainingSet(good.embeddings, good.labels, good.groups, rotations)


def test_label_ranking_is_perfect_for_codes_that_are_labels() -> None:
    labels = np.eye(16, dtype=np.bool_)[np.arange(64) % 16]
    embeddings = (2.0 * labels - 1).astype(np.float16)
    layer = HashLayer(np.eye(16, dtype=np.float32), np.zeros(16, dtype=np.float32))
    codes = layer.codes(embeddings)
    assert LabelRanking(labels, np.arange(64))(codes) == pytest.approx(1.0)
    # Near-copies are no find: with all photos of a class in one group nothing is left to find.
    assert LabelRanking(labels, np.arange(64) % 16)(codes) is None
    # Photos without a label come in between, and ask for nothing.
    among = np.concatenate([labels, np.zeros((1, labels.shape[1]), dtype=np.bool_)])
    with_stranger = LabelRanking(among, np.arange(65))(np.concatenate([codes, codes[:1]]))
    assert with_stranger is not None
    assert 0.9 < with_stranger < 1
    assert LabelRanking(labels[:0], np.arange(0))(codes[:0]) is None


def test_neighbour_preservation_by_loops() -> None:
    embeddings = _set(500, 0, 0).embeddings
    layer = fit_itq(embeddings, 16)
    codes = layer.codes(embeddings)
    vectors = embeddings.astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    total = 0.0
    for row in range(500):
        near = set(np.argsort(-scores[row])[:20].tolist())
        distances = hamming_distances(codes[row], codes)
        distances[row] = 99
        limit = np.sort(distances)[99]
        inside = set(np.flatnonzero(distances < limit).tolist())
        tied = set(np.flatnonzero(distances == limit).tolist())
        share = (100 - len(inside)) / len(tied)
        total += (len(near & inside) + share * len(near & tied)) / 20
    assert NeighbourPreservation(embeddings)(codes) == pytest.approx(total / 500, abs=1e-3)


def test_neighbours_of_few_photos_are_fewer() -> None:
    embeddings = _set(40, 0, 0).embeddings
    identity = HashLayer(np.eye(16, dtype=np.float32), np.zeros(16, dtype=np.float32))
    found = NeighbourPreservation(embeddings)(identity.codes(embeddings))
    assert found is not None
    assert 0.3 < found < 1
    assert NeighbourPreservation(embeddings[:1])(identity.codes(embeddings[:1])) is None


def test_health_sees_a_collapse() -> None:
    generator = np.random.default_rng(0)
    sound = generator.random((300, 16)) < 0.5
    assert not code_health(sound, 300, 0).collapsed
    assert code_health(sound, 300, 0).bit_entropy > 0.98
    constant = np.repeat(sound[:1], 300, axis=0)
    assert code_health(constant, 300, 0).collapsed
    assert code_health(constant, 300, 5).collapsed
    # One code a class is what a method with labels may strive for, without labels it is a loss.
    by_class = sound[np.arange(300) % 10]
    assert not code_health(by_class, 300, 10).collapsed
    assert code_health(by_class, 300, 0).collapsed
    assert code_health(by_class, 300, 10).distinct == pytest.approx(10 / 300)


def test_codes_are_sound_or_not_beside_those_of_the_start() -> None:
    generator = np.random.default_rng(0)
    fair = generator.random((400, 16)) < 0.5
    start = code_health(fair, 400, 0)
    assert start.sound_beside(start)
    leaning = fair.copy()
    leaning[:, 3] = generator.random(400) < 0.8
    assert code_health(leaning, 400, 0).leaning == pytest.approx(0.3, abs=0.06)
    assert not code_health(leaning, 400, 0).sound_beside(start)
    assert code_health(leaning, 400, 0).sound_beside(code_health(leaning, 400, 0))
    alike = fair.copy()
    alike[:, 4:] = alike[:, :1] ^ (generator.random((400, 12)) < 0.1)
    assert code_health(alike, 400, 0).correlation > 0.25
    assert not code_health(alike, 400, 0).sound_beside(start)
    fewer = fair[np.arange(400) % 250]
    assert not code_health(fewer, 400, 0).collapsed
    assert not code_health(fewer, 400, 0).sound_beside(start)
    stuck = fair.copy()
    stuck[:, 0] = True
    assert code_health(stuck, 400, 0).leaning == 0.5
    assert np.isfinite(code_health(stuck, 400, 0).correlation)


HEALTHY = CodeHealth(1.0, 1.0, 0.1, 0.1, collapsed=False)
COLLAPSED = CodeHealth(1.0, 0.1, 0.5, 0.1, collapsed=True)
LEANING = CodeHealth(1.0, 0.9, 0.3, 0.1, collapsed=False)


def _taken(choice: Choice, seen: Sequence[tuple[float | None, CodeHealth]]) -> list[int]:
    return [epoch for epoch, each in enumerate(seen) if choice.takes(*each)]


def test_with_labels_the_highest_figure_is_taken_of_equals_the_latest() -> None:
    figures = [0.5, 0.4, 0.6, 0.6, 0.55, 0.9]
    seen = [(figure, HEALTHY) for figure in figures[:-1]]
    assert _taken(HighestValidation(), [*seen, (0.9, COLLAPSED)]) == [0, 2, 3]
    nothing: list[tuple[float | None, CodeHealth]] = [(None, HEALTHY)] * 3
    assert _taken(HighestValidation(), nothing) == [0, 1, 2]
    # Even a start whose codes are useless is better than nothing.
    assert _taken(HighestValidation(), [(None, COLLAPSED), (None, COLLAPSED)]) == [0]


def test_without_labels_the_latest_that_keeps_neighbours_and_is_sound_is_taken() -> None:
    figures = [0.70, 0.72, 0.69, 0.681, 0.679, 0.66]
    assert _taken(LatestSound(), [(each, HEALTHY) for each in figures]) == [0, 1, 2, 3]
    seen = [(0.7, HEALTHY), (0.8, LEANING), (0.7, HEALTHY), (0.7, COLLAPSED)]
    assert _taken(LatestSound(), seen) == [0, 2]
    assert _taken(LatestSound(), [(None, HEALTHY)] * 3) == [0, 1, 2]
