"""Which photos ask, which are searched, and which a hash layer may learn from, as in the papers.

Owns the splits. A split depends on the labels, on the groups of near copies and on the seed, never
on a model. Protocols are never compared with one another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """What a split looks at, for N photos."""

    labels: NDArray[np.bool_]
    """(N, C)."""
    groups: NDArray[np.int64]
    """(N,): near copies share a number."""
    of_test: NDArray[np.bool_]
    """(N,): photos that the pack's makers set apart for testing."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Positions of photos, each part sorted."""

    queries: NDArray[np.int64]
    database: NDArray[np.int64]
    training: NDArray[np.int64]
    """What a layer may see; never a query."""
    labelled: NDArray[np.int64]
    """Those of ``training`` whose labels it may see."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A split, the objectives that belong to it, and what is told of it."""

    name: str
    pack: str
    about: str
    objectives: tuple[str, ...]
    cut: int
    """Ranks that the figures at a cut-off look at."""
    split: Callable[[Subjects, np.random.Generator], Split]
    graded: bool = False
    """Whether photos may share several labels."""
    classified: bool = False
    """Whether a classifier on the codes is measured too."""


def cifar10_semi(subjects: Subjects, generator: np.random.Generator) -> Split:
    """1,000 queries of the test part, 5,000 labelled of the training part, the rest unlabelled."""
    queries = _each_class(subjects.labels, subjects.of_test, 100, generator)
    labelled = _each_class(subjects.labels, ~subjects.of_test, 500, generator)
    database = _without(len(subjects.labels), queries, labelled)
    return Split(queries, database, np.union1d(labelled, database), labelled)


def cifar10_sup(subjects: Subjects, _generator: np.random.Generator) -> Split:
    """The 10,000 test photos ask; the 50,000 training photos are labelled and searched."""
    training = np.flatnonzero(~subjects.of_test)
    return Split(np.flatnonzero(subjects.of_test), training, training, training)


def cifar10_unsup(subjects: Subjects, generator: np.random.Generator) -> Split:
    """1,000 queries of the test part, 59,000 searched, 10,000 of these to learn from."""
    queries = _each_class(subjects.labels, subjects.of_test, 100, generator)
    database = _without(len(subjects.labels), queries)
    learnable = np.zeros(len(subjects.labels), dtype=np.bool_)
    learnable[database] = True
    training = _each_class(subjects.labels, learnable, 1_000, generator)
    return Split(queries, database, training, np.empty(0, dtype=np.int64))


def flowers17(subjects: Subjects, generator: np.random.Generator) -> Split:
    """Of each class 20 photos ask, 60 are searched and learnt from, half of these with labels."""
    everything = np.ones(len(subjects.labels), dtype=np.bool_)
    queries = _each_class_by_group(subjects, 20, generator)
    database = _without(len(subjects.labels), queries)
    everything[queries] = False
    labelled = _each_class(subjects.labels, everything, 30, generator)
    return Split(queries, database, database, labelled)


def multi_label(subjects: Subjects, generator: np.random.Generator) -> Split:
    """A fifth of the photos ask, near copies together; the others are labelled and searched."""
    wanted = len(subjects.labels) // 5
    everything = np.arange(len(subjects.labels))
    queries = whole_groups(everything, subjects.groups, wanted, generator)
    database = _without(len(subjects.labels), queries)
    return Split(queries, database, database, database)


def with_fewer(split: Split, photos: int, generator: np.random.Generator) -> Split:
    """Leave so many photos to learn from, at random: half of them labelled, if there are others."""
    others = np.setdiff1d(split.training, split.labelled)
    wanted = min(len(split.labelled), max(photos // 2, photos - len(others)))
    labelled = np.sort(generator.choice(split.labelled, wanted, replace=False))
    rest = generator.choice(others, min(len(others), photos - wanted), replace=False)
    return replace(split, training=np.sort(np.concatenate((labelled, rest))), labelled=labelled)


_FLATTERED = "Objectives have seen labels of photos that are searched, which flatters them."

PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            "cifar10-semi",
            "cifar10",
            "1,000 queries (100 a class, of the test part), 5,000 labelled (500 a class, of the "
            "training part) outside the database, 54,000 unlabelled that are the database.",
            ("ssdh_semi",),
            1_000,
            cifar10_semi,
        ),
        Protocol(
            "cifar10-sup",
            "cifar10",
            "10,000 queries (the test part), 50,000 labelled (the training part) that are the "
            f"database. {_FLATTERED}",
            ("ssdh_sup",),
            1_000,
            cifar10_sup,
        ),
        Protocol(
            "cifar10-unsup",
            "cifar10",
            "1,000 queries (100 a class, of the test part), 59,000 in the database, 10,000 of "
            "these (1,000 a class) to learn from, without labels.",
            ("usdh", "ddh"),
            1_000,
            cifar10_unsup,
        ),
        Protocol(
            "flowers17",
            "flowers17",
            "340 queries (20 a class), 1,020 in the database, which is also what is learnt from: "
            "30 of each class with labels, 30 without. No near copy of a query is in the "
            f"database. {_FLATTERED} The classifier learns from the labelled photos and judges "
            "the queries.",
            ("ssdh_semi", "ssdh_sup"),
            100,
            flowers17,
            classified=True,
        ),
        Protocol(
            "miml",
            "miml",
            "400 queries, 1,600 labelled that are the database; near copies lie on one side. "
            f"{_FLATTERED} The bundled embedding was made from these photos too (without labels): "
            "indicative only.",
            ("dsrh",),
            100,
            multi_label,
            graded=True,
        ),
        Protocol(
            "voc5",
            "voc5",
            "381 queries, 1,526 labelled that are the database; near copies lie on one side. "
            f"{_FLATTERED}",
            ("dsrh",),
            100,
            multi_label,
            graded=True,
        ),
    )
}


def _each_class(
    labels: NDArray[np.bool_],
    among: NDArray[np.bool_],
    count: int,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw as many photos of each class."""
    drawn = [
        generator.choice(np.flatnonzero(of_class & among), count, replace=False)
        for of_class in labels.T
    ]
    return np.sort(np.concatenate(drawn))


def _each_class_by_group(
    subjects: Subjects, count: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw as many photos of each class, groups of near copies whole."""
    drawn = [
        whole_groups(np.flatnonzero(of_class), subjects.groups, count, generator)
        for of_class in subjects.labels.T
    ]
    return np.sort(np.concatenate(drawn))


def whole_groups(
    among: NDArray[np.int64],
    groups: NDArray[np.int64],
    count: int,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw exactly so many photos in random order, passing over groups that do not fit whole.

    A group that reaches beyond ``among`` is never drawn.

    Args:
        among: Rows that may be drawn.
        groups: (N,) of all photos: near copies share a number.
        count: How many are wanted.
        generator: Draws them.

    Returns:
        Rows, ascending.

    Raises:
        ValueError: So many cannot be drawn.
    """
    whole = np.bincount(groups)
    taken: list[NDArray[np.int64]] = []
    left = count
    for group in generator.permutation(np.unique(groups[among])):
        members = among[groups[among] == group]
        if len(members) == whole[group] <= left:
            taken.append(members)
            left -= len(members)
    if left:
        raise ValueError(f"groups of near copies leave {left} of {count} photos open")
    return np.sort(np.concatenate(taken))


def _without(count: int, *parts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.setdiff1d(np.arange(count), np.concatenate(parts))
