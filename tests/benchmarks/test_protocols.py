"""Sizes, disjointness and repeatability of the splits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.protocols import PROTOCOLS, Split, Subjects


def _cifar10() -> Subjects:
    classes = np.concatenate([np.repeat(np.arange(10), 5_000), np.repeat(np.arange(10), 1_000)])
    of_test = np.arange(60_000) >= 50_000
    return Subjects(np.eye(10, dtype=bool)[classes], np.arange(60_000), of_test)


def _flowers17() -> Subjects:
    classes = np.repeat(np.arange(17), 80)
    groups = np.arange(1_360)
    groups[1::20] = groups[0::20]  # 68 pairs
    groups[[7, 8, 9]] = 7
    return Subjects(np.eye(17, dtype=bool)[classes], groups, np.zeros(1_360, dtype=bool))


def _multi_label(photos: int) -> Subjects:
    generator = np.random.default_rng(0)
    labels = generator.random((photos, 5)) < 0.3
    groups = generator.integers(0, photos - 50, photos)
    return Subjects(labels, groups, np.zeros(photos, dtype=bool))


SUBJECTS = {
    "cifar10": _cifar10(),
    "flowers17": _flowers17(),
    "miml": _multi_label(2_000),
    "voc5": _multi_label(1_907),
}


def _split(name: str, seed: int = 0) -> tuple[Subjects, Split]:
    protocol = PROTOCOLS[name]
    subjects = SUBJECTS[protocol.pack]
    return subjects, protocol.split(subjects, np.random.default_rng(seed))


def _per_class(subjects: Subjects, rows: NDArray[np.int64]) -> set[int]:
    return set(subjects.labels[rows].sum(axis=0).tolist())


@pytest.mark.parametrize(
    ("name", "queries", "database", "training", "labelled"),
    [
        ("cifar10-semi", 1_000, 54_000, 59_000, 5_000),
        ("cifar10-sup", 10_000, 50_000, 50_000, 50_000),
        ("cifar10-unsup", 1_000, 59_000, 10_000, 0),
        ("flowers17", 340, 1_020, 1_020, 510),
        ("miml", 400, 1_600, 1_600, 1_600),
        ("voc5", 381, 1_526, 1_526, 1_526),
    ],
)
def test_sizes(name: str, queries: int, database: int, training: int, labelled: int) -> None:
    _, split = _split(name)
    parts = [split.queries, split.database, split.training, split.labelled]
    assert [len(part) for part in parts] == [queries, database, training, labelled]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_queries_are_neither_searched_nor_learnt_from(name: str) -> None:
    _, split = _split(name)
    assert not np.intersect1d(split.queries, split.database).size
    assert not np.intersect1d(split.queries, split.training).size
    assert np.isin(split.labelled, split.training).all()
    for part in (split.queries, split.database, split.training, split.labelled):
        assert (np.diff(part) > 0).all()


@pytest.mark.parametrize("name", PROTOCOLS)
def test_equal_seeds_give_equal_splits_and_others_give_others(name: str) -> None:
    _, one = _split(name)
    _, again = _split(name)
    _, other = _split(name, seed=1)
    np.testing.assert_array_equal(one.queries, again.queries)
    np.testing.assert_array_equal(one.training, again.training)
    np.testing.assert_array_equal(one.labelled, again.labelled)
    differs = not np.array_equal(one.queries, other.queries)
    # Only the split of the supervised protocol is given by the pack itself.
    assert differs == (name != "cifar10-sup")


def test_cifar10_is_drawn_evenly_from_the_right_parts() -> None:
    subjects, semi = _split("cifar10-semi")
    assert _per_class(subjects, semi.queries) == {100}
    assert subjects.of_test[semi.queries].all()
    assert _per_class(subjects, semi.labelled) == {500}
    assert not subjects.of_test[semi.labelled].any()
    assert not np.intersect1d(semi.labelled, semi.database).size
    subjects, unsup = _split("cifar10-unsup")
    assert _per_class(subjects, unsup.queries) == {100}
    assert _per_class(subjects, unsup.training) == {1_000}
    assert np.isin(unsup.training, unsup.database).all()


def test_flowers_are_drawn_evenly() -> None:
    subjects, split = _split("flowers17")
    assert _per_class(subjects, split.queries) == {20}
    assert _per_class(subjects, split.labelled) == {30}


@pytest.mark.parametrize("name", ["flowers17", "miml", "voc5"])
@pytest.mark.parametrize("seed", range(5))
def test_near_copies_are_never_parted(name: str, seed: int) -> None:
    subjects, split = _split(name, seed)
    assert not np.intersect1d(subjects.groups[split.queries], subjects.groups[split.database]).size
    assert len(split.queries) == len(_split(name)[1].queries)


def test_groups_that_leave_no_way_to_split_are_told() -> None:
    subjects = _flowers17()
    together = Subjects(subjects.labels, np.zeros(1_360, dtype=np.int64), subjects.of_test)
    with pytest.raises(ValueError, match="near copies leave 20 of 20"):
        PROTOCOLS["flowers17"].split(together, np.random.default_rng(0))
