"""Whom a regression takes for a member of an album, and about whom it asks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.suggesting import (
    Membership,
    doubtful,
    most_likely,
    unlike_each_other,
)


def around(centre: int, count: int, seed: int, noise: float = 0.6) -> NDArray[np.float16]:
    """Unit rows near one of the axes of a space of 32 dimensions."""
    rows = noise * np.random.default_rng(seed).standard_normal((count, 32)) / np.sqrt(32)
    rows[:, centre] += 1.0
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit.astype(np.float16)


NONE = np.empty((0, 32), np.float16)


def learnt(
    inside: NDArray[np.float16], outside: NDArray[np.float16], unsaid: NDArray[np.float16]
) -> Membership:
    membership = Membership(inside, outside, unsaid)
    steps = 0
    while not membership.is_learnt:
        membership.go_on()
        steps += 1
    assert steps < 25, "it converges"
    return membership


def test_photos_like_those_of_the_album_come_first_though_some_are_among_the_unsaid() -> None:
    unsaid = np.concatenate([around(0, 40, 1), around(1, 200, 2), around(2, 200, 3)])
    scores = learnt(around(0, 5, 4), NONE, unsaid).scores(unsaid)
    assert {*most_likely(scores, 40).tolist()} == {*range(40)}
    assert (np.diff(scores[most_likely(scores, 440)]) <= 0).all()
    assert scores[:40].mean() > 0 > scores[40:].mean()


def test_a_rejection_counts_as_much_as_a_member() -> None:
    unsaid = np.concatenate([around(0, 50, 1), around(1, 50, 2), around(2, 300, 3)])
    inside = np.concatenate([around(0, 4, 5), around(1, 1, 6)])
    before = learnt(inside, NONE, unsaid).scores(unsaid)
    after = learnt(inside, around(1, 3, 7), unsaid).scores(unsaid)
    assert (before - after)[50:100].mean() > 1
    assert after[:50].mean() > 0 > after[50:100].mean()


def test_it_is_the_minimum_of_the_loss_it_is_said_to_be() -> None:
    inside, outside, unsaid = around(0, 6, 1), around(1, 3, 2), around(2, 60, 3)
    membership = learnt(inside, outside, unsaid)
    rows = np.concatenate([inside, outside, unsaid]).astype(np.float64)
    weights = np.repeat([1 / 6, 1 / 6, 1 / 60], [6, 3, 60])
    targets = np.arange(69) < 6
    probes = np.concatenate([np.zeros((1, 32)), np.eye(32)]).astype(np.float16)
    values = membership.scores(probes).astype(np.float64)
    plane = values[1:] - values[0]

    def loss(plane: NDArray[np.float64], offset: float) -> float:
        odds = rows @ plane + offset
        losses = np.logaddexp(0, np.where(targets, -odds, odds))
        return float(weights @ losses + 0.5 * 0.1 / 6 * plane @ plane)

    least = loss(plane, values[0])
    for seed in range(20):
        nudge = 0.05 * np.random.default_rng(seed).standard_normal(33)
        assert loss(plane + nudge[:-1], values[0] + nudge[-1]) > least


@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_most_doubtful_come_first(count: int) -> None:
    scores = np.array([3, -0.1, 0.5, -7, 0.2, 4], dtype=np.float32)
    assert doubtful(scores, count).tolist() == [1, 4, 2, 0, 5, 3][: count * 5]
    assert most_likely(scores, count).tolist() == [5, 0, 2, 4, 1, 3][:count]


def test_near_copies_are_asked_about_once() -> None:
    different = around(0, 4, 1, noise=4.0)
    copies = (different[[1, 1, 2]] + 0.01).astype(np.float16)
    rows = np.concatenate([different, copies, around(5, 1, 2)])
    assert unlike_each_other(rows, 10).tolist() == [0, 1, 2, 3, 7]
    assert unlike_each_other(rows, 2).tolist() == [0, 1]
    assert unlike_each_other(rows[:0], 2).tolist() == []
